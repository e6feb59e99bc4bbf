"""The way to the cashier and back: an order, then a signed notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.roles import Permission, require
from qinghe.settlement.cashier import FAILED, PAID, PROVIDER, Notice, read_notice
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.refusals import (
    BadAmount,
    NoCashier,
    NoSuchOrder,
    NothingOwed,
    NoticeDiffers,
)
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.terms import ORDER_MINUTES, OrderState, PaymentSource


@verb("settlement.create-cashier-order")
def create_cashier_order(
    *, claim_id: UUID, amount: int, actor: Actor, at: datetime
) -> CashierOrder:
    """
    Fix an amount, in minor units, that a debtor wants to pay at the cashier.

    :raises NotPermitted: the role does not pay
    :raises NoCashier: a real market, which the sandbox does not serve
    :raises NoSuchClaim: unknown, or not this debtor's
    :raises NothingOwed: settled or withdrawn
    :raises BadAmount: not above zero, or above what is owed with the interest up to today
    """
    require(actor, Permission.PAY)
    if not settings.DEMO:
        raise NoCashier
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None or (actor.role == Role.DEBTOR and claim.debtor_id != actor.person_id):
        raise NoSuchClaim
    if claim.state not in OPEN_STATES or not claim.owed:
        raise NothingOwed
    if not 0 < amount <= _owed_today(claim, at):
        raise BadAmount
    order = CashierOrder.objects.create(
        claim=claim,
        amount=amount,
        currency=claim.currency,
        provider=PROVIDER,
        created_at=at,
        expires_at=at + timedelta(minutes=ORDER_MINUTES),
    )
    record(
        kind="payment.ordered",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        order=order.pk,
        amount=amount,
        currency=claim.currency,
    )
    return order


def receive_notice(*, body: bytes, signature: str, at: datetime) -> CashierOrder:
    """
    Take a notice from the cashier; only the first `paid` of an order books money.

    `failed` ends the wait for it. Repeated notices and those that come after change nothing. Money
    for an order that had ended is booked all the same: it came.

    :raises BadSignature: it does not come from the cashier
    :raises BadNotice: signed, but not a notice
    :raises NoSuchOrder: unknown order
    :raises NoticeDiffers: another amount or currency than the order
    """
    notice = read_notice(body, signature)
    return _take(notice=notice, actor=system("cashier"), at=at)


@verb("settlement.receive-notice")
def _take(*, notice: Notice, actor: Actor, at: datetime) -> CashierOrder:
    claim_id = _claim_of(notice.order_id)
    # The claim first, as every booking does; then the order.
    Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    order = CashierOrder.objects.select_for_update().get(pk=notice.order_id)
    if (notice.amount, notice.currency) != (order.amount, order.currency):
        raise NoticeDiffers
    if notice.event == FAILED and order.state == OrderState.CREATED:
        order.state = OrderState.EXPIRED
        order.save(update_fields=["state"])
    if notice.event != PAID or order.state == OrderState.PAID:
        return order
    post_payment(
        claim_id=claim_id,
        amount=order.amount,
        currency=order.currency,
        paid_on=day_of(notice.at),
        source=PaymentSource.CASHIER,
        reference=str(order.pk),
        order=order,
        actor=actor,
        at=at,
    )
    order.state = OrderState.PAID
    order.save(update_fields=["state"])
    return order


@verb("settlement.expire-orders")
def expire_orders(*, actor: Actor, at: datetime) -> int:
    """Close orders nobody paid in time; return how many."""
    stale = CashierOrder.objects.filter(state=OrderState.CREATED, expires_at__lte=at)
    return stale.update(state=OrderState.EXPIRED)


def _owed_today(claim: Claim, at: datetime) -> int:
    """Return what a payment of today would find."""
    return claim.owed + grown(claim, day_of(at))


def _claim_of(order_id: UUID) -> UUID:
    claim_id = CashierOrder.objects.filter(pk=order_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchOrder
    return claim_id
