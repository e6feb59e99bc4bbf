"""Find money that is to go back, and queue it; nothing moves yet."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Sum
from django.db.models.functions import Coalesce

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.settlement.models import Payment, Refund
from qinghe.settlement.return_terms import LIVE, REFUNDED, RefundCause, RefundState
from qinghe.settlement.services.booking import lock_claims
from qinghe.settlement.terms import PaymentSource, PaymentState

MACHINE = system("settlement.refunds")
BATCH = 50


def needs_two(amount: int) -> bool:
    """Tell whether a refund of so many minor units waits for a second person."""
    return amount > int(settings.REFUND_ALONE)


def given_back(payment: Payment) -> int:
    """Return what of a payment went back, or is on its way, in minor units."""
    gone = Refund.objects.filter(payment=payment, state__in=REFUNDED)
    return int(gone.aggregate(total=Coalesce(Sum("amount"), 0))["total"])


def queue_excess(*, payment: Payment, at: datetime) -> Refund | None:
    """Queue what a payment brought too much, where it came here; its claim is locked."""
    due = payment.excess - given_back(payment)
    here = payment.source == PaymentSource.CASHIER and payment.state == PaymentState.POSTED
    if not here or due <= 0 or Refund.objects.filter(payment=payment, state__in=LIVE).exists():
        return None
    return queue(payment, due, RefundCause.EXCESS, MACHINE, at)


def queue(payment: Payment, amount: int, cause: str, actor: Actor, at: datetime) -> Refund:
    """Write a refund down: to be sent, or to wait for a second person."""
    alone = not needs_two(amount)
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        currency=payment.currency,
        cause=cause,
        state=RefundState.READY if alone else RefundState.WAITING,
        asked_by=actor.label,
        asked_at=at,
        next_at=at if alone else None,
    )
    note("queued", refund, actor, at)
    return refund


@verb("settlement.queue-refunds")
def queue_refunds(*, actor: Actor, at: datetime) -> int:
    """Queue what replays and older bookings left to be given back; return how many."""
    gone = Refund.objects.filter(payment=OuterRef("pk"), state__in=REFUNDED).values("payment")
    total = gone.annotate(total=Sum("amount")).values("total")
    live = Refund.objects.filter(payment=OuterRef("pk"), state__in=LIVE)
    open_now = Payment.objects.filter(
        ~Exists(live),
        excess__gt=Coalesce(total, 0),
        source=PaymentSource.CASHIER,
        state=PaymentState.POSTED,
    )
    found = list(open_now.order_by("received_at")[:BATCH])
    lock_claims(sorted({each.claim_id for each in found if each.claim_id}))
    fresh = Payment.objects.filter(pk__in=[each.pk for each in found])
    return sum(queue_excess(payment=each, at=at) is not None for each in fresh)


def note(what: str, refund: Refund, actor: Actor, at: datetime, fault: str = "") -> None:
    """Keep one step of a refund as evidence."""
    record(
        kind=f"refund.{what}",
        subject=f"claim:{refund.payment.claim_id}",
        actor=actor,
        at=at,
        refund=refund.pk,
        payment=refund.payment_id,
        amount=refund.amount,
        currency=refund.currency,
        fault=fault,
    )
