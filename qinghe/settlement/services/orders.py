"""The way to the cashier and back: an order, then a signed notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from qinghe.casework.queries.early import still_asked
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.queries.payable import payable
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.money import to_major
from qinghe.parties.roles import Permission, require
from qinghe.settlement.cashier import FAILED, PAID, PROVIDER, Notice, read_notice
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.refusals import (
    AboveLawful,
    AboveOffer,
    BadAmount,
    NoCashier,
    NoSuchOrder,
    NothingOwed,
    NoticeDiffers,
)
from qinghe.settlement.services.excess import queue_excess
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.terms import ORDER_MINUTES, OrderState, PaymentSource
from qinghe.settlement.ways import serves


@verb("settlement.create-cashier-order")
def create_cashier_order(
    *, claim_id: UUID, amount: int, actor: Actor, at: datetime, provider: str = PROVIDER
) -> CashierOrder:
    """
    Fix an amount, in minor units, that a debtor wants to pay at the cashier.

    :raises NotPermitted: the role does not pay
    :raises NoCashier: not a way of this installation to pay in this currency
    :raises NoSuchClaim: unknown, or not this debtor's
    :raises NothingOwed: settled or withdrawn
    :raises BadAmount: not above zero, or above what is owed with the interest up to today
    :raises AboveLawful: above what contract and law give today, as the platform calculates it
    :raises AboveOffer: above what an offer to the debtor still asks to settle everything
    """
    require(actor, Permission.PAY)
    claim = Claim.objects.select_related("creditor").filter(pk=claim_id).first()
    if claim is None or (actor.role == Role.DEBTOR and claim.debtor_id != actor.person_id):
        raise NoSuchClaim
    if not serves(provider, claim.currency):
        raise NoCashier
    if claim.state not in OPEN_STATES or not claim.owed:
        raise NothingOwed
    _check_amount(claim, amount, at)
    order = CashierOrder.objects.create(
        claim=claim,
        amount=amount,
        currency=claim.currency,
        provider=provider,
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
    return take_notice(notice=notice, actor=system("cashier"), at=at)


@verb("settlement.receive-notice")
def take_notice(*, notice: Notice, actor: Actor, at: datetime) -> CashierOrder:
    """
    Book what a provider said of an order, as `receive_notice` tells; its signature was checked.

    :raises NoSuchOrder: unknown order, or another provider's
    :raises NoticeDiffers: another amount, currency or payment than the order's
    """
    claim_id = _claim_of(notice.order_id)
    # The claim first, as every booking does; then the order.
    Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    order = CashierOrder.objects.select_for_update().get(pk=notice.order_id)
    _check_same(notice, order)
    if notice.event == FAILED and order.state == OrderState.CREATED:
        order.state, order.ask_at = OrderState.EXPIRED, None
        order.save(update_fields=["state", "ask_at"])
    if notice.event != PAID or order.state == OrderState.PAID:
        return order
    payment = post_payment(
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
    order.state, order.number, order.ask_at = OrderState.PAID, notice.number, None
    order.save(update_fields=["state", "number", "ask_at"])
    queue_excess(payment=payment, at=at)
    return order


@verb("settlement.expire-orders")
def expire_orders(*, actor: Actor, at: datetime) -> int:
    """Close orders nobody paid in time; return how many."""
    # Those of a provider end when it was asked: the money may have come.
    stale = CashierOrder.objects.filter(
        state=OrderState.CREATED, expires_at__lte=at, ask_at__isnull=True
    )
    return stale.update(state=OrderState.EXPIRED)


def _check_same(notice: Notice, order: CashierOrder) -> None:
    if notice.provider != order.provider:
        raise NoSuchOrder
    if (notice.amount, notice.currency) != (order.amount, order.currency):
        raise NoticeDiffers
    if order.number and notice.number not in ("", order.number):
        raise NoticeDiffers


def _check_amount(claim: Claim, amount: int, at: datetime) -> None:
    """Refuse what a payment of today would not find, and what nobody may take."""
    limit = payable(claim, at)
    if not 0 < amount <= limit.claimed:
        raise BadAmount
    if amount > limit.most:
        raise AboveLawful(most=_words(limit.most, claim))
    asked = still_asked([claim.pk], day_of(at)).get(claim.pk)
    if asked is not None and amount > asked.amount:
        raise AboveOffer(most=_words(asked.amount, claim))


def _words(minor: int, claim: Claim) -> str:
    return f"{to_major(minor, claim.currency)} {claim.currency}"


def _claim_of(order_id: UUID) -> UUID:
    claim_id = CashierOrder.objects.filter(pk=order_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchOrder
    return claim_id
