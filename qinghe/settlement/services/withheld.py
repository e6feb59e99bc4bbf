"""Book commission on money that a creditor received past the platform: it pays no debt."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from qinghe.claims.days import day_of
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.settlement import accounts
from qinghe.settlement.allocation import Allocated
from qinghe.settlement.models import Lowering, Payment
from qinghe.settlement.services.booking import (
    Booking,
    grounds_of,
    lock_claims,
    shares_of,
    split_of,
)
from qinghe.settlement.terms import PaymentSource, PaymentState

NAMED: Final = "lowering"


def book_withheld(lowering: Lowering, at: datetime) -> Payment:
    """
    Book the commission that is due on `lowering.due`, inside the caller's transaction.

    It waits until the creditor covers it, as on money that it told of itself. The claim owes what
    it owed before: no allocation, and the debtor sees nothing of it.
    """
    claim = lock_claims([lowering.claim_id])[lowering.claim_id]
    mandate = lowering.mandate
    payment = Payment(
        claim=claim,
        creditor_id=lowering.creditor_id,
        source=PaymentSource.WITHHELD,
        reference=f"{NAMED}:{lowering.pk}",
        amount=lowering.due,
        currency=lowering.currency,
        paid_on=day_of(lowering.lowered_at),
        state=PaymentState.POSTED,
        received_at=at,
    )
    grounds = grounds_of({claim.pk: mandate}, {claim.pk: claim}, at)[claim.pk]
    shares = shares_of(lowering.due, mandate, grounds, payment)
    booking = Booking(claim, payment, mandate, Allocated({}, 0), shares, grounds.course)
    lock_accounts(keys={(path, payment.currency) for path in accounts.shared(booking.facts)})
    payment.save(force_insert=True)
    split = split_of(booking)
    split.amount = lowering.due
    split.save(force_insert=True)
    post_many(postings=accounts.postings(booking.facts))
    return payment
