"""Laws of the contact evaluator that hold for every world, not only for the told ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    Debt,
    Past,
    Request,
    Settings,
    Worker,
)
from qinghe.rules.packs import rule
from tests.rules import worlds

SEVERITY = {"allow": 0, "warn": 1, "deny": 2}


def at_moment(request: Request, at: datetime) -> Request:
    """Return the same act at another moment, a visit with the same length."""
    act = request.act
    length = None if act.ends_at is None else at + (act.ends_at - act.planned_at)
    return replace(request, act=replace(act, planned_at=at, ends_at=length))


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings(carrier=False), st.data())
def test_more_contact_in_the_past_never_permits_more(
    request: Request, packs: tuple[str, ...], settings: Settings, data: st.DataObject
) -> None:
    extra = data.draw(worlds.pasts(request.act.planned_at))
    before = evaluate(request, packs, settings)
    after = evaluate(replace(request, history=(*request.history, extra)), packs, settings)

    assert SEVERITY[after.decision] >= SEVERITY[before.decision]
    assert set(before.rules) <= set(after.rules)


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.packs, worlds.settings())
def test_the_strictest_of_several_packs_wins(
    request: Request, left: tuple[str, ...], right: tuple[str, ...], settings: Settings
) -> None:
    both = evaluate(request, tuple({*left, *right}), settings)
    one, other = evaluate(request, left, settings), evaluate(request, right, settings)

    assert set(both.rules) == {*one.rules, *other.rules}
    assert SEVERITY[both.decision] == max(SEVERITY[one.decision], SEVERITY[other.decision])


@effort(max_examples=200, deadline=None)
@given(worlds.requests(timed=True), worlds.packs, worlds.settings(), st.data())
def test_the_promised_moment_is_kept_and_is_the_first(
    request: Request, packs: tuple[str, ...], settings: Settings, data: st.DataObject
) -> None:
    verdict = evaluate(request, packs, settings)
    promised, at = verdict.next_allowed_at, request.act.planned_at
    if promised is None:
        return

    assert verdict.denied
    assert promised > at
    assert not evaluate(at_moment(request, promised), packs, settings).denied
    share = data.draw(st.floats(0, 0.999))
    earlier = at + (promised - at) * share
    assert evaluate(at_moment(request, earlier), packs, settings).denied


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_no_promise_is_made_where_a_rule_does_not_lapse(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    verdict = evaluate(request, packs, settings)
    denials = [finding for finding in verdict.findings if finding.level == "deny"]

    if any(finding.until is None for finding in denials):
        assert verdict.next_allowed_at is None
    for finding in denials:
        assert finding.until is None or finding.until > request.act.planned_at
        promised = verdict.next_allowed_at
        assert promised is None or finding.until is None or finding.until <= promised


@effort(deadline=None)
@given(worlds.requests(timed=True), worlds.packs, worlds.settings())
def test_a_permitted_call_may_last_until_its_limit_and_not_beyond(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    act = replace(request.act, channel="voice", mode="human", ends_at=None)
    request = replace(request, act=act, history=(), objections=(), consents=())
    settings = replace(settings, boundary="strict")
    verdict = evaluate(request, packs, settings)
    if verdict.must_end_by is None:
        return

    assert verdict.must_end_by > act.planned_at
    last = at_moment(request, verdict.must_end_by - timedelta(microseconds=1))
    assert not evaluate(last, packs, settings).denied
    assert evaluate(at_moment(request, verdict.must_end_by), packs, settings).denied


def a_call(at: datetime, zone: str) -> Request:
    return Request(
        Act("voice", at, "a1", "collect"),
        Addressee("D", "debtor", (zone,)),
        (Debt("L1", "K", "consumer_loan"),),
        Worker("P1", "agency"),
    )


def permitted(
    moments: Iterable[datetime], zone: str, packs: tuple[str, ...], outcome: str
) -> list[datetime]:
    """Return the moments at which a call was permitted when every permitted call was made."""
    kept: list[Past] = []
    for at in sorted(moments):
        if not evaluate(replace(a_call(at, zone), history=tuple(kept)), packs).denied:
            kept.append(
                Past(at, "voice", "outbound", outcome, "D", "P1", "K", ("L1",), address="a1")
            )
    return [past.at for past in kept]


busy_fortnight = st.lists(
    st.integers(0, 14 * 24 * 12).map(
        lambda step: datetime(2026, 3, 4, tzinfo=UTC) + timedelta(minutes=5 * step)
    ),
    max_size=60,
)


@effort(max_examples=40, deadline=None)
@given(busy_fortnight, st.sampled_from(worlds.ZONES))
def test_no_chinese_day_ever_holds_more_calls_than_the_cap(
    moments: list[datetime], zone: str
) -> None:
    clock = ZoneInfo("Asia/Shanghai" if zone == "Asia/Urumqi" else zone)
    for outcome, rule_id in (("talk", "CN-FRQ-01"), ("no_answer", "CN-FRQ-03")):
        calls = permitted(moments, zone, ("CN",), outcome)
        per_day = Counter(at.astimezone(clock).date() for at in calls)
        assert max(per_day.values(), default=0) <= rule(rule_id).number("max")


@effort(max_examples=40, deadline=None)
@given(busy_fortnight, st.sampled_from(("America/New_York", "America/Los_Angeles")))
def test_no_seven_american_days_ever_hold_more_calls_than_the_cap(
    moments: list[datetime], zone: str
) -> None:
    days = [
        at.astimezone(ZoneInfo(zone)).date()
        for at in permitted(moments, zone, ("US",), "voicemail")
    ]
    law = rule("US-FRQ-01")
    span = timedelta(days=law.number("days") - 1)
    for last in days:
        assert sum(last - span <= day <= last for day in days) <= law.number("max")


@effort(max_examples=40, deadline=None)
@given(busy_fortnight)
def test_after_an_american_talk_a_week_is_quiet(moments: list[datetime]) -> None:
    zone = ZoneInfo("America/New_York")
    days: list[date] = [
        at.astimezone(zone).date() for at in permitted(moments, str(zone), ("US",), "talk")
    ]
    for earlier, later in pairwise(days):
        assert (later - earlier).days >= rule("US-FRQ-02").number("days")
