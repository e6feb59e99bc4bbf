"""The drawn parts hold their geometry and say what they draw."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qinghe.web.parts import Chart, Counter, DayBar, Event, Series, by_day

half_hours = st.integers(0, 46).map(lambda n: time(n // 2, n % 2 * 30))


def bar(**changes: object) -> DayBar:
    given_ = {"label": "day", "open": [(time(8), time(22))], "now": time(14, 32)}
    return DayBar(**(given_ | changes))  # type: ignore[arg-type]


@given(half_hours, half_hours)
def test_open_and_closed_hours_fill_the_whole_day(first: time, last: time) -> None:
    start, end = sorted((first, last))
    drawn = bar(open=[(start, end)]) if start != end else bar()
    widths = sum(b.width for b in [*drawn.open_bars, *drawn.shut_bars])
    assert widths == 240


def test_midnight_as_an_end_is_hour_24() -> None:
    assert bar(open=[(time(8), time(0))]).open_bars[0].width == 160


def test_a_day_without_open_hours_is_all_closed() -> None:
    assert [b.width for b in bar(open=[]).shut_bars] == [240]


def test_labels_of_hours_never_touch() -> None:
    drawn = bar(wished=[(time(18), time(20)), (time(9), time(10))])
    hours = [hour for _, hour in drawn.ticks]
    assert all(b - a >= 2 or b == 24 for a, b in pairwise(hours))


def test_used_pips_never_exceed_the_limit() -> None:
    assert Counter("calls", used=5, limit=3).pips == [True, True, True]


def test_a_chart_s_table_holds_every_value_it_draws() -> None:
    chart = Chart("c", "t", "s", "line", ["a", "b"], [Series("x", [1, None]), Series("y", [2, 3])])
    assert chart.rows == [("a", [1, 2]), ("b", [None, 3])]
    assert [name for _, name in chart.keys] == ["x", "y"]


def test_a_single_series_needs_no_legend() -> None:
    assert Chart("c", "t", "s", "bar", ["a"], [Series("x", [1])]).keys == []


def test_events_are_grouped_by_their_local_day_in_order() -> None:
    at = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    events = [Event(at, "one"), Event(at, "two"), Event(at, "three")]
    days = [date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 23)]
    assert [(d, len(group)) for d, group in by_day(events, days)] == [(days[0], 2), (days[2], 1)]
