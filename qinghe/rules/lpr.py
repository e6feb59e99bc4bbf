"""The one-year loan prime rate: the value of a day, and refusal beyond what was published."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from qinghe.rules.calendar import add_months
from qinghe.rules.packs import read_yaml

SHANGHAI = ZoneInfo("Asia/Shanghai")


class StaleRate(LookupError):
    """The day lies too far beyond the newest publication: the rate is not known, only guessed."""


@dataclass(frozen=True, slots=True)
class Series:
    """Days from which a value holds, and the last day the series may be read for."""

    days: tuple[date, ...]
    values: tuple[Decimal, ...]
    known_until: date
    published_at: time


@cache
def series() -> Series:
    """Return the published values."""
    content = read_yaml("lpr.yaml")
    rows = content["values"]
    newest = date.fromisoformat(content["newest_publication"])
    return Series(
        days=tuple(date.fromisoformat(row["from"]) for row in rows),
        values=tuple(Decimal(row["lpr_1y_pct"]) for row in rows),
        known_until=add_months(newest, content["stale_after_months"]),
        published_at=time.fromisoformat(content["published_at"]),
    )


def lpr_on(day: date, *, before_change: bool = False) -> Decimal | None:
    """
    Return the rate of a day in percent per year; `None` before the first publication.

    `before_change` asks for the value that held until that day.

    :raises StaleRate: later than the published values allow
    """
    known = series()
    if day > known.known_until:
        raise StaleRate(day.isoformat())
    index = bisect_right(known.days, day) - 1
    if before_change and index >= 0 and known.days[index] == day:
        index -= 1
    return known.values[index] if index >= 0 else None


def signed_before_publication(at: datetime) -> bool:
    """Tell whether a moment lies on a day of change, before the new value was published."""
    local = at.astimezone(SHANGHAI)
    return local.date() in series().days and local.time() < series().published_at
