"""Local days and hours, against a slow and simple clock."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules.contact.clock import (
    INSTANT,
    day_after,
    day_start,
    hours_on,
    intersect,
    local_day,
    merge,
    national,
    zone_of,
)

# Days on which the clocks of the zones move, at midnight, at two, by half an hour.
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Asia/Shanghai", date(2026, 3, 10)),
    # China had summer time from 1986 to 1991; Samoa went without a day.
    ("Asia/Shanghai", date(1986, 5, 4)),
    ("Asia/Shanghai", date(1986, 9, 14)),
    ("Asia/Shanghai", date(1990, 7, 1)),
    ("Asia/Shanghai", date(1991, 9, 15)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Asia/Kathmandu", date(2024, 1, 1)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize(("start", "end"), [(480, 1320), (0, 1440), (60, 150), (1380, 1440)])
def test_hours_are_what_the_wall_clock_shows(zone: str, day: date, start: int, end: int) -> None:
    spans = hours_on(zone, day, start, end)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    for _ in range(52 * 12):
        local = at.astimezone(ZoneInfo(zone))
        shown = local.date() == day and start <= local.hour * 60 + local.minute < end
        assert shown == any(opens <= at < closes for opens, closes in spans), local
        at += timedelta(minutes=5)


@effort(deadline=None)
@given(
    st.sampled_from([zone for zone, _ in CHANGES]),
    st.integers(0, 4 * 366 * 24 * 60),
)
def test_a_moment_lies_in_its_own_local_day(zone: str, minute: int) -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    day = local_day(zone, at)

    assert day_start(zone, day) <= at < day_after(zone, day)


def test_a_skipped_midnight_begins_the_day_an_hour_late() -> None:
    starts = day_start("Africa/Cairo", date(2026, 4, 24)).astimezone(ZoneInfo("Africa/Cairo"))
    assert (starts.hour, starts.date()) == (1, date(2026, 4, 24))


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_all_hours_are_the_day_itself(zone: str, day: date) -> None:
    for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
        start, end = day_start(zone, each), day_after(zone, each)
        assert hours_on(zone, each, 0, 1440) == (((start, end),) if start < end else ())


def test_a_day_that_never_was_has_no_hours() -> None:
    missing, next_day = date(2011, 12, 30), date(2011, 12, 31)
    assert hours_on("Pacific/Apia", missing, 0, 1440) == ()
    assert day_start("Pacific/Apia", missing) == day_start("Pacific/Apia", next_day)
    assert local_day("Pacific/Apia", day_start("Pacific/Apia", next_day)) == next_day


def test_the_recorded_edges_of_the_zones() -> None:
    folder = os.environ.get("QINGHE_DATA")
    path = Path(folder or "") / "tz" / "tz_cases.json"
    if not folder or not path.exists():
        pytest.skip("QINGHE_DATA names no folder with tz/tz_cases.json")
    for row in json.loads(path.read_text("utf-8")):
        at, local = datetime.fromisoformat(row["utc"]), datetime.fromisoformat(row["local"])
        day = local_day(row["zone"], at)
        minute = local.hour * 60 + local.minute

        assert day == local.date(), row
        assert day_start(row["zone"], day) <= at < day_after(row["zone"], day), row
        shown = hours_on(row["zone"], day, minute, minute + 1)
        assert any(opens <= at < closes for opens, closes in shown), row
        for start, end in ((0, minute), (minute + 1, 1440)):
            shown = hours_on(row["zone"], day, start, end)
            assert not any(opens <= at < closes for opens, closes in shown), row


def test_all_china_keeps_one_legal_time() -> None:
    places = ["Asia/Urumqi", "Asia/Kashgar", "PRC", "Asia/Harbin"]
    assert {national(place) for place in places} == {"Asia/Shanghai"}
    assert national("Asia/Hong_Kong") == "Asia/Hong_Kong"


@pytest.mark.parametrize("name", ["BJT", "EST", "CST6CDT", "GMT", "", "Mars/Olympus", "asia", "."])
def test_what_names_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="unknown zone"):
        zone_of(name)


def test_spans_that_touch_are_one() -> None:
    a, b, c, d = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (1, 2, 3, 4))
    assert merge([(b, c), (a, b), (d, d)]) == ((a, c),)
    assert intersect([(a, c)], ((b, d),)) == ((b, c),)
    assert intersect([(a, b)], ((b, d),)) == ()
    assert intersect([(a, b), (c, d)], ((a, d),)) == ((a, b), (c, d))
    assert merge([(a, d), (b, c)]) == ((a, d),)
    assert merge([(d, a)]) == ()
    # Spans join the last one before them, never the first.
    assert merge([(a, b), (b + INSTANT, c), (c, d)]) == ((a, b), (b + INSTANT, d))
    assert merge([(a, b), (c, d), (c + INSTANT, d - INSTANT)]) == ((a, b), (c, d))
