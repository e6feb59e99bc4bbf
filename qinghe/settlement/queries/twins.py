"""Money that may be told twice, waiting for a person who says whether it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank_terms import TwinState
from qinghe.settlement.models import Twin


@dataclass(frozen=True)
class TwinRow:
    """Two entries of one day and amount: what the bank calls each, and who sent them, masked."""

    id: UUID
    entry_id: UUID
    stands_id: UUID
    booked_on: date
    amount: int
    currency: str
    reference: str
    payer: str
    stands_reference: str
    stands_payer: str
    # What a person said it is, by a journal label; empty while nobody did.
    wish: str
    asked_by: str

    @property
    def wish_label(self) -> str:
        return str(TwinState(self.wish).label) if self.wish else ""


def twins(*, actor: Actor) -> list[TwinRow]:
    """
    Return what may be told twice, the oldest first. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Twin.objects.filter(state=TwinState.OPEN).order_by("entry__booked_on", "pk")
    fields = (
        "pk", "entry", "stands", "entry__booked_on", "entry__amount", "entry__currency",
        "entry__reference", "entry__payer_masked", "stands__reference", "stands__payer_masked",
        "wish", "asked_by",
    )  # fmt: skip
    return [TwinRow(*row) for row in rows.values_list(*fields)]
