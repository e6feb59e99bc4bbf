"""Disputes, and what waits for a first look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.claims.models import Claim, Dispute
from qinghe.claims.queries.access import NoSuchDispute, visible
from qinghe.claims.terms import DENIALS, DisputeReason, DisputeState
from qinghe.kernel.actor import Actor


@dataclass(frozen=True)
class Saying:
    """One reason of a debtor, and when it was given."""

    reason: str
    at: datetime

    @property
    def label(self) -> str:
        return str(DisputeReason(self.reason).label)


@dataclass(frozen=True)
class DisputeRow:
    """
    One dispute; `statement_id` opens the debtor's words in the vault, for a purpose.

    `reason` is the latest; `said` holds every one with its moment, the first one first.
    """

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
    proof_due_at: datetime | None
    proof_id: UUID | None
    proved_at: datetime | None
    # Whether the creditor may read the debtor's words.
    shared: bool
    said: tuple[Saying, ...]

    @property
    def reasons(self) -> list[str]:
        """Return what was given as a reason, each once: the creditor must answer all of them."""
        return list(dict.fromkeys(each.reason for each in self.said))

    @property
    def awaits_proof(self) -> bool:
        """Tell whether the creditor still has to prove the claim."""
        open_ = self.state == DisputeState.OPEN
        return open_ and self.proved_at is None and self.proof_due_at is not None

    @property
    def due_at(self) -> datetime:
        """Return the day that counts now: of the proof, and once proved of the decision."""
        if self.awaits_proof and self.proof_due_at is not None:
            return self.proof_due_at
        return self.answer_due_at


# A denial stays one, whatever was said after it.
DENIED = reduce(or_, (Q(said__contains=[{"reason": each.value}]) for each in DENIALS)) | Q(
    reason__in=DENIALS
)
_DISPUTE = (
    "id", "claim_id", "claim__number", "claim__creditor__name", "person__masked_name", "reason",
    "state", "statement_id", "opened_at", "answer_due_at", "decided_at", "decision_text",
    "proof_due_at", "proof_id", "proved_at", "shared", "said",
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


def dispute_row(fields: tuple[Any, ...]) -> DisputeRow:
    """Return the row of fields that `disputes_about` asks for."""
    named = dict(zip(_DISPUTE, fields, strict=True))
    told = named["said"] or [{"reason": named["reason"], "at": named["opened_at"].isoformat()}]
    said = tuple(Saying(each["reason"], datetime.fromisoformat(each["at"])) for each in told)
    return DisputeRow(*(*fields[:-1], said))


def _rows(rows: QuerySet[Dispute]) -> list[DisputeRow]:
    return [dispute_row(row) for row in rows.values_list(*_DISPUTE)]
