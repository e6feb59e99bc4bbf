"""The budget says nothing that the evaluator would not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as effort

from qinghe.rules.contact.budget import budget, hours_of
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    Budget,
    Debt,
    Objection,
    Past,
    PersonCap,
    Request,
    Settings,
    Visit,
    Window,
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


def american(**changes: object) -> Addressee:
    return replace(Addressee("D", "debtor", ("America/New_York",)), **changes)  # type: ignore[arg-type]


def an_american_budget(
    addressee: Addressee, *history: Past, packs: tuple[str, ...] = ("US",)
) -> Budget:
    act = replace(a_call().act, planned_at=datetime(2026, 5, 12, 16, tzinfo=UTC))
    return budget(a_call(act=act, addressee=addressee, history=history), packs)


def test_seven_calls_are_the_limit_of_consumers_only() -> None:
    debtor = an_american_budget(american(), talked(3 * 24 * 60))
    assert debtor.allowance("us_calls_7d").limit == 7
    assert debtor.allowance("us_calls_7d").remaining == 6
    attorney = an_american_budget(american(role="attorney"), talked(3 * 24 * 60))
    assert (attorney.allowance("us_calls_7d").used, attorney.allowance("us_calls_7d").limit) == (
        1,
        None,
    )


def test_two_calls_are_the_limit_of_massachusetts_only() -> None:
    there = an_american_budget(american(region="US-MA"))
    assert there.allowance("us_ma_calls_7d").remaining == 2
    assert an_american_budget(american()).allowance("us_ma_calls_7d").limit is None


def test_more_than_the_limit_leaves_nothing_and_not_less() -> None:
    spent = budget(a_call(history=tuple(talked(10 * n) for n in range(1, 6))))
    talks = spent.allowance("cn_talks_today")
    assert (talks.used, talks.limit, talks.remaining) == (5, 3, 0)
    full = budget(a_call(history=tuple(talked(10 * n) for n in range(1, 4))))
    assert full.allowance("cn_talks_today").remaining == 0


def test_a_british_visit_nobody_described_is_announced_and_let_in() -> None:
    at = datetime(2026, 5, 12, 10, tzinfo=UTC)
    london = Addressee("D", "debtor", ("Europe/London",))
    asked = a_call(act=replace(a_call().act, planned_at=at), addressee=london)
    assert budget(asked, ("UK",)).channel("visit").allowed


def test_open_hours_end_with_the_last_of_two_places() -> None:
    # Noon in New York on the 12th; Tokyo is a day ahead from eleven in the morning on.
    both = an_american_budget(american(zones=("America/New_York", "Asia/Tokyo")))
    day = datetime(2026, 5, 12, tzinfo=UTC)
    # Eight to nine in New York is nine to ten at night in Tokyo; eight to nine at night is
    # nine to ten in the morning there.
    assert both.open_windows == ((day + timedelta(hours=23), day + timedelta(hours=25)),)


def test_open_hours_heed_a_wish_in_the_legal_time_of_urumqi() -> None:
    wish = Objection("time", "D", NOON - timedelta(days=1), allowed_window=Window(9 * 60, 10 * 60))
    there = Addressee("D", "debtor", ("Asia/Urumqi",))
    left = budget(a_call(addressee=there, objections=(wish,)))
    nine = datetime(2026, 5, 12, 1, tzinfo=UTC)
    assert left.open_windows == ((nine, nine + timedelta(hours=1)),)


@pytest.mark.parametrize(
    "unknown",
    [
        {"channel": "fax"},
        {"mode": "robot"},
        {"direction": "sideways"},
        {"purpose": "punish"},
        {"address_source": "stolen"},
        {"planned_at": datetime(2026, 5, 12, 4)},  # noqa: DTZ001 - that is the defect
    ],
)
def test_an_act_the_rules_do_not_understand_is_never_judged(unknown: dict[str, object]) -> None:
    act = replace(a_call().act, **unknown)  # type: ignore[arg-type]
    for direction in ("outbound", "inbound"):
        turned = act if "direction" in unknown else replace(act, direction=direction)
        with pytest.raises(ValueError, match=r"outside the terms|without offset"):
            evaluate(a_call(act=turned))


@pytest.mark.parametrize(
    "unknown",
    [
        {"addressee": Addressee("D", "cousin", ("Asia/Shanghai",))},
        {"addressee": Addressee("D", "debtor", ("Asia/Nowhere",))},
        {"worker": Worker("P1", "bailiff")},
        {"debts": ()},
    ],
    ids=["role", "zone", "worker", "debts"],
)
def test_a_person_the_rules_do_not_understand_is_never_judged(unknown: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"outside the terms|unknown zone"):
        evaluate(a_call(**unknown))


def test_a_role_nobody_knows_is_refused_and_not_an_error() -> None:
    assert evaluate(a_call(addressee=Addressee("D", None, ("Asia/Shanghai",)))).denied


@pytest.mark.parametrize("turn", [1, -1])
def test_of_one_rule_the_finding_that_lasts_longest_is_told(turn: int) -> None:
    made = NOON - timedelta(days=1)
    soon = Objection("time", "D", made, allowed_window=Window(13 * 60, 14 * 60))
    late = Objection("time", "D", made, allowed_window=Window(19 * 60, 20 * 60))
    never = Objection("contact_refusal", "D", made)

    timed = evaluate(a_call(objections=(soon, late)[::turn]))
    untils = {finding.rule_id: finding.until for finding in timed.findings}
    assert untils == dict.fromkeys(("PLT-OBJ-01", "CN-FRQ-06"), NOON + timedelta(hours=7))
    refused = evaluate(a_call(objections=(late, never)[::turn]))
    untils = {finding.rule_id: finding.until for finding in refused.findings}
    assert (untils["PLT-OBJ-01"], untils["CN-FRQ-06"]) == (None, NOON + timedelta(hours=7))


def test_hours_are_open_for_a_known_person_at_a_known_place_only() -> None:
    known = Addressee("D", "debtor", ("Asia/Shanghai",))
    assert hours_of(a_call(addressee=known)) == (
        (datetime(2026, 5, 12, tzinfo=UTC), datetime(2026, 5, 12, 14, tzinfo=UTC)),
    )
    assert hours_of(a_call(addressee=replace(known, role=None))) == ()
    assert hours_of(a_call(addressee=replace(known, zones=()))) == ()
