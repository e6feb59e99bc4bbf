"""Letters on their way out of the house: to be printed, to be posted; without the names on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from qinghe.claims.models import Hold, Line, Review
from qinghe.claims.terms import OPEN_STATES, ClaimState, HoldKind, LineKind, ReviewStep
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.terms import FIRST_NOTICE, AttemptState, ContactPurpose, LetterState
from qinghe.contact.wording import wording
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may

LETTER: Final = ~Q(file_sha256="")
WAITING: Final = LETTER & Q(printed_at__isnull=True)
PAGE: Final = 50
TO_POST: Final = LETTER & Q(printed_at__isnull=False, posted_at__isnull=True)
# So long a printed letter that no longer holds is shown, to be taken out of the post.
WARNED: Final = timedelta(days=14)
# Interest that is booked was in the letter already: it says up to which day.
GROWING: Final = (LineKind.ACCRUED, LineKind.REWOUND)
ANEW: Final = Q(kind=HoldKind.BOUNCED, lifted_at__isnull=True, ends_at__isnull=True)
RELEASES: Final = (ReviewStep.RELEASED, ReviewStep.AUTOMATIC)


@dataclass(frozen=True)
class LetterRow:
    """One letter that waits for the printer, or printed for the post; `holds`: it may be sent."""

    attempt_id: UUID
    claim_number: str
    template: str
    kind: str
    asked_at: datetime
    typeset_at: datetime
    printed_at: datetime | None = None
    holds: bool = True

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
    return _rows(printable().order_by("at", "pk"), offset, limit)


def letters_to_post(
    *, actor: Actor, at: datetime, offset: int = 0, limit: int | None = PAGE
) -> list[LetterRow]:
    """
    Return the letters that are on paper and not at the post, oldest first; one query.

    Empty for whoever prints none. One that no longer holds says so for some days, to be taken out.
    """
    if not may(actor, Permission.PRINT_LETTERS):
        return []
    lately = Q(printed_at__gt=at - WARNED)
    waiting = Delivery.objects.filter(lately | Q(pk__in=postable().values("pk")), TO_POST)
    return _rows(waiting.order_by("printed_at", "pk"), offset, limit)


def _rows(letters: QuerySet[Delivery], offset: int, limit: int | None) -> list[LetterRow]:
    rows = letters.annotate(
        holds=Exists(postable().filter(pk=OuterRef("pk"))) | Q(printed_at__isnull=True)
    ).values_list(
        "attempt_id", "attempt__claim__number", "attempt__template", "attempt__at", "at",
        "printed_at", "holds",
    )  # fmt: skip
    end = None if limit is None else offset + limit
    return [
        LetterRow(pk, number, template, _kind(template), *rest)
        for pk, number, template, *rest in rows[offset:end]
    ]


def lines_told(claim: OuterRef | UUID) -> QuerySet[Line]:
    """Return the lines of a claim by which an amount in a letter stands or falls."""
    return Line.objects.filter(claim=claim).exclude(kind__in=GROWING).order_by()


def _count_now() -> Coalesce:
    lines = lines_told(OuterRef("attempt__claim")).values("claim").annotate(n=Count("pk"))
    return Coalesce(Subquery(lines.values("n")), Value(0))


# A letter stands while its claim is open and what it says of the amount is still so.
STANDING: Final = Q(attempt__claim__state__in=OPEN_STATES) & (
    Q(told_lines__isnull=True) | Q(told_lines=_count_now())
)


def printable() -> QuerySet[Delivery]:
    """
    Return letters that wait and still hold.

    A claim that is over, and an amount that was changed or paid on since, make its letters void. A
    first notice holds while its claim can be contested as it was released last.
    """
    return Delivery.objects.filter(
        WAITING,
        STANDING,
        _first_notice(Q(claim__state=ClaimState.CHALLENGE)) | ~_platform(),
    )


def postable() -> QuerySet[Delivery]:
    """
    Return letters on paper that may go to the post.

    A first notice may while its window stands, also when less is asked since: the window counts
    from its print. One whose claim was raised since is void: a new one follows.
    """
    return Delivery.objects.filter(
        TO_POST,
        _first_notice(Q(claim__noticed_at__isnull=False)) | ~_platform() & STANDING,
        attempt__claim__state__in=OPEN_STATES,
    )


def _first_notice(claim: Q) -> Exists:
    """Tell whether a letter is a first notice that stands, or one whose forerunner came back."""
    anew = Hold.objects.filter(ANEW, claim=OuterRef("claim"))
    notices = current_notices().alias(anew=Exists(anew))
    return Exists(notices.filter(claim | Q(anew=True), pk=OuterRef("attempt")))


def _platform() -> Exists:
    """Tell whether a letter is a first notice of the platform, which belongs to a window."""
    notices = Attempt.objects.filter(
        pk=OuterRef("attempt"),
        template__startswith=f"{FIRST_NOTICE}@",
        purpose=ContactPurpose.LEGAL_NOTICE,
        override__isnull=True,
    )
    return Exists(notices)


def letter_states(attempt_ids: Iterable[UUID]) -> dict[UUID, tuple[LetterState, datetime]]:
    """Return how far the letters among these contacts are, each with its moment; one query."""
    this = {"pk": OuterRef("pk")}
    rows = Delivery.objects.filter(LETTER, attempt__in=list(attempt_ids)).annotate(
        holds=Exists(printable().filter(**this)) | Exists(postable().filter(**this))
    )
    found = rows.values_list("attempt_id", "at", "printed_at", "posted_at", "holds")
    return {attempt_id: _state(*moments) for attempt_id, *moments in found}


def _state(
    typeset: datetime, printed: datetime | None, posted: datetime | None, holds: bool
) -> tuple[LetterState, datetime]:
    if posted is not None:
        return LetterState.POSTED, posted
    if not holds:
        return LetterState.VOID, printed or typeset
    return (LetterState.PRINTED, printed) if printed else (LetterState.WAITING, typeset)


def told_anew(claim_id: UUID) -> bool:
    """Tell whether the debtor of a claim past its window must be told again."""
    return Hold.objects.filter(ANEW, claim=claim_id).exists()


def notices_to_print() -> QuerySet[Attempt]:
    """Return first notices whose letters wait for the printer and tell what was released last."""
    waiting = Delivery.objects.filter(WAITING, STANDING, attempt=OuterRef("pk"))
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
