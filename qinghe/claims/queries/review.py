"""The review desk: its queues with ages and targets, and every step about one claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, Concat

from qinghe.claims.models import Claim, ContractTerms, Dispute, Evidence, Review, Title
from qinghe.claims.queries.access import visible
from qinghe.claims.queries.decisions import DENIED as DENIED_ONCE
from qinghe.claims.queries.one import ClaimView
from qinghe.claims.queries.papers import LOOKED_AT, PROVES
from qinghe.claims.terms import (
    TARGET_HOURS,
    TWO_REVIEWERS_MAJOR,
    ClaimState,
    DisputeState,
    ReviewQueue,
    ReviewStep,
)
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.kernel.shown import mark
from qinghe.kernel.together import counted

REVIEW_PAGE: Final = 50
# Nobody works through more in a day; counting on would cost more than it tells.
CAP: Final = 1000
# So many debtors do not deny claims that nobody has told them of; more are no queue any more.
DENIED: Final = 200
QUEUES: Final = (
    ReviewQueue.NEW,
    ReviewQueue.SECOND,
    ReviewQueue.SAMPLE,
    ReviewQueue.RETURNED,
)
_DENIED = Exists(Dispute.objects.filter(DENIED_ONCE, claim=OuterRef("pk"), state=DisputeState.OPEN))
_ROW = (
    "id", "number", "creditor__name", "debtor__masked_name", "debtor__kind", "product", "stage",
    "currency", "open_amount", "files", "created_at", "review", "since",
)  # fmt: skip


class Files(StrEnum):
    """Which claims of a queue are meant: with a file that proves something, without, or all."""

    WITH = "with"
    NONE = "none"
    ALL = "all"


@dataclass(frozen=True)
class ReviewRow:
    """
    One claim at the desk; `since` is when it came into its queue.

    `denied` tells that its debtor says that there is no such claim, and nobody has decided that.
    """

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
    denied: bool = False

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
    files: str = Files.ALL,
    skip: int = 0,
) -> list[ReviewRow]:
    """
    Return the claims of one queue after `skip`: what its debtor denies, then the oldest first.

    What is denied comes first with files and without. Three queries at most.
    """
    waiting = _waiting(queue).filter(visible(actor))
    denied = list(waiting.filter(_DENIED).order_by("created_at", "id").values_list("pk")[:DENIED])
    first = [pk for (pk,) in denied]
    here = first[skip : skip + limit]
    found = _rows(waiting.filter(pk__in=here), 0, limit) if here else []
    rest, past = limit - len(found), max(0, skip - len(first))
    others = _rows(_filed(waiting.exclude(pk__in=first), files), past, rest) if rest else []
    return [
        *(replace(ReviewRow(*row), denied=True) for row in found),
        *(ReviewRow(*row) for row in others),
    ]


def _rows(waiting: QuerySet[Claim], skip: int, limit: int) -> list[tuple[Any, ...]]:
    count = (
        Evidence.objects.filter(PROVES, claim=OuterRef("pk"))
        .order_by()
        .values("claim")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = waiting.annotate(
        open_amount=F("principal") + F("interest") + F("costs"),
        files=Coalesce(Subquery(count), 0),
        since=Coalesce("review_since", "created_at"),
    ).order_by("created_at", "id")
    return list(rows.values_list(*_ROW)[skip : skip + limit])


def _filed(waiting: QuerySet[Claim], files: str) -> QuerySet[Claim]:
    proved = Exists(Evidence.objects.filter(PROVES, claim=OuterRef("pk")))
    if files == Files.ALL:
        return waiting
    return waiting.filter(proved if files == Files.WITH else ~proved)


def review_counts(*, actor: Actor, queue: str = ReviewQueue.NEW) -> dict[str, int]:
    """
    Return how many claims stand in each queue, up to a cap, and of one queue how many have files
    (`with`) and none (`none`), among the oldest that are looked at. One query.
    """
    seen = visible(actor)
    parts = {each.value: _waiting(each).filter(seen).values("pk") for each in QUEUES}
    oldest = _waiting(queue).filter(seen).order_by("created_at", "id").values("pk")[:LOOKED_AT]
    looked_at = Claim.objects.filter(pk__in=oldest)
    for files in (Files.WITH, Files.NONE):
        parts[files.value] = _filed(looked_at, files).values("pk")
    return counted(cap=CAP, **parts)


def review_steps(claim_id: UUID) -> list[StepRow]:
    """Return what was done about a claim at the desk, oldest first."""
    rows = Review.objects.filter(claim_id=claim_id).order_by("at", "id")
    return [StepRow(*row) for row in rows.values_list("step", "reason", "words", "by", "at")]


def desk_mark(view: ClaimView) -> str:
    """
    Return the mark of a claim at the desk: who decides, decides about what was shown.

    Another amount, other terms, papers, holders or holds, or a step of a colleague make it another
    one; what interest adds from day to day does not.
    """
    of_claim = {"claim": OuterRef("pk")}
    terms = ContractTerms.objects.filter(**of_claim).order_by("-delivered_at", "-pk")
    steps = Review.objects.filter(**of_claim).order_by("-at", "-pk")
    titles = Title.objects.filter(**of_claim).order_by("step", "pk")
    last = Claim.objects.filter(pk=view.id).values_list(
        Subquery(terms.values("pk")[:1]),
        Subquery(steps.values("pk")[:1]),
        ArraySubquery(titles.values(step_now=Concat(Cast("pk", TextField()), "state"))),
    )
    return mark(
        (view.id, view.state, view.review, view.creditor_id, view.debtor_id, view.product),
        (view.claimed, view.claimed_parts, view.overdue_rate_pct, view.contract_on, view.due_on),
        view.assignments,
        sorted((str(each.id), each.usable) for each in view.evidence),
        sorted(str(each.id) for each in view.holds),
        list(last),
    )


def left_to_second(steps: Iterable[StepRow]) -> StepRow | None:
    """Return the step by which a claim was last left to a second reviewer."""
    left = (ReviewStep.SECONDED, ReviewStep.ACCUSED)
    return next((each for each in reversed(list(steps)) if each.step in left), None)


def _waiting(queue: str) -> QuerySet[Claim]:
    submitted = Q(state=ClaimState.SUBMITTED)
    # What is sampled has left the state long ago; this condition is also that of the index.
    inside = submitted | Q(review=ReviewQueue.SAMPLE)
    return Claim.objects.filter(inside, review=queue)
