"""What became of a debtor's way to the cashier, and of money that came another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Sum

from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.claims.queries import visible
from qinghe.kernel.actor import Actor
from qinghe.settlement.models import Allocation, CashierOrder, Payment
from qinghe.settlement.queries.back import MoneyBack, backs_of
from qinghe.settlement.refusals import NoSuchOrder, NoSuchPayment
from qinghe.settlement.terms import HERE, OrderState, PaymentSource, PaymentState


@dataclass(frozen=True)
class Receipt:
    """
    One order and, once the cashier has told us, the payment; or a payment that came otherwise.
    Amounts in minor units.

    `counts` is what of it stands and pays the claim; `excess` what was more than was owed; `owed`
    what is open on the day asked for, its interest included. `backs` tell what goes back, or went:
    of the payment, and of one that was undone before it. Nothing of the payer's account is in it.
    """

    order_id: UUID | None
    claim_id: UUID
    claim_number: str
    creditor_name: str
    amount: int
    currency: str
    state: str
    expires_at: datetime | None
    # Who is paid through, and where the payer goes on: an address, or what a code says.
    provider: str
    page: str
    received_at: datetime | None
    reference: str
    parts: tuple[tuple[str, int], ...]
    owed: int
    counts: int = 0
    excess: int = 0
    backs: tuple[MoneyBack, ...] = ()
    # Of what came without an order: how, and the day the bank names.
    source: str = ""
    paid_on: date | None = None

    @property
    def source_label(self) -> str:
        return str(PaymentSource(self.source).label) if self.source else ""

    @property
    def undone(self) -> MoneyBack | None:
        """Return how the payment came to count no longer, or only in part; None where it counts."""
        if self.counts + self.excess >= self.amount:
            return None
        return next((each for each in self.backs if each.undone_at), None)


def receipt_for(*, order_id: UUID, actor: Actor, today: date) -> Receipt:
    """
    Return an order of a claim the actor may see; `parts` are (component, amount) as applied.

    :raises NoSuchOrder: unknown, or of somebody else's claim
    """
    allowed = Claim.objects.filter(visible(actor))
    rows = CashierOrder.objects.select_related("claim", "claim__creditor")
    order = rows.filter(pk=order_id, claim__in=allowed).first()
    if order is None:
        raise NoSuchOrder
    payments = list(Payment.objects.filter(order=order).order_by("received_at", "pk"))
    return _receipt(
        order.claim,
        payments,
        today,
        order_id=order.pk,
        amount=order.amount,
        currency=order.currency,
        state=order.state,
        expires_at=order.expires_at,
        provider=order.provider,
        page=order.page,
    )


def receipt_of(*, payment_id: UUID, actor: Actor, today: date) -> Receipt:
    """
    Return the receipt of a payment that reached us without an order: a transfer, or a debit.

    :raises NoSuchPayment: unknown, somebody else's, at the cashier, or not received by us
    """
    allowed = Claim.objects.filter(visible(actor))
    rows = Payment.objects.select_related("claim", "claim__creditor").filter(
        claim__in=allowed, order__isnull=True, source__in=HERE
    )
    payment = rows.filter(pk=payment_id).first()
    if payment is None or payment.claim is None:
        raise NoSuchPayment
    return _receipt(
        payment.claim,
        [payment],
        today,
        order_id=None,
        amount=payment.amount,
        currency=payment.currency,
        state=OrderState.PAID,
        expires_at=None,
        provider="",
        page="",
        source=payment.source,
        paid_on=payment.paid_on,
    )


def _receipt(claim: Claim, payments: Sequence[Payment], today: date, **told: Any) -> Receipt:
    payment = payments[0] if payments else None
    # What is left of a payment that was undone in part was booked again under the same order.
    standing = [each for each in payments if each.state == PaymentState.POSTED]
    excess = sum(each.excess for each in standing)
    return Receipt(
        claim_id=claim.pk,
        claim_number=claim.number,
        creditor_name=claim.creditor.name,
        received_at=payment.received_at if payment else None,
        reference=payment.pk.hex[-12:].upper() if payment else "",
        parts=_parts(standing),
        owed=claim.owed + grown(claim, today),
        counts=sum(each.amount for each in standing) - excess,
        excess=excess,
        backs=tuple(backs_of(payments)),
        **told,
    )


def _parts(payments: Sequence[Payment]) -> tuple[tuple[str, int], ...]:
    rows = Allocation.objects.filter(payment__in=payments).order_by("component")
    return tuple(rows.values_list("component").annotate(Sum("amount")))
