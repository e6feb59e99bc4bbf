"""What house rules refuse, at each edge: the last moment of one side and the first of the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qinghe.rules.contact.clock import INSTANT
from qinghe.rules.contact.facts import Counters, Finding
from qinghe.rules.contact.house import (
    Planned,
    house_end,
    open_spans,
    operator_findings,
    tightened,
)
from qinghe.rules.house import Closure, House

SHANGHAI = "Asia/Shanghai"
# Tuesday noon in China.
NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
MIDNIGHT = datetime(2026, 5, 12, 16, tzinfo=UTC)
DAY = timedelta(days=1)
CALL = Planned(NOON, "voice", "human", "collect", (SHANGHAI,), Counters())
TEXT = replace(CALL, channel="sms", mode="one_way", is_message=True)


def local(hour: int, minute: int = 0, day: int = 12) -> datetime:
    """Return a moment of May 2026 by the clock of China."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def refused(figures: dict[str, int], planned: Planned, *closed: Closure) -> list[Finding]:
    return operator_findings(House(1, figures, closed), planned)


@pytest.mark.parametrize(
    ("rule_id", "counter", "mode", "other"),
    [
        ("HSE-FRQ-01", "cn_talks_today", "human", "one_way"),
        ("HSE-FRQ-02", "cn_oneway_today", "one_way", "human"),
        ("HSE-FRQ-03", "cn_unanswered_today", "human", ""),
        ("HSE-CAP-01", "person_answered_today", "human", ""),
        ("HSE-CAP-02", "person_dials_today", "human", ""),
    ],
)
def test_a_lower_limit_refuses_calls_of_its_kind_until_midnight(
    rule_id: str, counter: str, mode: str, other: str
) -> None:
    used = {n: replace(CALL, mode=mode, counters=Counters(**{counter: n})) for n in (1, 2, 3)}
    assert refused({rule_id: 2}, used[1]) == []
    assert refused({rule_id: 2}, used[2]) == [Finding(rule_id, "deny", MIDNIGHT)]
    assert refused({rule_id: 2}, used[3]) == [Finding(rule_id, "deny", MIDNIGHT)]
    assert refused({rule_id: 2}, replace(used[3], channel="sms")) == []
    if other:
        assert refused({rule_id: 2}, replace(used[3], mode=other)) == []


def test_a_lower_limit_counts_messages_whatever_their_channel() -> None:
    limit = {"HSE-MSG-01": 2}
    assert refused(limit, replace(TEXT, messages=1)) == []
    assert refused(limit, replace(TEXT, messages=2)) == [Finding("HSE-MSG-01", "deny", MIDNIGHT)]
    assert refused(limit, replace(TEXT, messages=3)) == [Finding("HSE-MSG-01", "deny", MIDNIGHT)]
    assert refused(limit, replace(TEXT, messages=3, is_message=False)) == []
    assert refused({"HSE-FRQ-01": 2}, replace(TEXT, messages=9)) == []


def test_a_pause_lasts_its_minutes_and_no_instant_longer() -> None:
    gap = {"HSE-GAP-01": 30}
    until = NOON + timedelta(minutes=30)
    assert refused(gap, CALL) == []
    after = replace(CALL, last_at=NOON)
    for at in (NOON, until - INSTANT):
        assert refused(gap, replace(after, at=at)) == [Finding("HSE-GAP-01", "deny", until)]
    assert refused(gap, replace(after, at=until)) == []
    assert refused({"HSE-FRQ-01": 2}, after) == []


@pytest.mark.parametrize(
    ("rule_id", "kind"), [("HSE-HLD-01", "hardship"), ("HSE-HLD-02", "complaint")]
)
def test_quiet_days_follow_a_hold(rule_id: str, kind: str) -> None:
    rest, until = {rule_id: 3}, NOON + 3 * DAY
    after = replace(CALL, ended={kind: NOON})
    assert refused(rest, CALL) == []
    for at in (NOON, until - INSTANT):
        assert refused(rest, replace(after, at=at)) == [Finding(rule_id, "deny", until)]
    assert refused(rest, replace(after, at=until)) == []
    assert refused({"HSE-FRQ-01": 2}, after) == []


def test_shorter_hours_open_late_and_close_early() -> None:
    hours = {"HSE-WIN-01": 10 * 60, "HSE-WIN-02": 18 * 60}
    early = [Finding("HSE-WIN-01", "deny", local(10))]
    late = [Finding("HSE-WIN-02", "deny", local(10, day=13))]
    for at, found in (
        (local(0), early),
        (local(10) - INSTANT, early),
        (local(10), []),
        (local(18) - INSTANT, []),
        (local(18), late),
        (local(23, 59), late),
    ):
        assert refused(hours, replace(CALL, at=at)) == found, at
    assert refused({"HSE-WIN-01": 10 * 60}, replace(CALL, at=local(23, 59))) == []
    assert refused({"HSE-WIN-02": 18 * 60}, replace(CALL, at=local(0))) == []


def test_a_call_ends_with_the_hours_of_the_house() -> None:
    hours = {"HSE-WIN-02": 18 * 60}
    assert house_end(House(1, hours), CALL) == local(18)
    assert house_end(House(1, {"HSE-WIN-01": 10 * 60}), CALL) is None
    assert house_end(House(1, {"HSE-WIN-02": 24 * 60}), CALL) is None
    assert house_end(House(1, hours), replace(CALL, purpose="legal_notice")) == local(18)
    notice = replace(CALL, purpose="legal_notice", channel="letter")
    assert house_end(House(1, hours), notice) is None


def test_open_spans_are_those_of_law_and_house_together() -> None:
    whole = ((local(0), local(0, day=13)),)
    lawful = ((local(8), local(22)),)
    zones = (SHANGHAI,)
    assert open_spans(House(), zones, whole) == whole
    assert open_spans(House(1, {"HSE-WIN-02": 18 * 60}), zones, whole) == ((local(0), local(18)),)
    late = House(1, {"HSE-WIN-01": 10 * 60})
    assert open_spans(late, zones, lawful) == ((local(10), local(22)),)
    shut = House(1, {}, (Closure(date(2026, 5, 12), date(2026, 5, 13)),))
    assert open_spans(shut, zones, lawful) == ()


def test_closed_days_are_half_open() -> None:
    closed = Closure(date(2026, 5, 12), date(2026, 5, 14))
    opens = local(0, day=14)
    for at, found in (
        (local(0) - INSTANT, []),
        (local(0), [Finding("HSE-DAY-01", "deny", opens)]),
        (opens - INSTANT, [Finding("HSE-DAY-01", "deny", opens)]),
        (opens, []),
    ):
        assert refused({}, replace(CALL, at=at), closed) == found, at


def test_only_a_written_notice_is_not_the_operators_to_delay() -> None:
    closed = Closure(date(2026, 5, 12), date(2026, 5, 14))
    for channel, purpose, free in (
        ("letter", "legal_notice", True),
        ("email", "legal_notice", True),
        ("voice", "legal_notice", False),
        ("letter", "collect", False),
    ):
        planned = replace(TEXT, channel=channel, purpose=purpose)
        assert (refused({}, planned, closed) == []) is free, (channel, purpose)


def test_no_zone_and_no_pack_say_nothing() -> None:
    closed = Closure(date(2026, 5, 12), date(2026, 5, 14))
    assert refused({}, replace(CALL, zones=()), closed) == []
    assert refused({}, CALL) == []


def test_the_stricter_limit_is_shown() -> None:
    house = House(1, {"HSE-FRQ-01": 2})
    assert tightened(house, "cn_talks_today", "CN-FRQ-01", 3) == ("HSE-FRQ-01", 2)
    assert tightened(house, "cn_talks_today", "CN-FRQ-01", 2) == ("CN-FRQ-01", 2)
    assert tightened(house, "cn_talks_today", "CN-FRQ-01", 1) == ("CN-FRQ-01", 1)
    assert tightened(house, "cn_oneway_today", "CN-FRQ-02", 2) == ("CN-FRQ-02", 2)


def test_what_is_not_said_to_be_a_message_is_none() -> None:
    planned = Planned(NOON, "sms", "one_way", "reply", (SHANGHAI,), Counters(), messages=9)
    assert refused({"HSE-MSG-01": 2}, planned) == []
    untold = Planned(NOON, "sms", "one_way", "reply", (SHANGHAI,), Counters(), is_message=True)
    assert refused({"HSE-MSG-01": 1}, untold) == []
    assert refused({"HSE-MSG-01": 0}, untold) == [Finding("HSE-MSG-01", "deny", MIDNIGHT)]


def test_the_day_of_a_limit_is_that_of_the_first_place() -> None:
    used = replace(CALL, counters=Counters(cn_talks_today=2))
    for places in ((SHANGHAI, "America/New_York"), (SHANGHAI, "America/New_York", "Asia/Tokyo")):
        found = refused({"HSE-FRQ-01": 2}, replace(used, zones=places))
        assert found == [Finding("HSE-FRQ-01", "deny", MIDNIGHT)], places


def test_without_a_place_the_house_leaves_the_answer_to_the_gate() -> None:
    used = replace(CALL, zones=(), last_at=NOON, counters=Counters(cn_talks_today=9))
    assert refused({"HSE-GAP-01": 30, "HSE-FRQ-01": 2, "HSE-WIN-01": 720}, used) == []


def test_hours_open_on_the_next_day_that_there_was() -> None:
    # Samoa went from the 29th to the 31st of December 2011.
    evening = datetime(2011, 12, 30, 6, tzinfo=UTC)
    found = refused(
        {"HSE-WIN-01": 600, "HSE-WIN-02": 1080},
        replace(CALL, at=evening, zones=("Pacific/Apia",)),
    )
    assert found == [Finding("HSE-WIN-02", "deny", datetime(2011, 12, 30, 20, tzinfo=UTC))]


def test_hours_that_never_open_refuse_and_are_asked_again_on_the_third_day() -> None:
    found = refused({"HSE-WIN-01": 18 * 60, "HSE-WIN-02": 10 * 60}, CALL)
    assert found == [Finding("HSE-WIN-02", "deny", local(0, day=15))]


def test_an_hour_that_comes_twice_does_not_end_the_day() -> None:
    # Havana's clock goes from one back to midnight.
    at = datetime(2026, 11, 1, 15, tzinfo=UTC)
    there = replace(CALL, at=at, zones=("America/Havana",))
    closes = datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert house_end(House(1, {"HSE-WIN-02": 18 * 60}), there) == closes
    day = ((datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),)
    spans = open_spans(House(1, {"HSE-WIN-02": 18 * 60}), ("America/Havana",), day)
    assert spans == ((day[0][0], closes),)


def test_the_first_minute_of_the_day_can_be_closed() -> None:
    found = refused({"HSE-WIN-01": 1}, replace(CALL, at=local(0)))
    assert found == [Finding("HSE-WIN-01", "deny", local(0, 1))]
