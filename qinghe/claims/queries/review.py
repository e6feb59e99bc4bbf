"""The review desk: its queues with ages and targets, and every step about one claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qinghe.claims.models import Claim, Evidence, Review
from qinghe.claims.queries.access import visible
from qinghe.claims.queries.papers import PROVES
from qinghe.claims.terms import (
    TARGET_HOURS,
    TWO_REVIEWERS_MAJOR,
    ClaimState,
    ReviewQueue,
    ReviewStep,
)
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.kernel.together import counted

REVIEW_PAGE: Final = 50
# Nobody works through more in a day; counting on would cost more than it tells.
CAP: Final = 1000
QUEUES: Final = (
    ReviewQueue.NEW,
    ReviewQueue.SECOND,
    ReviewQueue.SAMPLE,
    ReviewQueue.RETURNED,
)
_ROW = (
    "id", "number", "creditor__name", "debtor__masked_name", "debtor__kind", "product", "stage",
    "currency", "open_amount", "files", "created_at", "review", "since",
)  # fmt: skip


@dataclass(frozen=True)
class ReviewRow:
    """One claim at the desk; `since` is when it came into its queue."""

    claim_id: UUID
    number: str
    creditor_name: str
    debtor_label: str
    debtor_kind: str
    product: str
    stage: str
    currency: str
    owed: int
    evidence_count: int
    created_at: datetime
    queue: str
    since: datetime

    @property
    def large(self) -> bool:
        """Return whether two reviewers decide about it."""
        return to_major(self.owed, self.currency) >= TWO_REVIEWERS_MAJOR

    @property
    def due_at(self) -> datetime:
        """Return until when it should be worked."""
        return self.since + timedelta(hours=TARGET_HOURS[self.queue])


@dataclass(frozen=True)
class StepRow:
    """One step about a claim, with its words for the creditor."""

    step: str
    reason: str
    words: str
    by: str
    at: datetime


def review_queue(
    *,
    actor: Actor,
    queue: str = ReviewQueue.NEW,
    limit: int = REVIEW_PAGE,
    with_files: bool = False,
    skip: int = 0,
) -> list[ReviewRow]:
    """
    Return the claims of one queue, oldest first, after `skip`; with `with_files` only those that
    have any.
    """
    count = (
        Evidence.objects.filter(PROVES, claim=OuterRef("pk"))
        .order_by()
        .values("claim")
        .annotate(n=Count("pk"))
        .values("n")
    )
    waiting = _waiting(queue)
    if with_files:
        waiting = waiting.filter(Exists(Evidence.objects.filter(PROVES, claim=OuterRef("pk"))))
    rows = (
        waiting.filter(visible(actor))
        .annotate(
            open_amount=F("principal") + F("interest") + F("costs"),
            files=Coalesce(Subquery(count), 0),
            since=Coalesce("review_since", "created_at"),
        )
        .order_by("created_at", "id")
    )
    return [ReviewRow(*row) for row in rows.values_list(*_ROW)[skip : skip + limit]]


def review_counts(*, actor: Actor) -> dict[str, int]:
    """Return how many claims stand in each queue, up to a cap. One query."""
    seen = visible(actor)
    return counted(
        cap=CAP, **{queue.value: _waiting(queue).filter(seen).values("pk") for queue in QUEUES}
    )


def review_steps(claim_id: UUID) -> list[StepRow]:
    """Return what was done about a claim at the desk, oldest first."""
    rows = Review.objects.filter(claim_id=claim_id).order_by("at", "id")
    return [StepRow(*row) for row in rows.values_list("step", "reason", "words", "by", "at")]


def left_to_second(steps: Iterable[StepRow]) -> StepRow | None:
    """Return the step by which a claim was last left to a second reviewer."""
    left = (ReviewStep.SECONDED, ReviewStep.ACCUSED)
    return next((each for each in reversed(list(steps)) if each.step in left), None)


def _waiting(queue: str) -> QuerySet[Claim]:
    submitted = Q(state=ClaimState.SUBMITTED)
    # What is sampled has left the state long ago; this condition is also that of the index.
    inside = submitted | Q(review=ReviewQueue.SAMPLE)
    return Claim.objects.filter(inside, review=queue)
