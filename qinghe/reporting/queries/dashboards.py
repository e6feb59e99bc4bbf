"""The dashboards: each is counted in one query, at one instant, whatever the size of the market."""

from __future__ import annotations

from datetime import datetime

from qinghe.kernel.actor import Actor
from qinghe.ledger.queries import owed_under
from qinghe.parties.roles import NotPermitted, Permission, require
from qinghe.reporting.figures import Dashboard, Figure, money
from qinghe.reporting.queries.measures import Scope, tally

# What is prepared leaves the owner's account at once, and is the owner's until it has left.
HELD = (
    "creditor:%:collected",
    "collector:%:payable",
    "collector:%:reserve",
    "debtor:%:refund",
    "platform:payout:%",
)
OFFICE = ("claims", "splits", "promises", "complaints", "attempts", "mandates", "helped")


def creditor_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the actor's own claims.

    :raises NotPermitted: the role posts no claims, or stands for no organisation
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    if actor.org_id is None:
        raise NotPermitted
    found = tally(Scope.creditor(actor.org_id), at, *OFFICE)
    figures = (
        *found.recovery(),
        found.commission_rate(),
        found.kept_promises(),
        found.upheld(),
        found.open_claims(),
        found.in_work(),
        found.waiting(),
        found.refused(),
        found.per_case(),
        found.with_help(),
    )
    return Dashboard(found.currency, figures, found.stages())


def collector_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the actor's own orders.

    :raises NotPermitted: the role takes no orders, or stands for no organisation
    """
    require(actor, Permission.TAKE_ORDERS)
    if actor.org_id is None:
        raise NotPermitted
    found = tally(Scope.collector(actor.org_id), at, *OFFICE, "orders")
    earned = found.split.commission + found.split.reserve
    figures = (
        found.in_work(),
        found.recovered_by_work(),
        money("K-21", earned, found.currency),
        found.kept_promises(),
        found.open_orders(),
        found.upheld(),
        found.waiting(),
        found.refused(),
        found.per_case(),
        found.with_help(),
    )
    return Dashboard(found.currency, figures, found.stages())


def collector_record(*, actor: Actor, at: datetime, currency: str) -> tuple[Figure, ...]:
    """
    Return the two figures that say how well a collector works: promises kept, complaints upheld.

    One query. Empty for an actor that stands for no organisation.
    """
    if actor.org_id is None:
        return ()
    found = tally(Scope.collector(actor.org_id), at, "promises", "complaints", "mandates")
    return (found.kept_promises(currency), found.upheld())


def operator_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the whole market. Two queries.

    :raises NotPermitted: the role sees no figures
    """
    require(actor, Permission.SEE_FIGURES)
    found = tally(Scope.all(), at, *OFFICE, "orders", "under_hold")
    figures = (
        *found.recovery(),
        found.commission_rate(),
        money("K-22", found.split.fee, found.currency),
        money("K-23", owed_under(patterns=HELD, currency=found.currency), found.currency),
        found.open_claims(),
        found.open_orders(),
        found.in_work(),
        found.kept_promises(),
        found.upheld(),
        found.waiting(),
        found.refused(),
        found.per_case(),
        found.during_holds(),
        found.with_help(),
    )
    return Dashboard(found.currency, figures, found.stages())


def transparency(*, at: datetime) -> tuple[Figure, ...]:
    """Return the figures everybody may read; nothing in them can be traced to anybody."""
    found = tally(Scope.all(), at, *OFFICE, "under_hold")
    return (
        found.refused(),
        found.upheld(),
        found.during_holds(),
        found.with_help(),
        found.recovery()[2],
        found.per_case(),
        found.kept_promises(),
        found.commission_rate(),
        found.open_claims(),
        found.waiting(),
    )
