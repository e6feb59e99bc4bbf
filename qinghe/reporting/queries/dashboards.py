"""The dashboards: a fixed number of queries each, whatever the size of the market."""

from __future__ import annotations

from datetime import datetime

from qinghe.kernel.actor import Actor
from qinghe.ledger.queries import owed_under
from qinghe.parties.roles import NotPermitted, Permission, require
from qinghe.reporting.figures import Dashboard, Figure, count, money, share
from qinghe.reporting.queries import measures
from qinghe.reporting.queries.measures import Scope

HELD = ("creditor:%:collected", "collector:%:payable", "collector:%:reserve", "debtor:%:refund")


def creditor_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the actor's own claims.

    :raises NotPermitted: the role posts no claims, or stands for no organisation
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    if actor.org_id is None:
        raise NotPermitted
    scope = Scope.creditor(actor.org_id)
    currency, sums = measures.claims(scope)
    refused, per_case = measures.attempts(scope, sums["closed"])
    upheld, waiting = measures.complaints(scope)
    figures = (
        *measures.recovery(sums, currency),
        _rate(measures.splits(scope, currency), currency),
        measures.promises(scope, currency),
        upheld,
        count("K-06", sums["open"]),
        measures.in_work(scope),
        waiting,
        refused,
        per_case,
        measures.helped(scope, at),
    )
    return Dashboard(currency, figures, measures.stages(scope))


def collector_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the actor's own orders.

    :raises NotPermitted: the role takes no orders, or stands for no organisation
    """
    require(actor, Permission.TAKE_ORDERS)
    if actor.org_id is None:
        raise NotPermitted
    scope = Scope.collector(actor.org_id)
    currency, sums = measures.claims(scope)
    shares = measures.splits(scope, currency)
    refused, per_case = measures.attempts(scope, sums["closed"])
    upheld, waiting = measures.complaints(scope)
    figures = (
        measures.in_work(scope),
        money("K-21", shares["commission"] + shares["reserve"], currency),
        measures.promises(scope, currency),
        measures.open_orders(at),
        upheld,
        waiting,
        refused,
        per_case,
        measures.helped(scope, at),
    )
    return Dashboard(currency, figures, measures.stages(scope))


def operator_dashboard(*, actor: Actor, at: datetime) -> Dashboard:
    """
    Return the figures of the whole market.

    :raises NotPermitted: the role sees no figures
    """
    require(actor, Permission.SEE_FIGURES)
    scope = Scope.all()
    currency, sums = measures.claims(scope)
    shares = measures.splits(scope, currency)
    refused, per_case = measures.attempts(scope, sums["closed"])
    upheld, waiting = measures.complaints(scope)
    figures = (
        *measures.recovery(sums, currency),
        _rate(shares, currency),
        money("K-22", shares["fee"], currency),
        money("K-23", owed_under(patterns=HELD, currency=currency), currency),
        count("K-06", sums["open"]),
        measures.open_orders(at),
        measures.in_work(scope),
        measures.promises(scope, currency),
        upheld,
        waiting,
        refused,
        per_case,
        measures.under_hold(scope),
        measures.helped(scope, at),
    )
    return Dashboard(currency, figures, measures.stages(scope))


def transparency(*, at: datetime) -> tuple[Figure, ...]:
    """Return the figures everybody may read; nothing in them can be traced to anybody."""
    scope = Scope.all()
    currency, sums = measures.claims(scope)
    refused, per_case = measures.attempts(scope, sums["closed"])
    upheld, waiting = measures.complaints(scope)
    recovery = measures.recovery(sums, currency)
    return (
        refused,
        upheld,
        measures.under_hold(scope),
        measures.helped(scope, at),
        recovery[2],
        per_case,
        measures.promises(scope, currency),
        _rate(measures.splits(scope, currency), currency),
        count("K-06", sums["open"]),
        waiting,
    )


def _rate(shares: dict[str, int], currency: str) -> Figure:
    gross = shares["commission"] + shares["reserve"] + shares["fee"]
    return share("K-20", gross, shares["borne"], currency)
