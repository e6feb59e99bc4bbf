"""What became of the shares of payments since they were split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from qinghe.ledger.models import Transfer
from qinghe.settlement.bank_terms import SendBackState
from qinghe.settlement.correction_terms import CorrectionState
from qinghe.settlement.models import CommissionCorrection, Refund, SendBack
from qinghe.settlement.queries.corrections import PARTS
from qinghe.settlement.return_terms import RefundState


@dataclass(frozen=True)
class Corrected:
    """What of a commission was given back to the creditor; negative where it bears more."""

    commission: int = 0
    fee: int = 0
    # Contained in the fee.
    tax: int = 0

    @property
    def back(self) -> int:
        return self.commission + self.fee

    @property
    def more(self) -> int:
        """Return what more was taken of the creditor."""
        return max(-self.back, 0)


AS_SPLIT: Final = Corrected()


def corrected(ids: Sequence[UUID]) -> dict[UUID, Corrected]:
    """
    Return what the books hold of corrections of commission, by payment; absent where nothing is.

    What was booked, not what was agreed: applied anew, a payment may have earned too little.
    """
    booked = CommissionCorrection.objects.filter(payment__in=ids, state=CorrectionState.BOOKED)
    subjects = {f"payment:{pk}": pk for pk in booked.values_list("payment_id", flat=True)}
    if not subjects:
        return {}
    undone = Transfer.objects.filter(reverses=OuterRef("pk"))
    lines = Transfer.objects.filter(~Exists(undone), subject__in=subjects, kind__in=PARTS)
    found: dict[UUID, Corrected] = {}
    for line in lines.filter(reverses=None).select_related("debit"):
        pk, (commission, fee, tax) = subjects[line.subject], PARTS[line.kind]
        amount = -line.amount if line.debit.path.startswith("creditor:") else line.amount
        so_far = found.get(pk, AS_SPLIT)
        found[pk] = Corrected(
            so_far.commission + amount * commission,
            so_far.fee + amount * fee,
            so_far.tax + amount * tax,
        )
    return found


def given_back(ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what went back of payments, in minor units. No query where none has an excess."""
    if not ids:
        return {}
    found: dict[UUID, int] = {}
    sent = SendBack.objects.filter(payment__in=ids, state=SendBackState.DONE)
    done = Refund.objects.filter(payment__in=ids, state=RefundState.DONE)
    for pk, amount in [
        *sent.values_list("payment_id", "amount"),
        *done.values_list("payment_id", "amount"),
    ]:
        found[pk] = found.get(pk, 0) + amount
    return found
