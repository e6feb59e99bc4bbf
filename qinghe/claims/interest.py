"""Simple interest for late payment. Pure; the rate was cut to the lawful cap at intake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from qinghe.claims.terms import OPEN_STATES, YEAR_DAYS
from qinghe.kernel.money import half_up


class Bearing(Protocol):
    """A claim, or a view of one, as far as interest is concerned."""

    @property
    def state(self) -> str: ...
    @property
    def principal(self) -> int: ...
    @property
    def overdue_rate_pct(self) -> Decimal | None: ...
    @property
    def interest_to(self) -> date: ...


def grown(claim: Bearing, today: date) -> int:
    """
    Return the interest since it was last booked, in minor units: it is booked when money comes.

    Nothing grows on a claim that is closed.
    """
    if claim.state not in OPEN_STATES:
        return 0
    return accrue(claim.principal, claim.overdue_rate_pct, claim.interest_to, today)[0]


def accrue(
    principal: int, rate_pct: Decimal | None, since: date, until: date
) -> tuple[int, dict[str, object]]:
    """
    Return the interest of a period in minor units, and the facts that explain it.

    `rate_pct` is percent a year; `since` counts, `until` does not. Rounded half up, once.
    """
    days = max((until - since).days, 0)
    rate = Fraction(rate_pct or 0) / 100
    amount = half_up(principal * rate * days / YEAR_DAYS)
    facts: dict[str, object] = {
        "principal": principal,
        "rate_pct": str(rate_pct or 0),
        "from": since.isoformat(),
        "to": until.isoformat(),
        "days": days,
        "year": YEAR_DAYS,
    }
    return amount, facts


def bearing(
    since: date, until: date, stops: Iterable[tuple[date, date]]
) -> Iterator[tuple[date, date]]:
    """Yield the parts of a span that bear interest: what is left of it without the stops."""
    for first, last in sorted(stops):
        if since < min(first, until):
            yield since, min(first, until)
        since = max(since, last)
    if since < until:
        yield since, until
