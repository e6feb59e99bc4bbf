"""What of a debtor's payments goes back to where it was paid from, as the debtor is told it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.settlement.bank_terms import GONE, SendBackState
from qinghe.settlement.models import Dispute, Payment, Refund, SendBack, Suspense
from qinghe.settlement.queries.payments import visible
from qinghe.settlement.return_terms import LIVE, DisputeKind, DisputeState, RefundCause, RefundState
from qinghe.settlement.terms import HERE, PaymentSource, PaymentState

TAKEN = (DisputeKind.CHARGEBACK, DisputeKind.REFUND)


@dataclass(frozen=True)
class MoneyBack:
    """
    What of one payment is held for its payer (`due`), and what went back already; `elsewhere` is
    what a creditor itself received too much. Minor units.

    `undone_at` is set where the payment counts no longer: given back on request (`by_wish`), taken
    back through a bank or provider (`by_bank`), or undone by us.
    """

    payment_id: UUID
    order_id: UUID | None
    currency: str
    due: int
    done: int
    done_at: datetime | None
    undone_at: datetime | None = None
    by_wish: bool = False
    by_bank: bool = False
    elsewhere: int = 0


def money_back(*, claim_id: UUID, actor: Actor) -> dict[UUID, MoneyBack]:
    """Return by payment what goes back of the payments of a claim that an actor may see."""
    rows = Payment.objects.filter(visible(actor), claim=claim_id)
    return {each.payment_id: each for each in backs_of(rows.order_by("-received_at", "-pk"))}


def backs_of(payments: Collection[Payment]) -> list[MoneyBack]:
    """Return what goes back of payments; those of which nothing does are left out."""
    told = [_back(each) for each in payments if each.excess or each.reversed_at]
    return [each for each in told if each.due or each.done or each.elsewhere or each.undone_at]


def _back(payment: Payment) -> MoneyBack:
    refunds = list(Refund.objects.filter(payment=payment).exclude(state=RefundState.DROPPED))
    sent = SendBack.objects.filter(payment=payment, state=SendBackState.DONE)
    gone = [(r.amount, r.done_at) for r in refunds if r.state == RefundState.DONE]
    gone += [(each.amount, each.done_at) for each in sent]
    done = sum(amount for amount, _at in gone)
    return MoneyBack(
        payment_id=payment.pk,
        order_id=payment.order_id,
        currency=payment.currency,
        due=_due(payment, refunds, done),
        done=done,
        done_at=max((at for _amount, at in gone if at), default=None),
        undone_at=payment.reversed_at,
        by_wish=any(each.cause == RefundCause.MISTAKE for each in refunds),
        by_bank=bool(payment.reversed_at) and _taken(payment),
        elsewhere=payment.excess if _is_told(payment) else 0,
    )


def _due(payment: Payment, refunds: Collection[Refund], done: int) -> int:
    if payment.state != PaymentState.POSTED:
        # An excess ends with its payment; only what is given back on request goes on.
        wished = [each for each in refunds if each.cause == RefundCause.MISTAKE]
        return sum(each.amount for each in wished if each.state in LIVE)
    if payment.source == PaymentSource.TRANSFER:
        waits = Suspense.objects.filter(payment=payment).values_list("rest", flat=True)
        aside = SendBack.objects.filter(payment=payment, state__in=GONE)
        open_now = aside.exclude(state=SendBackState.DONE).values_list("amount", flat=True)
        return min(payment.excess, sum(waits) + sum(open_now))
    # What a creditor received itself is not ours to give back.
    return max(payment.excess - done, 0) if payment.source in HERE else 0


def _is_told(payment: Payment) -> bool:
    return payment.source == PaymentSource.CREDITOR and payment.state == PaymentState.POSTED


def _taken(payment: Payment) -> bool:
    took = Dispute.objects.filter(order=payment.order_id, kind__in=TAKEN)
    return payment.order_id is not None and took.filter(state=DisputeState.REVERSED).exists()
