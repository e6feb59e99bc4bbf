"""Take what a provider says, whether it came by notice or was asked for, and act on it once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from qinghe.kernel.actor import system
from qinghe.settlement.cashier import FAILED, PAID, PENDING, Notice
from qinghe.settlement.gateways import Event, GatewayFailed, Said, gateway
from qinghe.settlement.models import CashierOrder, Refund
from qinghe.settlement.provider_refusals import ProviderSilent
from qinghe.settlement.refusals import NoticeDiffers
from qinghe.settlement.return_terms import DisputeKind, RefundState
from qinghe.settlement.services.disputes import bring_back, note_dispute, settle_disputes
from qinghe.settlement.services.orders import take_notice
from qinghe.settlement.services.refunds import end_refund

MACHINE = system("cashier")
ORDERS = {Event.PAID: PAID, Event.PENDING: PENDING, Event.FAILED: FAILED}
DISPUTES = {
    Event.REFUNDED: DisputeKind.REFUND,
    Event.TAKEN_BACK: DisputeKind.CHARGEBACK,
    Event.COMPLAINED: DisputeKind.COMPLAINT,
}
# States in which the provider may still speak of a refund of ours.
SPOKEN_OF = (RefundState.SENT, RefundState.DONE)


def receive_provider_notice(
    *, provider: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> None:
    """
    Take a notice of a provider. Repeated, late and disordered ones end in the same books.

    :raises NoSuchProvider: not one of the ways of this installation
    :raises ProviderNotReady: a name or a key of it is missing
    :raises ProviderSilent: it had to be asked back, and does not answer
    :raises BadSignature: not signed by the provider
    :raises BadNotice: signed, but not a notice
    :raises WrongMerchant: about another account than the platform's
    :raises NoticeTooOld: outside the window of time
    :raises NoSuchOrder: unknown order, or another provider's
    :raises NoticeDiffers: another amount, currency or payment than the order's
    """
    try:
        said = gateway(provider).read(headers, body, at)
    except GatewayFailed as failed:
        raise ProviderSilent from failed
    if said is not None:
        hear(said=said, provider=provider, at=at)


def hear(*, said: Said, provider: str, at: datetime) -> None:
    """
    Book what a provider said.

    :raises NoSuchOrder: unknown order, or another provider's
    :raises NoticeDiffers: another amount, currency or payment than the order's
    """
    if said.event in ORDERS:
        _hear_of_order(said, provider, at)
    elif said.event is Event.BROUGHT_BACK:
        bring_back(said=said, provider=provider, actor=MACHINE, at=at)
    elif not _hear_of_refund(said, provider, at) and said.event in DISPUTES:
        kind = DISPUTES[said.event]
        note_dispute(said=said, provider=provider, kind=kind, actor=MACHINE, at=at)
        settle_disputes(order_id=said.order_id, at=at)


def _hear_of_order(said: Said, provider: str, at: datetime) -> None:
    event = ORDERS[said.event]
    notice = Notice(
        said.order_id, event, said.amount, said.currency, said.at, provider, said.number
    )
    take_notice(notice=notice, actor=MACHINE, at=at)
    if event == PAID:
        # What was told before the money came.
        settle_disputes(order_id=said.order_id, at=at)


def _hear_of_refund(said: Said, provider: str, at: datetime) -> bool:
    """Book what is said of a refund of ours; tell whether it is one we wait for, or had."""
    if said.refund is None:
        return False
    refund = Refund.objects.filter(pk=said.refund).select_related("payment__order").first()
    order: CashierOrder | None = refund.payment.order if refund else None
    if refund is None or order is None:
        return False
    if (order.pk, order.provider) != (said.order_id, provider):
        raise NoticeDiffers
    if refund.currency != said.currency or not (said.whole or refund.amount == said.amount):
        raise NoticeDiffers
    if refund.state not in SPOKEN_OF:
        return False
    fault = str(said.event) if said.event is Event.REFUND_FAILED else ""
    end_refund(refund_id=refund.pk, event=said.event, fault=fault, actor=MACHINE, at=at)
    return True
