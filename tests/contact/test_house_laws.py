"""Laws of the operator's own pack: it refuses more, never less, and keeps its promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.contact.decision import decide
from qinghe.contact.facts import Asked, Earlier, Situation
from qinghe.rules.contact.facts import Past
from qinghe.rules.house import House, levers, read_house
from tests.contact.test_decision import NOON, asked, channels, contacts, pasts, situation, zones

HOUR = timedelta(hours=1)
NOTICE = "legal_notice"
EVERY = sorted(levers().values(), key=lambda lever: lever.id)
hours = st.integers(0, 7 * 24)


@st.composite
def houses(draw: st.DrawFn) -> House:
    figures = {}
    for lever in draw(st.lists(st.sampled_from(EVERY), unique=True)):
        low, high = sorted((lever.lawful, lever.bound))
        figures[lever.id] = draw(st.integers(low, high))
    days = draw(st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 20)), max_size=2))
    first = NOON.date()
    closed = [
        {"from": str(first + timedelta(a)), "until": str(first + timedelta(a + n))} for a, n in days
    ]
    shut = read_house({"close": closed}).closed if closed else ()
    return House(3, figures, shut)


ended = st.dictionaries(
    st.sampled_from(["hardship", "complaint"]),
    st.integers(0, 100).map(lambda days: NOON - timedelta(days=days)),
)


def inside(here: Situation, house: House, **more: Any) -> Situation:
    return replace(here, house=house, **more)


@settings(max_examples=300, deadline=None)
@given(zones, pasts, channels, hours, houses(), ended)
def test_a_house_pack_never_permits_what_was_denied(
    where: tuple[str, ...],
    past: list[Earlier],
    channel: str,
    later: int,
    house: House,
    rests: dict[str, datetime],
) -> None:
    here, act = situation(where, past, []), asked(channel, NOON + later * HOUR)
    without, within = decide(here, act), decide(inside(here, house, ended=rests), act)
    assert within.denied or not without.denied
    assert set(without.rules) <= set(within.rules)
    if without.must_end_by and within.must_end_by:
        assert within.must_end_by <= without.must_end_by
    if without.denied and within.next_allowed_at and without.next_allowed_at:
        assert within.next_allowed_at >= without.next_allowed_at


@settings(max_examples=300, deadline=None)
@given(zones, pasts, channels, hours, houses(), ended)
def test_the_promised_time_is_kept_under_a_house_pack(
    where: tuple[str, ...],
    past: list[Earlier],
    channel: str,
    later: int,
    house: House,
    rests: dict[str, datetime],
) -> None:
    here = inside(situation(where, past, []), house, ended=rests)
    at = NOON + later * HOUR
    decision = decide(here, asked(channel, at))
    if decision.next_allowed_at is not None:
        assert decision.next_allowed_at > at
        assert not decide(here, asked(channel, decision.next_allowed_at)).denied


@settings(max_examples=150, deadline=None)
@given(zones, pasts, contacts(), channels, houses())
def test_more_contact_in_the_past_never_permits_more_under_a_house_pack(
    where: tuple[str, ...], past: list[Earlier], extra: Earlier, channel: str, house: House
) -> None:
    if decide(inside(situation(where, past, []), house), asked(channel)).denied:
        more = inside(situation(where, [*past, extra], []), house)
        assert decide(more, asked(channel)).denied


@given(st.sampled_from(["email", "letter"]), pasts, houses())
def test_a_notice_the_law_requires_is_not_the_operators_to_delay(
    channel: str, past: list[Earlier], house: House
) -> None:
    here, act = situation(("Asia/Shanghai",), past, []), Asked(channel, "one_way", NOTICE, NOON)
    assert decide(inside(here, house), act).rules == decide(here, act).rules


def test_a_closed_day_is_closed_to_all_but_notices() -> None:
    house = read_house({"close": [{"from": "2026-11-23", "until": "2026-11-24"}]})
    here = inside(situation(("Asia/Shanghai",), [], []), house)
    assert decide(here, asked("email")).rules == ("HSE-DAY-01",)
    assert not decide(here, Asked("email", "one_way", NOTICE, NOON)).denied
    # By telephone a notice is a call like any other.
    assert decide(here, Asked("sms", "one_way", NOTICE, NOON)).rules == ("HSE-DAY-01",)


TALK = Past(NOON, "voice", "outbound", "talk", "p", "w", "c", ("d",), address="phone")


def talked(minutes: int, **fields: Any) -> Earlier:
    return Earlier(replace(TALK, at=NOON - timedelta(minutes=minutes), **fields), "collect")


@pytest.mark.parametrize(
    ("house_rule", "figure", "past", "channel"),
    [
        ("HSE-FRQ-01", 2, [(60, "voice", "talk")] * 2, "voice"),
        ("HSE-FRQ-03", 2, [(60, "voice", "busy")] * 2, "voice"),
        ("HSE-CAP-01", 2, [(60, "voice", "talk")] * 2, "voice"),
        ("HSE-CAP-02", 2, [(60, "voice", "busy")] * 2, "voice"),
        ("HSE-MSG-01", 2, [(60, "sms", "delivered")] * 2, "letter"),
        ("HSE-GAP-01", 61, [(60, "sms", "delivered")], "voice"),
    ],
)
def test_a_figure_binds_exactly_at_its_number(
    house_rule: str, figure: int, past: list[tuple[int, str, str]], channel: str
) -> None:
    earlier = [talked(ago, channel=by, outcome=outcome) for ago, by, outcome in past]
    here = situation(("Asia/Shanghai",), earlier, [])
    looser = figure - 1 if house_rule == "HSE-GAP-01" else figure + 1
    assert decide(inside(here, House(1, {house_rule: figure})), asked(channel)).rules == (
        house_rule,
    )
    assert not decide(inside(here, House(1, {house_rule: looser})), asked(channel)).denied


def test_recorded_calls_have_a_figure_of_their_own() -> None:
    earlier = [talked(60, mode="one_way", outcome="delivered")]
    here = inside(situation(("Asia/Shanghai",), earlier, []), House(1, {"HSE-FRQ-02": 1}))
    assert decide(here, Asked("voice", "one_way", "collect", NOON)).rules == ("HSE-FRQ-02",)
    assert not decide(here, asked("voice")).denied


@pytest.mark.parametrize(
    ("rule_id", "minute", "hour", "denied"),
    [
        ("HSE-WIN-01", 12 * 60 + 1, 0, True),
        ("HSE-WIN-01", 12 * 60, 0, False),
        ("HSE-WIN-02", 14 * 60, 2, True),
        ("HSE-WIN-02", 14 * 60 + 1, 2, False),
    ],
)
def test_hours_are_half_open(rule_id: str, minute: int, hour: int, denied: bool) -> None:
    here = inside(situation(("Asia/Shanghai",), [], []), House(1, {rule_id: minute}))
    decision = decide(here, asked("voice", NOON + hour * HOUR))
    assert decision.denied is denied
    assert decision.rules == ((rule_id,) if denied else ())
    if not denied and rule_id == "HSE-WIN-02":
        assert decision.must_end_by == NOON + timedelta(hours=2, minutes=1)


def test_a_house_pack_is_named_in_the_answer() -> None:
    here = situation(("Asia/Shanghai",), [], [])
    house = House(12, {"HSE-FRQ-01": 2})
    assert decide(inside(here, house), asked("voice")).pack.endswith(" hse-12")
    assert "hse" not in decide(here, asked("voice")).pack


@pytest.mark.parametrize(("days", "denied"), [(4, True), (3, False)])
def test_quiet_days_follow_a_hold_that_ended(days: int, denied: bool) -> None:
    here = situation(("Asia/Shanghai",), [], [])
    over = {"hardship": NOON - timedelta(days=3)}
    decision = decide(inside(here, House(1, {"HSE-HLD-01": days}), ended=over), asked("sms"))
    assert decision.denied is denied
    assert decision.next_allowed_at == (NOON + timedelta(days=1) if denied else None)
