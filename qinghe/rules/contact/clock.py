"""
Local days and local hours as spans of UTC moments.

A span is half-open. Everything is cached by zone and day, so that judging a contact compares
moments and does no calendar work. Offset changes within a day are followed exactly: hours mean
what the wall clock shows.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)

# China keeps one legal time; these names of the zone database are all places that live by it.
NATIONAL = "Asia/Shanghai"
CHINESE_ZONES = frozenset(
    {
        "Asia/Shanghai",
        "Asia/Urumqi",
        "Asia/Chongqing",
        "Asia/Chungking",
        "Asia/Harbin",
        "Asia/Kashgar",
        "PRC",
    }
)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """
    Return a zone by its IANA name.

    :raises ValueError: unknown, or an abbreviation such as EST that names no place
    """
    # Only PRC is a place that is written like an abbreviation.
    if name != "PRC" and (not name or name == name.upper() or not name[0].isupper()):
        raise ValueError("unknown zone")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as missing:
        raise ValueError("unknown zone") from missing


def national(name: str) -> str:
    """Return the zone whose clock is the law's: Shanghai's for every place in China."""
    return NATIONAL if name in CHINESE_ZONES else name


def local_day(name: str, at: datetime) -> date:
    """Return the calendar day a moment falls on in a zone."""
    return at.astimezone(zone_of(name)).date()


@lru_cache(maxsize=65536)
def day_start(name: str, day: date) -> datetime:
    """Return the moment a local day begins; where midnight is skipped, the first there is."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(name)).astimezone(UTC)


@lru_cache(maxsize=65536)
def day_after(name: str, day: date, days: int = 1) -> datetime:
    """Return the moment the local day some days later begins."""
    return day_start(name, day + timedelta(days=days))


@lru_cache(maxsize=65536)
def hours_on(name: str, day: date, start: int, end: int) -> Spans:
    """Return when the wall clock shows `[start, end)` minutes on a local day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    pieces = []
    for begin, stop, offset in _pieces(name, day):
        opens = max(begin, midnight + start * MINUTE - offset)
        closes = min(stop, midnight + end * MINUTE - offset)
        pieces.append((opens, closes))
    return merge(pieces)


def _pieces(name: str, day: date) -> list[tuple[datetime, datetime, timedelta]]:
    """Cut a local day where the offset changes."""
    start, end = day_start(name, day), day_after(name, day)
    low, high = start, end - INSTANT
    before, after = _offset(name, low), _offset(name, high)
    if before == after:
        return [(start, end, before)]
    while high - low > INSTANT:
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(name, middle) == before else (low, middle)
    return [(start, high, before), (high, end, after)]


def _offset(name: str, at: datetime) -> timedelta:
    offset = at.astimezone(zone_of(name)).utcoffset()
    return offset if offset is not None else timedelta()


def merge(spans: Iterable[Span]) -> Spans:
    """Return the union of spans, in order, with spans that touch joined and empty ones left out."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def intersect(left: Iterable[Span], right: Spans) -> Spans:
    """Return what two unions of spans have in common."""
    return merge((max(a, c), min(b, d)) for a, b in left for c, d in right)
