"""Disputes, and what waits for a reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qinghe.claims.models import Claim, Dispute, Evidence
from qinghe.claims.queries.access import NoSuchDispute, visible
from qinghe.claims.queries.papers import PROVES
from qinghe.claims.terms import ClaimState, DisputeState
from qinghe.kernel.actor import Actor

REVIEW_PAGE = 50
REVIEW_CHUNK = 1000


@dataclass(frozen=True)
class DisputeRow:
    """One dispute; `statement_id` opens the debtor's words in the vault, for a purpose."""

    id: UUID
    claim_id: UUID
    claim_number: str
    creditor_name: str
    debtor_label: str
    reason: str
    state: str
    statement_id: UUID | None
    opened_at: datetime
    answer_due_at: datetime
    decided_at: datetime | None
    decision_text: str


@dataclass(frozen=True)
class ReviewRow:
    """One claim that waits for its check."""

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


_DISPUTE = (
    "id", "claim_id", "claim__number", "claim__creditor__name", "person__masked_name", "reason",
    "state", "statement_id", "opened_at", "answer_due_at", "decided_at", "decision_text",
)  # fmt: skip


def disputes(*, actor: Actor, state: str | None = DisputeState.OPEN) -> list[DisputeRow]:
    """Return the disputes about claims an actor may see, the most urgent first."""
    rows = Dispute.objects.filter(claim__in=Claim.objects.filter(visible(actor)))
    if state:
        rows = rows.filter(state=state)
    return _rows(rows.order_by("answer_due_at", "id"))


def dispute_for(*, dispute_id: UUID, actor: Actor) -> DisputeRow:
    """
    Return one dispute.

    :raises NoSuchDispute: unknown, or about a claim the actor may not see
    """
    allowed = Claim.objects.filter(visible(actor))
    found = _rows(Dispute.objects.filter(pk=dispute_id, claim__in=allowed))
    if not found:
        raise NoSuchDispute
    return found[0]


def disputes_about(claim_id: UUID) -> QuerySet[Dispute, tuple[Any, ...]]:
    """Return every dispute about a claim, oldest first, as the fields of rows; for a view."""
    rows = Dispute.objects.filter(claim_id=claim_id).order_by("opened_at", "id")
    return rows.values_list(*_DISPUTE)


def review_queue(*, actor: Actor, limit: int = REVIEW_PAGE) -> list[ReviewRow]:
    """Return the claims that wait for their check, oldest first."""
    count = (
        Evidence.objects.filter(PROVES, claim=OuterRef("pk"))
        .order_by()
        .values("claim")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        Claim.objects.filter(visible(actor), state=ClaimState.SUBMITTED)
        .annotate(
            open_amount=F("principal") + F("interest") + F("costs"),
            files=Coalesce(Subquery(count), 0),
        )
        .order_by("created_at", "id")
    )
    fields = (
        "id", "number", "creditor__name", "debtor__masked_name", "debtor__kind", "product",
        "stage", "currency", "open_amount", "files", "created_at",
    )  # fmt: skip
    return [ReviewRow(*row) for row in rows.values_list(*fields)[:limit]]


def waiting_for_review() -> Iterator[list[tuple[UUID, UUID]]]:
    """Yield (claim, debtor) of every claim that waits for its check, in chunks, oldest first."""
    rows = Claim.objects.filter(state=ClaimState.SUBMITTED).order_by("pk")
    last = UUID(int=0)
    while chunk := list(rows.filter(pk__gt=last).values_list("pk", "debtor_id")[:REVIEW_CHUNK]):
        last = chunk[-1][0]
        yield chunk


def _rows(rows: QuerySet[Dispute]) -> list[DisputeRow]:
    return [DisputeRow(*row) for row in rows.values_list(*_DISPUTE)]
