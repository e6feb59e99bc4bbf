"""Letters that are typeset and have not left the house yet; without the names on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from qinghe.claims.models import Review
from qinghe.claims.terms import OPEN_STATES, ClaimState, ReviewStep
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.terms import FIRST_NOTICE, AttemptState, ContactPurpose
from qinghe.contact.wording import wording
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may

LETTER: Final = ~Q(file_sha256="")
WAITING: Final = LETTER & Q(printed_at__isnull=True)
PAGE: Final = 50
RELEASES: Final = (ReviewStep.RELEASED, ReviewStep.AUTOMATIC)


@dataclass(frozen=True)
class LetterRow:
    """One letter that waits for the printer."""

    attempt_id: UUID
    claim_number: str
    template: str
    kind: str
    asked_at: datetime
    typeset_at: datetime

    @property
    def file_name(self) -> str:
        """Return a name for its file: unique, and about nobody."""
        return f"{self.claim_number}-{self.attempt_id}.pdf"


def letters_to_print(*, actor: Actor, offset: int = 0, limit: int | None = PAGE) -> list[LetterRow]:
    """
    Return the letters that wait, oldest first; one query. Empty for whoever prints none.
    """
    if not may(actor, Permission.PRINT_LETTERS):
        return []
    rows = (
        printable()
        .order_by("at", "pk")
        .values_list(
            "attempt_id", "attempt__claim__number", "attempt__template", "attempt__at", "at"
        )
    )
    end = None if limit is None else offset + limit
    return [
        LetterRow(pk, number, template, _kind(template), asked_at, at)
        for pk, number, template, asked_at, at in rows[offset:end]
    ]


def printable() -> QuerySet[Delivery]:
    """
    Return letters that wait and still hold.

    A claim that is over makes all its letters void. A first notice holds while its claim can be
    contested as it was released last: afterwards it may name an amount that nobody asks for.
    """
    holding = current_notices().filter(claim__state=ClaimState.CHALLENGE)
    platform = Attempt.objects.filter(
        template__startswith=f"{FIRST_NOTICE}@",
        purpose=ContactPurpose.LEGAL_NOTICE,
        override__isnull=True,
    )
    this = {"pk": OuterRef("attempt")}
    return Delivery.objects.filter(
        WAITING,
        Exists(holding.filter(**this)) | ~Exists(platform.filter(**this)),
        attempt__claim__state__in=OPEN_STATES,
    )


def notices_to_print() -> QuerySet[Attempt]:
    """Return first notices whose letters wait for the printer and tell what was released last."""
    waiting = Delivery.objects.filter(WAITING, attempt=OuterRef("pk"))
    return current_notices().filter(Exists(waiting), state=AttemptState.DONE)


def current_notices() -> QuerySet[Attempt]:
    """Return first notices that tell their claim as it was released last, and not as before."""
    later = Review.objects.filter(
        claim=OuterRef("claim"), step__in=RELEASES, at__gt=OuterRef("sent_at")
    )
    notices = Attempt.objects.filter(template__startswith=f"{FIRST_NOTICE}@")
    return notices.exclude(Exists(later))


def _kind(template: str) -> str:
    found = wording(template)
    return found.title(get_language() or "en") if found else template
