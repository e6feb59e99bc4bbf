"""What the review desk has left to a creditor: claims sent back, and rejections still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from qinghe.claims.models import Claim, Objection, Review
from qinghe.claims.terms import (
    OBJECTION_DAYS,
    RETURNED_DAYS,
    ClaimState,
    Rejection,
    ReviewQueue,
    ReviewStep,
)
from qinghe.kernel.actor import Actor, Role

LATEST = 50
_ASKED, _REJECTED = "asked", "rejected"
_DAYS = {_ASKED: RETURNED_DAYS, _REJECTED: OBJECTION_DAYS}


@dataclass(frozen=True)
class LeftRow:
    """One claim that waits for its creditor until a moment; `words` are the reviewer's."""

    id: UUID
    number: str
    words: str
    until: datetime


@dataclass(frozen=True)
class Left:
    """What waits for a creditor, each the most urgent first: claims sent back, and rejections."""

    asked: list[LeftRow]
    rejected: list[LeftRow]


def left_to(*, actor: Actor, at: datetime) -> Left:
    """Return what the review desk has left to an actor for its own claims. One query."""
    found: dict[str, list[LeftRow]] = {_ASKED: [], _REJECTED: []}
    for what, pk, number, words, since in _asked(actor).union(_objectable(actor, at), all=True):
        until = since + timedelta(days=_DAYS[what])
        found[what].append(LeftRow(pk, number, words or "", until))
    asked, rejected = (sorted(rows, key=lambda row: row.until) for rows in found.values())
    return Left(asked, rejected)


def _asked(actor: Actor) -> QuerySet[Any]:
    rows = asked_of(actor).filter(review_since__isnull=False)
    rows = rows.annotate(what=Value(_ASKED), words=_last(ReviewStep.RETURNED, "words"))
    found = rows.order_by("review_since", "pk")
    return found.values_list("what", "pk", "number", "words", "review_since")[:LATEST]


def _objectable(actor: Actor, at: datetime) -> QuerySet[Any]:
    """Return rejections by the desk that may still be objected to."""
    proven = Q(by__startswith=f"{Role.SYSTEM}:", reason=Rejection.INVENTED)
    fresh = Review.objects.filter(
        Q(claim__state=ClaimState.REJECTED)
        | Q(claim__state=ClaimState.WITHDRAWN, claim__closed_at=F("at")),
        claim__creditor=actor.org_id,
        step=ReviewStep.REJECTED,
        at__gt=at - timedelta(days=OBJECTION_DAYS),
    ).exclude(proven | Exists(Objection.objects.filter(claim=OuterRef("claim"))))
    found = fresh.annotate(what=Value(_REJECTED)).order_by("at", "pk")
    return found.values_list("what", "claim_id", "claim__number", "words", "at")[:LATEST]


def asked_of(actor: Actor) -> QuerySet[Claim]:
    """Return an actor's own claims that wait for its answer to a reviewer."""
    return Claim.objects.filter(
        creditor=actor.org_id, state=ClaimState.SUBMITTED, review=ReviewQueue.RETURNED
    )


def _last(step: ReviewStep, name: str) -> Subquery:
    steps = Review.objects.filter(claim=OuterRef("pk"), step=step).order_by("-at", "-pk")
    return Subquery(steps.values(name)[:1])
