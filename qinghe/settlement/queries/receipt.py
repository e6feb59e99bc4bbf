"""What became of a debtor's way to the cashier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.queries import visible
from qinghe.kernel.actor import Actor
from qinghe.settlement.models import Allocation, CashierOrder, Payment
from qinghe.settlement.refusals import NoSuchOrder


@dataclass(frozen=True)
class Receipt:
    """One order and, once the cashier has told us, the payment. Amounts in minor units."""

    order_id: UUID
    claim_id: UUID
    claim_number: str
    creditor_name: str
    amount: int
    currency: str
    state: str
    expires_at: datetime
    # Who is paid through, and where the payer goes on: an address, or what a code says.
    provider: str
    page: str
    received_at: datetime | None
    reference: str
    parts: tuple[tuple[str, int], ...]
    owed: int


def receipt_for(*, order_id: UUID, actor: Actor) -> Receipt:
    """
    Return an order of a claim the actor may see; `parts` are (component, amount) as applied.

    :raises NoSuchOrder: unknown, or of somebody else's claim
    """
    allowed = Claim.objects.filter(visible(actor))
    rows = CashierOrder.objects.select_related("claim", "claim__creditor")
    order = rows.filter(pk=order_id, claim__in=allowed).first()
    if order is None:
        raise NoSuchOrder
    payment = Payment.objects.filter(order=order).order_by("received_at").first()
    parts = Allocation.objects.filter(payment=payment).order_by("component") if payment else ()
    return Receipt(
        order_id=order.pk,
        claim_id=order.claim_id,
        claim_number=order.claim.number,
        creditor_name=order.claim.creditor.name,
        amount=order.amount,
        currency=order.currency,
        state=order.state,
        expires_at=order.expires_at,
        provider=order.provider,
        page=order.page,
        received_at=payment.received_at if payment else None,
        reference=payment.pk.hex[-12:].upper() if payment else "",
        parts=tuple((row.component, row.amount) for row in parts),
        owed=order.claim.owed,
    )
