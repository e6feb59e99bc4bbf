"""Money that a provider took back, gave back itself, or is asked about: kept first, then booked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require
from qinghe.settlement.gateways import Said
from qinghe.settlement.models import CashierOrder, Dispute, Payment, Refund
from qinghe.settlement.provider_refusals import NoSuchDispute
from qinghe.settlement.refusals import NoSuchOrder, NoticeDiffers
from qinghe.settlement.return_terms import REFUNDED, DisputeKind, DisputeState
from qinghe.settlement.services.excess import BATCH
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.reversal import Undoing
from qinghe.settlement.services.undoing import undo
from qinghe.settlement.terms import OrderState, PaymentSource, PaymentState

MACHINE = system("settlement.disputes")


@verb("settlement.note-dispute")
def note_dispute(
    *, said: Said, provider: str, kind: str, actor: Actor, at: datetime
) -> Dispute | None:
    """
    Keep what a provider said, once per number; nothing is booked yet. None: all of it is known.

    :raises NoSuchOrder: unknown order, or another provider's
    :raises NoticeDiffers: another currency, or more than the order
    """
    order = _lock_order(said.order_id, provider)
    known = Dispute.objects.filter(provider=provider, kind=kind, number=said.number).first()
    if known is not None:
        return known
    amount = said.amount - (_went_back(order) if said.whole else 0)
    if said.currency != order.currency or said.amount > order.amount:
        raise NoticeDiffers
    if amount <= 0 and kind != DisputeKind.COMPLAINT:
        return None
    dispute = Dispute.objects.create(
        order=order,
        kind=kind,
        number=said.number,
        provider=provider,
        amount=amount,
        currency=said.currency,
        told_at=at,
    )
    _record("told", dispute, actor, at)
    return dispute


@verb("settlement.settle-dispute")
def settle_dispute(*, dispute_id: UUID, actor: Actor, at: datetime) -> Dispute:
    """
    Undo the payment that a dispute took back; one whose money has not come yet waits.

    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    dispute = _lock(dispute_id)
    waits = dispute.order.state != OrderState.PAID or dispute.kind == DisputeKind.COMPLAINT
    if dispute.state != DisputeState.OPEN or waits:
        return dispute
    left, payment = dispute.amount, _last(dispute.order)
    wish = Undoing(f"{dispute.provider} {dispute.kind}")
    while left and payment is not None:
        gone = min(left, payment.amount)
        mark = f"{dispute.pk}:{payment.pk}"
        undo(payment, gone, mark, wish, actor, at)
        left, payment = left - gone, _last(dispute.order) if left > gone else None
    ended = left == dispute.amount
    return _end(dispute, DisputeState.ENDED if ended else DisputeState.REVERSED, actor, at)


@verb("settlement.bring-back")
def bring_back(*, said: Said, provider: str, actor: Actor, at: datetime) -> Dispute:
    """
    Book money that came back after a chargeback was won; in whichever order the two are told.

    :raises NoSuchOrder: unknown order, or another provider's
    :raises NoticeDiffers: another currency, or more than the order
    """
    dispute = note_dispute(
        said=said, provider=provider, kind=DisputeKind.CHARGEBACK, actor=actor, at=at
    )
    if dispute is None:
        raise NoticeDiffers
    dispute = _lock(dispute.pk)
    if dispute.state == DisputeState.OPEN:
        return _end(dispute, DisputeState.ENDED, actor, at)
    if dispute.state != DisputeState.REVERSED:
        return dispute
    post_payment(
        claim_id=dispute.order.claim_id,
        amount=dispute.amount,
        currency=dispute.currency,
        paid_on=day_of(said.at),
        source=PaymentSource.CASHIER,
        reference=f"{dispute.order_id}:{dispute.pk}:won",
        order=dispute.order,
        actor=actor,
        at=at,
    )
    return _end(dispute, DisputeState.WON, actor, at)


@verb("settlement.end-complaint")
def end_complaint(*, dispute_id: UUID, actor: Actor, at: datetime) -> Dispute:
    """
    Note that a complaint made at a provider was answered there.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchDispute: unknown, ended before, or no complaint
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    dispute = _lock(dispute_id)
    if (dispute.kind, dispute.state) != (DisputeKind.COMPLAINT, DisputeState.OPEN):
        raise NoSuchDispute
    return _end(dispute, DisputeState.ENDED, actor, at)


def settle_disputes(*, at: datetime, order_id: UUID | None = None) -> int:
    """Try every open dispute whose money has come; one that cannot be booked yet says why."""
    rows = Dispute.objects.filter(state=DisputeState.OPEN, order__state=OrderState.PAID).exclude(
        kind=DisputeKind.COMPLAINT
    )
    if order_id:
        rows = rows.filter(order=order_id)
    ids = list(rows.order_by("told_at").values_list("pk", flat=True)[:BATCH])
    for dispute_id in ids:
        try:
            settle_dispute(dispute_id=dispute_id, actor=MACHINE, at=at)
        except DomainError as refusal:
            Dispute.objects.filter(pk=dispute_id).update(fault=refusal.code)
    return len(ids)


def _lock(dispute_id: UUID) -> Dispute:
    rows = Dispute.objects.filter(pk=dispute_id)
    order_id = rows.values_list("order", flat=True).first()
    if order_id is None:
        raise NoSuchDispute
    _lock_order(order_id)
    return rows.select_for_update(of=("self",)).select_related("order").get()


def _lock_order(order_id: UUID, provider: str | None = None) -> CashierOrder:
    rows = CashierOrder.objects.filter(pk=order_id)
    found = rows.first()
    if found is None or (provider and found.provider != provider):
        raise NoSuchOrder
    Claim.objects.select_for_update(no_key=True).get(pk=found.claim_id)
    return rows.select_for_update().get()


def _went_back(order: CashierOrder) -> int:
    """Return what of an order is known to have gone back, in minor units."""
    ours = Refund.objects.filter(payment__order=order, state__in=REFUNDED)
    theirs = Dispute.objects.filter(order=order, kind=DisputeKind.REFUND)
    return sum(
        int(rows.aggregate(total=Coalesce(Sum("amount"), 0))["total"]) for rows in (ours, theirs)
    )


def _last(order: CashierOrder) -> Payment | None:
    booked = Payment.objects.filter(order=order, state=PaymentState.POSTED)
    return booked.select_related("order").order_by("-received_at", "-pk").first()


def _end(dispute: Dispute, state: str, actor: Actor, at: datetime) -> Dispute:
    dispute.state, dispute.settled_at, dispute.fault = state, at, ""
    dispute.save(update_fields=["state", "settled_at", "fault"])
    _record(str(state), dispute, actor, at)
    return dispute


def _record(what: str, dispute: Dispute, actor: Actor, at: datetime) -> None:
    record(
        kind=f"dispute-paid.{what}",
        subject=f"claim:{dispute.order.claim_id}",
        actor=actor,
        at=at,
        dispute=dispute.pk,
        order=dispute.order_id,
        provider=dispute.provider,
        what=dispute.kind,
        amount=dispute.amount,
        currency=dispute.currency,
    )
