"""Jobs of the money room."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement import services


@app.task(name="settlement.expire_orders", queueing_lock="settlement.expire_orders")
def expire_orders(**_later: object) -> None:
    """Close cashier orders nobody paid in time. Safe to run twice."""
    services.expire_orders(actor=system("settlement.expire_orders"), at=clock.now())


@app.task(name="settlement.lowerings", queueing_lock="settlement.lowerings")
def lowerings(**_later: object) -> None:
    """Tell collectors of placed claims that their creditors lowered. Safe to run twice."""
    services.find_lowerings(actor=system("settlement.lowerings"), at=clock.now())


@app.task(name="settlement.ask_providers", queueing_lock="settlement.ask_providers")
def ask_providers(**_later: object) -> None:
    """Ask providers about orders whose notice never came. Safe to run twice."""
    services.ask_providers(at=clock.now())


@app.task(name="settlement.refunds", queueing_lock="settlement.refunds", lock="settlement.refunds")
def refunds(**_later: object) -> None:
    """Undo what providers took back, and send back what is not ours. Safe to run twice."""
    services.settle_disputes(at=clock.now())
    services.queue_refunds(actor=system("settlement.refunds"), at=clock.now())
    services.send_refunds(at=clock.now())


@app.task(name="settlement.statements")
def statements(*, close_id: str, **_later: object) -> None:
    """Make the statements of a closed month. Safe to run twice, and beside another."""
    actor, at = system("settlement.statements"), clock.now()
    services.list_statements(close_id=UUID(close_id), actor=actor, at=at)
    services.make_statements(close_id=UUID(close_id), actor=actor, at=at)


@app.task(name="settlement.suspense", queueing_lock="settlement.suspense")
def suspense(**_later: object) -> None:
    """Look again at money in suspense: its claim may be there now. Safe to run twice."""
    services.match_suspense(actor=system("settlement.suspense"), at=clock.now())


@app.task(name="settlement.debits", queueing_lock="settlement.debits", lock="settlement.debits")
def debits(**_later: object) -> None:
    """Plan direct debits that fall due and tell their debtors. Safe to run twice."""
    services.plan_debits(at=clock.now())
