"""Go to a provider: fix the amount here, open the order there, keep where the payer goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.settlement.gateways import GatewayFailed, Order, Placed, Visit, gateway
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.provider_refusals import ProviderSilent
from qinghe.settlement.services.orders import create_cashier_order

# A notice is usually here within seconds; then the provider is asked.
ASK_AFTER = timedelta(minutes=2)


def go_to_provider(
    *,
    claim_id: UUID,
    amount: int,
    provider: str,
    back: str,
    notify: str,
    small_screen: bool,
    ip: str,
    actor: Actor,
    at: datetime,
) -> CashierOrder:
    """
    Fix an amount, in minor units, and open the order at a provider; `page` says where to go on.

    `back` is the address the payer returns to, with `{order}` for the order; `notify` takes the
    provider's notices. An order that could not be opened there stays without a page, and expires.

    :raises NotPermitted: the role does not pay
    :raises NoCashier: not a way of this installation to pay in this currency
    :raises NoSuchClaim: unknown, or not this debtor's
    :raises NothingOwed: settled or withdrawn
    :raises BadAmount: not above zero, or above what is owed with the interest up to today
    :raises AboveLawful: above what contract and law give today, as the platform calculates it
    :raises AboveOffer: above what an offer to the debtor still asks to settle everything
    :raises ProviderNotReady: a name or a key of the provider is missing
    :raises ProviderSilent: the provider does not answer
    """
    order = create_cashier_order(
        claim_id=claim_id, amount=amount, provider=provider, actor=actor, at=at
    )
    if order.page:
        return order
    visit = Visit(back.format(order=order.pk), notify, small_screen, ip)
    try:
        placed = gateway(provider).place(order_there(order), visit)
    except GatewayFailed as failed:
        raise ProviderSilent from failed
    return note_placed(order_id=order.pk, placed=placed, actor=system("cashier"), at=at)


@verb("settlement.note-placed")
def note_placed(*, order_id: UUID, placed: Placed, actor: Actor, at: datetime) -> CashierOrder:
    """Keep where the payer goes on, and when the provider will be asked."""
    order = CashierOrder.objects.select_for_update().get(pk=order_id)
    if placed.page and not order.page:
        order.page, order.session, order.ask_at = placed.page, placed.session, at + ASK_AFTER
        order.save(update_fields=["page", "session", "ask_at"])
    return order


def order_there(order: CashierOrder) -> Order:
    """Return an order as its provider knows it."""
    return Order(
        id=order.pk,
        amount=order.amount,
        currency=order.currency,
        expires_at=order.expires_at,
        session=order.session,
        number=order.number,
    )


def check_ways() -> list[tuple[str, str]]:
    """Return each offered provider with what it lacks, an empty text where it is ready."""
    found = []
    for provider in settings.PAY_WAYS:
        try:
            gateway(provider)
        except GatewayFailed as failed:
            found.append((provider, str(failed)))
        except DomainError as refusal:
            found.append((provider, refusal.user_message))
        else:
            found.append((provider, ""))
    return found
