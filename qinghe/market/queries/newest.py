"""
What came into the hall lately, read once per process and shared by everybody who waits for it.

A hundred open pages ask the database no more often than one: at most every `FRESH` seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from qinghe.kernel.actor import Actor
from qinghe.market.bands import codes_with
from qinghe.market.models import OpenOrder
from qinghe.market.queries.filters import MOST_HANDS, NOWHERE, HallFilters
from qinghe.market.queries.hall import ELSEWHERE
from qinghe.parties.models import Organisation
from qinghe.parties.regions import province_of
from qinghe.parties.terms import OrgState

FRESH: Final = timedelta(seconds=5)
# So many of the newest orders are kept; beyond this a page says "more than".
KEPT: Final = 200
# A page that was drawn longer ago is better loaded anew.
LONGEST: Final = timedelta(hours=12)


@dataclass
class _Shared:
    """The newest orders as they were shown at a moment."""

    read_at: datetime | None = None
    rows: list[OpenOrder] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


_SHARED: Final = _Shared()


@dataclass(frozen=True)
class Newer:
    """How many orders came since; `capped` when there may be more."""

    n: int
    capped: bool


def newer(*, actor: Actor, filters: HallFilters, since: datetime, at: datetime) -> Newer:
    """
    Return how many orders of an actor's hall under some filters came after a moment.

    Judged by what is shown and nothing else. Mostly no statement at all: one when the shared rows
    are old, and one when there is something to tell, for who has only applied sees no hall.
    """
    rows = _rows(at)
    new = [row for row in rows if row.listed_at > since and row.expires_at > at]
    mine = [row for row in new if row.designated_to in (None, actor.org_id)]
    found = sum(matches(row, filters) for row in mine)
    if not found or not _working(actor):
        return Newer(0, capped=False)
    return Newer(found, capped=len(rows) == KEPT and rows[-1].listed_at > since)


def forget() -> None:
    """Let the next question be answered from the database."""
    _SHARED.read_at = None


def matches(row: OpenOrder, filters: HallFilters) -> bool:
    """Tell whether an order passes filters: the same as `filters.shown` asks of the table."""
    codes = {code for index in filters.bands for code in codes_with(index)}
    hands = {min(hand, MOST_HANDS) for hand in filters.hands}
    return (
        _in(row.stage, filters.stages)
        and _in(row.product, filters.products)
        and _in(row.band, codes)
        and _in(row.creditor_kind, filters.kinds)
        and _in(min(row.hand, MOST_HANDS), hands)
        and _in(row.currency, [filters.currency] if filters.currency else [])
        and _in(row.mode, [filters.mode] if filters.mode else [])
        and (filters.min_commission is None or row.commission_rate >= filters.min_commission)
        and (not filters.regions or any(_there(row.region, code) for code in filters.regions))
    )


def _working(actor: Actor) -> bool:
    return Organisation.objects.filter(pk__in=[actor.org_id], state=OrgState.ACTIVE).exists()


def _in(value: Any, wanted: Any) -> bool:
    return not wanted or value in wanted


def _there(region: str, code: str) -> bool:
    if code == NOWHERE:
        return not region
    return bool(region) and code in (region, province_of(region))


def _rows(at: datetime) -> list[OpenOrder]:
    """Return the newest orders; one thread reads, the others take what is there meanwhile."""
    read_at = _SHARED.read_at
    if read_at is not None and read_at <= at < read_at + FRESH:
        return _SHARED.rows
    with _SHARED.lock:
        read_at = _SHARED.read_at
        if read_at is None or not read_at <= at < read_at + FRESH:
            newest = OpenOrder.objects.exclude(mode__in=ELSEWHERE).order_by("-listed_at", "id")
            _SHARED.rows, _SHARED.read_at = list(newest[:KEPT]), at
        return _SHARED.rows
