"""Corrections of commission: what of a payment can still be corrected, and what was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.ledger.queries import standing
from qinghe.parties.roles import Permission, require
from qinghe.settlement.correction_terms import COMMISSION_LINE, CorrectionState, Way
from qinghe.settlement.models import CommissionCorrection, Split
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.terms import HERE, PaymentState

# By kind of a booking: whether it is the collector's, the platform's, and tax.
PARTS: Final = {
    "payment.commission_corrected": (1, 0, 0),
    "payment.fee_corrected": (0, 1, 0),
    "payment.fee_tax_corrected": (0, 1, 1),
}


@dataclass(frozen=True)
class Standing:
    """
    What a payment earned at once, corrections included, and what of it its creditor has.

    The tax is contained in the fee. The quality part is decided by its own verbs.
    """

    commission: int
    fee: int
    tax: int
    creditor: int

    def fits(self, way: str, commission: int, fee: int, tax: int) -> bool:
        """Tell whether a correction leaves nobody below zero."""
        after = self.after(way, commission, fee, tax)
        net = after.fee - after.tax
        return min(after.commission, after.fee, after.tax, net, after.creditor) >= 0

    def after(self, way: str, commission: int, fee: int, tax: int) -> Standing:
        """Return what stands after a correction."""
        sign = -1 if way == Way.BACK else 1
        return Standing(
            self.commission + sign * commission,
            self.fee + sign * fee,
            self.tax + sign * tax,
            self.creditor - sign * (commission + fee),
        )


@dataclass(frozen=True)
class AskedRow:
    """A correction that waits for a second person; amounts in minor units."""

    id: UUID
    way: str
    amount: int
    commission: int
    fee: int
    currency: str
    asked_by: str
    # By the name that colleagues see.
    asked_name: str
    asked_at: datetime

    @property
    def way_label(self) -> str:
        return str(Way(self.way).label)


def commission_of(line: Transfer) -> UUID | None:
    """Return the payment whose commission a booking is; none where it is something else."""
    noun, _colon, told = line.subject.partition(":")
    if noun != "payment" or not re.match(COMMISSION_LINE, line.kind):
        return None
    return UUID(told)


def standing_of(split: Split) -> Standing | None:
    """
    Return what a payment earned, corrections included; none where its commission was not kept
    from money received here, or it is booked no more. One query, and the payment of the split.
    """
    paid = split.payment
    if split.collector_id is None or paid.state != PaymentState.POSTED or paid.source not in HERE:
        return None
    found = Standing(split.commission, split.platform_fee, split.fee_tax, split.creditor_share)
    # What was booked, not what was agreed: applied anew, a payment may have earned too little.
    for each in standing(subject=f"payment:{paid.pk}"):
        parts = PARTS.get(each.kind)
        if parts:
            way = Way.MORE if each.debit.path.startswith("creditor:") else Way.BACK
            found = found.after(way, *(each.amount * share for share in parts))
    return found


def corrections_asked(*, actor: Actor) -> dict[UUID, AskedRow]:
    """
    Return by objection the correction of commission that waits for a second person. Two queries.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = list(CommissionCorrection.objects.filter(state=CorrectionState.ASKED))
    named = hands(row.asked_by for row in rows)
    return {
        row.objection_id: AskedRow(
            id=row.pk,
            way=row.way,
            amount=row.amount,
            commission=row.commission,
            fee=row.fee,
            currency=row.currency,
            asked_by=row.asked_by,
            asked_name=named.get(row.asked_by, ""),
            asked_at=row.asked_at,
        )
        for row in rows
    }
