"""Objections to rejections: whether one is open to a creditor, and what waits to be heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Claim, Objection, Review
from qinghe.claims.queries.access import visible
from qinghe.claims.terms import (
    OBJECTION_DAYS,
    ClaimState,
    ObjectionState,
    Rejection,
    ReviewStep,
)
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError


class NoSuchObjection(DomainError):
    code = "claims.no-such-objection"
    status = 404
    text = _("There is no such objection.")


@dataclass(frozen=True)
class ObjectionRow:
    """One objection; `rejected_by` are labels of the journal, `answer` is for the creditor."""

    id: UUID
    claim_id: UUID
    claim_number: str
    creditor_name: str
    ground: str
    words: str
    at: datetime
    due_at: datetime
    rejected_by: list[str]
    state: str
    reason: str
    answer: str
    decided_at: datetime | None


_ROW = (
    "id", "claim_id", "claim__number", "claim__creditor__name", "ground", "words", "at", "due_at",
    "rejected_by", "state", "reason", "answer", "decided_at",
)  # fmt: skip


def may_object_until(claim_id: UUID) -> datetime | None:
    """
    Return until when a rejection can be objected to; None where the review desk did not reject.

    What two officers have proven as invented, and what a dispute has ended, goes other ways.
    """
    ended = Claim.objects.values_list("state", "closed_at").get(pk=claim_id)
    last = _rejections(claim_id).order_by("-at", "-id").values_list("at", "by", "reason").first()
    if last is None:
        return None
    at, by, reason = last
    # Past its window a rejected claim ends as withdrawn, with the rejection as its last word.
    if ended[0] != ClaimState.REJECTED and ended != (ClaimState.WITHDRAWN, at):
        return None
    proven = by.startswith(f"{Role.SYSTEM}:") and reason == Rejection.INVENTED
    return None if proven else at + timedelta(days=OBJECTION_DAYS)


def rejecters_of(claim_id: UUID) -> list[str]:
    """Return who took part in a rejection: who rejected, and who proposed it as invented."""
    steps = Review.objects.filter(claim=claim_id)
    took_part = steps.filter(Q(step=ReviewStep.REJECTED) | Q(step=ReviewStep.ACCUSED))
    people = took_part.exclude(by__startswith=f"{Role.SYSTEM}:")
    return sorted(set(people.values_list("by", flat=True)))


def objection_to(claim_id: UUID) -> ObjectionRow | None:
    """Return the objection about a claim, for a caller that may see the claim."""
    found = Objection.objects.filter(claim=claim_id).values_list(*_ROW).first()
    return ObjectionRow(*found) if found else None


def may_be_reopened(claim_id: UUID, at: datetime) -> bool:
    """Tell whether a rejection may still fall: the creditor objected, or still can."""
    made = objection_to(claim_id)
    if made is not None:
        return made.state == ObjectionState.OPEN
    until = may_object_until(claim_id)
    return until is not None and at <= until


def objections(*, actor: Actor) -> list[ObjectionRow]:
    """Return the objections that wait, about claims an actor may see, the most urgent first."""
    rows = Objection.objects.filter(
        state=ObjectionState.OPEN, claim__in=Claim.objects.filter(visible(actor))
    )
    return [ObjectionRow(*row) for row in rows.order_by("due_at", "id").values_list(*_ROW)]


def _rejections(claim_id: UUID) -> QuerySet[Review]:
    return Review.objects.filter(claim=claim_id, step=ReviewStep.REJECTED)
