"""The budget says nothing that the evaluator would not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import settings as effort

from qinghe.rules.contact.budget import budget
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    Debt,
    Past,
    PersonCap,
    Request,
    Settings,
    Visit,
    Worker,
)
from tests.rules import worlds

WINDOWS = {"CN-WIN-01", "CN-WIN-02", "US-WIN-01", "IN-WIN-01", "IN-WIN-02"}
NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)


def a_call(**changes: object) -> Request:
    request = Request(
        Act("voice", NOON, "a1", "collect"),
        Addressee("D", "debtor", ("Asia/Shanghai",)),
        (Debt("L1", "K", "consumer_loan"),),
        Worker("P1", "agency"),
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def talked(minutes_ago: int) -> Past:
    at = NOON - timedelta(minutes=minutes_ago)
    return Past(at, "voice", "outbound", "talk", "D", "P1", "K", ("L1",), address="a1")


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_every_channel_is_what_the_evaluator_answers(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    left = budget(request, packs, settings)

    for state in left.channels:
        act = replace(request.act, channel=state.channel)
        verdict = evaluate(replace(request, act=act), packs, settings)
        assert state.decision == verdict.decision
        assert state.rules == verdict.rules
        assert state.next_allowed_at == verdict.next_allowed_at


@effort(deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_an_empty_allowance_is_a_refusal(
    request: Request, packs: tuple[str, ...], settings: Settings
) -> None:
    act = replace(request.act, channel="voice", mode="human", ends_at=None)
    request = replace(request, act=act, consents=())
    left = budget(request, packs, settings)
    rules = left.channel("voice").rules

    for allowance in left.allowances:
        if allowance.remaining == 0 and allowance.rule_id != "CN-FRQ-02":
            assert allowance.rule_id in rules
        if allowance.remaining:
            used = allowance.used
            assert allowance.limit == used + allowance.remaining


@effort(deadline=None)
@given(worlds.requests(), worlds.packs)
def test_the_open_hours_are_those_in_which_no_window_refuses(
    request: Request, packs: tuple[str, ...]
) -> None:
    act = replace(request.act, channel="voice", purpose="collect", ends_at=None)
    request = replace(request, act=act, objections=())
    opened = budget(request, packs, Settings()).open_windows
    refused = set(evaluate(request, packs).rules) & (WINDOWS | {"UK-WIN-01"})

    inside = any(start <= act.planned_at < end for start, end in opened)
    assert inside == (not refused)


def test_a_day_with_two_talks_has_one_left() -> None:
    cap = Settings(person_cap=PersonCap(answered_per_day=5, dials_per_day=None))
    left = budget(a_call(history=(talked(60), talked(10))), ("CN",), cap)

    talks, capped = left.allowance("cn_talks_today"), left.allowance("person_answered_today")
    assert (talks.used, talks.limit, talks.remaining) == (2, 3, 1)
    assert (capped.used, capped.limit, capped.remaining) == (2, 5, 3)
    assert left.allowance("person_dials_today").limit is None
    assert left.channel("voice").allowed


def test_a_spent_day_opens_again_in_the_morning() -> None:
    left = budget(a_call(history=(talked(60), talked(30), talked(10))))

    assert left.channel("voice").rules == ("CN-FRQ-01", "PLT-BUR-01")
    assert left.channel("voice").next_allowed_at == datetime(2026, 5, 13, tzinfo=UTC)
    assert left.channel("letter").allowed


def test_the_local_day_has_one_open_window() -> None:
    left = budget(a_call())

    assert left.open_windows == (
        (datetime(2026, 5, 12, tzinfo=UTC), datetime(2026, 5, 12, 14, tzinfo=UTC)),
    )


def test_a_visit_nobody_described_is_taken_as_well_prepared() -> None:
    assert budget(a_call()).channel("visit").allowed
    lone = replace(a_call().act, visit=Visit(staff_count=1))
    assert budget(a_call(act=lone)).channel("visit").rules == ("CN-VIS-01",)


def test_without_a_role_nothing_is_open() -> None:
    unknown = Addressee("D", None, ("Asia/Shanghai",))
    left = budget(a_call(addressee=unknown))

    assert not any(state.allowed for state in left.channels)
    assert left.open_windows == ()
