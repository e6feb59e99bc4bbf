"""Objections to lines of statements: those of an organisation, and those that wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Objection
from qinghe.settlement.objection_terms import Ground, ObjectionState

LATEST = 100


@dataclass(frozen=True)
class ObjectionRow:
    """One objection; amount in minor units, positive in favour of the organisation."""

    id: UUID
    organisation_name: str
    kind: str
    subject: str
    amount: int
    currency: str
    booked_at: datetime
    ground: str
    words: str
    state: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None

    @property
    def ground_label(self) -> str:
        return str(Ground(self.ground).label)

    @property
    def state_label(self) -> str:
        return str(ObjectionState(self.state).label)

    @property
    def open(self) -> bool:
        return self.state == ObjectionState.OPEN


def objections_to(transfer_ids: Collection[UUID], org_id: UUID) -> dict[UUID, ObjectionRow]:
    """Return an organisation's objections to some bookings, by booking. One query."""
    rows = Objection.objects.filter(transfer__in=transfer_ids, organisation=org_id)
    return {row.transfer_id: _row(row) for row in rows.select_related(*WITH)}


def objections(*, actor: Actor) -> list[ObjectionRow]:
    """
    Return objections, those that wait first.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Objection.objects.select_related(*WITH).order_by("-asked_at", "pk")[:LATEST]
    return sorted((_row(row) for row in rows), key=lambda row: not row.open)


WITH = ("organisation", "transfer__debit", "transfer__credit")


def concerns(transfer: Transfer, org_id: UUID) -> bool:
    """Tell whether a booking touches an account of an organisation."""
    paths = (transfer.debit.path, transfer.credit.path)
    return any(path.split(":")[1:2] == [str(org_id)] for path in paths)


def _row(row: Objection) -> ObjectionRow:
    transfer, own = row.transfer, str(row.organisation_id)
    plus = transfer.credit.path.split(":")[1:2] == [own]
    return ObjectionRow(
        id=row.pk,
        organisation_name=row.organisation.name,
        kind=transfer.kind,
        subject=transfer.subject,
        amount=transfer.amount if plus else -transfer.amount,
        currency=transfer.currency,
        booked_at=transfer.at,
        ground=row.ground,
        words=row.words,
        state=row.state,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
    )
