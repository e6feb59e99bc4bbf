"""The ladder as a pure function: conduct shuts, experience opens, nothing else exists."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.market.terms import Grade
from qinghe.quality.ladder import Facts, Held, allowed, judge, ladder, shut
from qinghe.quality.terms import Cause, Gate

LAW = ladder()
DAY = date(2026, 11, 23)
STEPS = [step.key for step in LAW.steps]
FINE = Facts(worked=20_000, accounts=20_000, days=700, requests=9_000, refused=100)

FACTS = st.builds(
    Facts,
    worked=st.integers(0, 30_000),
    upheld=st.integers(0, 60),
    grave=st.integers(0, 30),
    disputes=st.integers(0, 300),
    requests=st.integers(0, 2_000),
    refused=st.integers(0, 500),
    suspensions=st.integers(0, 3),
    suspended=st.booleans(),
    members=st.integers(0, 9),
    certified=st.integers(0, 9),
    accounts=st.integers(0, 30_000),
    days=st.integers(0, 900),
    recognised=st.sampled_from(["", "trainee", "junior", "regular"]),
)
HELD = st.builds(
    Held, st.sampled_from(STEPS), st.integers(-60, 60).map(lambda n: DAY + timedelta(days=n))
)


def test_the_steps_are_the_grades_of_the_market_and_every_number_has_a_reason() -> None:
    assert Grade.values == STEPS
    assert {measure.key for measure in LAW.measures} == set(Gate.values)
    for each in (*LAW.steps, *LAW.measures):
        assert {"zh", "en"} == set(each.why)
        assert all(each.why.values())
    for measure in LAW.measures:
        given = [measure.limits[step] for step in STEPS if step in measure.limits]
        assert given == sorted(given, reverse=measure.kind != "least"), measure.key
    for name in ("max_band", "open_cap", "package_cap", "accounts", "days"):
        caps = [getattr(step, name) for step in LAW.steps]
        assert caps == sorted(caps), name


@given(FACTS, HELD, st.integers(1, 3), st.integers(0, 1))
def test_more_justified_complaints_never_give_a_higher_grade(
    facts: Facts, held: Held, more: int, grave: int
) -> None:
    worse = replace(facts, upheld=facts.upheld + more, grave=facts.grave + grave * more)
    assert allowed(worse, LAW) <= allowed(facts, LAW)
    for start in (None, held):
        now, then = judge(start, facts, LAW, DAY), judge(start, worse, LAW, DAY)
        assert LAW.place(then.step) <= LAW.place(now.step)


@given(FACTS, HELD)
def test_conduct_always_limits_the_grade_whatever_an_officer_gives_back(
    facts: Facts, held: Held
) -> None:
    for lift in ("", *STEPS):
        verdict = judge(held, facts, LAW, DAY, lift=lift, why=Cause.RESTORED)
        assert LAW.place(verdict.step) <= allowed(facts, LAW)


@given(FACTS, HELD)
def test_the_same_facts_on_the_same_day_say_the_same(facts: Facts, held: Held) -> None:
    once = judge(held, facts, LAW, DAY)
    again = judge(Held(once.step, once.review_on), facts, LAW, DAY)
    assert (again.step, again.gate) == (once.step, once.gate)
    assert again.review_on == once.review_on


@given(FACTS, HELD)
def test_nobody_climbs_more_than_one_step_or_before_the_review(facts: Facts, held: Held) -> None:
    climbed = LAW.place(judge(held, facts, LAW, DAY).step) - LAW.place(held.step)
    assert climbed <= (1 if held.review_on <= DAY else 0)


def test_the_ladder_knows_no_money() -> None:
    names = {field.name for field in fields(Facts)}
    assert not [
        n for n in names for word in ("paid", "money", "amount", "recover", "sum") if word in n
    ]


def test_a_lost_step_is_lost_at_once_and_several_at_a_time() -> None:
    held = Held("principal", DAY + timedelta(days=80))
    verdict = judge(held, replace(FINE, upheld=150), LAW, DAY)
    assert (verdict.step, verdict.cause) == ("junior", Cause.DEMOTED)
    assert verdict.review_on == DAY + timedelta(days=60)
    assert verdict.gate == Gate.COMPLAINTS


def test_one_complaint_among_many_accounts_is_no_fall_and_three_among_thirty_are() -> None:
    held = Held("regular", DAY)
    assert judge(held, replace(FINE, upheld=1), LAW, DAY).cause != Cause.DEMOTED
    few = replace(FINE, worked=30, upheld=3)
    assert judge(held, few, LAW, DAY).step == "trainee"


@pytest.mark.parametrize(
    ("change", "gate", "most"),
    [
        ({"suspended": True}, Gate.SUSPENDED, "stopped"),
        ({"upheld": 40}, Gate.COMPLAINTS, "senior"),
        ({"grave": 15}, Gate.GRAVE, "senior"),
        ({"disputes": 2_000}, Gate.DISPUTES, "regular"),
        ({"refused": 4_000}, Gate.REFUSALS, "junior"),
        ({"suspensions": 1}, Gate.SUSPENSIONS, "junior"),
        ({"suspensions": 2}, Gate.SUSPENSIONS, "trainee"),
        ({"members": 10, "certified": 6}, Gate.CERTIFIED, "junior"),
    ],
)
def test_each_measure_is_a_gate_of_its_own(change: dict[str, int], gate: str, most: str) -> None:
    facts = replace(FINE, **{"certified": 1, **change})
    place = allowed(facts, LAW)
    assert STEPS[place] == most
    assert shut(STEPS[place + 1], facts, LAW)[0] == gate


def test_few_requests_are_no_share_and_no_member_is_no_failing() -> None:
    assert not shut("principal", replace(FINE, requests=199, refused=199), LAW)
    assert not shut("principal", replace(FINE, members=0, certified=0), LAW)


def test_recognised_experience_opens_the_first_grade_but_not_conduct() -> None:
    new = Facts(recognised="regular")
    assert judge(None, new, LAW, DAY).step == "regular"
    assert judge(None, replace(new, suspended=True), LAW, DAY).step == "stopped"
    assert judge(None, Facts(), LAW, DAY).step == "trainee"
