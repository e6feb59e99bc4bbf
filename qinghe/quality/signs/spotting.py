"""What one row of the market shows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from qinghe.quality.signs.judging import Spot, key_of, spot
from qinghe.quality.signs.table import number, rules

RETURNED = ("returned",)
BACK = ("returned", "recalled")


@dataclass(frozen=True)
class Placed:
    """
    One mandate as the rules see it.

    `worked`: an attempt (refused ones too), a letter, or a record that stands on one; `contacted`:
    an attempt that was permitted; `excused`: a hold or a suspension kept it from being worked;
    `before`: the same collector held the claim once already; `direct`: the creditor reported money
    within the days of the table after the end, the claim is settled, and nobody else held it
    meanwhile; `unserved`: the platform took it back, because nothing was done in time;
    `incoming`: its collector noted a call of the debtor, and no contact stands behind it. `segment`
    is what commissions are compared within; empty where they cannot be.
    """

    mandate: UUID
    claim: UUID
    creditor: UUID
    collector: UUID
    debtor: UUID
    mode: str
    state: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None = None
    rate: Decimal = Decimal(0)
    segment: str = ""
    worked: bool = False
    contacted: bool = False
    excused: bool = False
    before: bool = False
    direct: bool = False
    unserved: bool = False
    incoming: bool = False

    @property
    def pair(self) -> str:
        return key_of(self.creditor, self.collector)

    @property
    def own(self) -> str:
        return key_of(self.collector)

    @property
    def ref(self) -> str:
        return f"mandate:{self.mandate}"


def shared(one: UUID, other: UUID, kinds: Collection[str]) -> Iterator[Spot]:
    """Tell what two organisations have in common."""
    known = rules()["one-hand"].weights
    for kind in sorted(set(kinds) & set(known)):
        yield spot("one-hand", key_of(one, other), kind, f"sign:{kind}")


def owes_itself(placed: Placed, kinds: Collection[str]) -> Iterator[Spot]:
    """Tell what a collector and the debtor of its order have in common."""
    known = rules()["own-debtor"].weights
    for kind in sorted(set(kinds) & set(known)):
        yield spot("own-debtor", placed.own, kind, placed.ref)


def begun(placed: Placed, usual: Mapping[str, Decimal]) -> Iterator[Spot]:
    """Tell whether an order was designated far above the usual commission of its segment."""
    median = usual.get(placed.segment)
    if placed.mode != "designated" or not median:
        return
    if placed.rate * 100 >= median * number("dear_percent"):
        yield spot("price", placed.pair, "dear", placed.ref)


def ended(placed: Placed) -> Iterator[Spot]:
    """Tell what a mandate shows when it is over."""
    if placed.before:
        yield spot("wash", placed.pair, "again", placed.ref)
    if _settled_unworked(placed):
        yield spot("wash", placed.pair, "unworked", placed.ref)
    if _late_return(placed):
        yield spot("hoarding", placed.own, "late-return", placed.ref)


def aged(placed: Placed) -> Iterator[Spot]:
    """
    Tell whether a mandate lay still for the days of the table, or until the platform took it back.
    """
    if placed.worked or placed.excused:
        return
    yield spot("hoarding", placed.own, "idle", placed.ref)
    if placed.incoming:
        yield spot("hoarding", placed.own, "incoming", placed.ref)


def later(placed: Placed) -> Iterator[Spot]:
    """Tell whether a claim was settled with its creditor soon after a collector let it go."""
    if placed.state in BACK and placed.contacted and placed.direct:
        yield spot("around", placed.pair, "direct", placed.ref)


def usual(histogram: Mapping[int, int]) -> Decimal | None:
    """Return the median commission, from counts by whole percent; None for too few rows."""
    total = sum(histogram.values())
    if total < number("dear_least_rows"):
        return None
    passed = 0
    for percent in sorted(histogram):
        passed += histogram[percent]
        if passed * 2 >= total:
            return Decimal(percent) / 100
    return None


def _settled_unworked(placed: Placed) -> bool:
    if placed.state != "completed" or placed.worked or placed.closed_at is None:
        return False
    return placed.closed_at - placed.starts_at <= timedelta(days=number("unworked_days"))


def _late_return(placed: Placed) -> bool:
    if placed.state not in RETURNED or placed.worked or placed.excused or placed.closed_at is None:
        return False
    if placed.closed_at - placed.starts_at < timedelta(days=number("idle_days")):
        return False
    period = placed.ends_at - placed.starts_at
    end = min(
        period * number("late_return_percent") / 100,
        timedelta(days=number("late_return_most_days")),
    )
    return placed.ends_at - placed.closed_at <= end
