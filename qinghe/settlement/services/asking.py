"""Ask providers about orders whose notice never came; close those that nobody paid in time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.settlement.gateways import GatewayFailed, gateway
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.refusals import NoSuchOrder
from qinghe.settlement.services.hearing import hear
from qinghe.settlement.services.placing import order_there
from qinghe.settlement.terms import OrderState

MACHINE = system("settlement.ask")
AGAIN = timedelta(minutes=5)
BATCH = 50


def ask_providers(*, at: datetime) -> int:
    """Ask about every order whose time has come; return how many."""
    due = CashierOrder.objects.filter(ask_at__lte=at).order_by("ask_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for order_id in ids:
        ask_provider(order_id=order_id, at=at)
    return len(ids)


def ask_provider(*, order_id: UUID, at: datetime) -> str:
    """
    Ask about one order, book the answer, and return its state. Safe to repeat.

    A provider that does not answer is asked again; an order nobody paid in time is closed there
    first, so that no money comes after it.

    :raises NoSuchOrder: unknown order
    """
    order = CashierOrder.objects.filter(pk=order_id).first()
    if order is None:
        raise NoSuchOrder
    # Silence and refusals alike: it is asked again.
    with suppress(GatewayFailed, DomainError):
        _ask(order, at)
    note_asked(order_id=order_id, ended=False, actor=MACHINE, at=at)
    return CashierOrder.objects.values_list("state", flat=True).get(pk=order_id)


def _ask(order: CashierOrder, at: datetime) -> None:
    way, there = gateway(order.provider), order_there(order)
    said = way.ask(there)
    if said.order_id != order.pk:
        raise NoSuchOrder
    hear(said=said, provider=order.provider, at=at)
    order.refresh_from_db()
    if order.state == OrderState.CREATED and order.expires_at <= at:
        way.close(there)
        note_asked(order_id=order.pk, ended=True, actor=MACHINE, at=at)


@verb("settlement.note-asked")
def note_asked(*, order_id: UUID, ended: bool, actor: Actor, at: datetime) -> CashierOrder:
    """Set when an order is asked about again; `ended`: it was closed unpaid, and never is."""
    order = CashierOrder.objects.select_for_update().get(pk=order_id)
    if order.ask_at is None:
        return order
    if ended and order.state == OrderState.CREATED:
        order.state = OrderState.EXPIRED
    order.ask_at = at + AGAIN if order.state == OrderState.CREATED else None
    order.save(update_fields=["state", "ask_at"])
    return order
