"""Equal moments and smallest numbers: what is no defect, and what is one step too far."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qinghe.rules.check import quick_answer, strict_answer
from qinghe.rules.contact import tally
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    Debt,
    Objection,
    Past,
    Request,
    Settings,
    Visit,
    Window,
    Worker,
)
from qinghe.rules.contact.forms import read_fitting
from qinghe.rules.contact.limits import limits
from qinghe.rules.contact.reading import read_visit
from tests.rules.test_check import changed

AT, BEFORE = "2026-03-10T10:00:00+08:00", "2026-03-10T09:59:59+08:00"
NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CALL = Request(
    Act("voice", NOON, "a1", "collect"),
    Addressee("D", "debtor", ("Asia/Shanghai",)),
    (Debt("L1", "K", "consumer_loan"),),
    Worker("P1", "agency"),
)
CALL_BACK = {"kind": "callback", "given_at": AT}


def dispute(resolved: str) -> dict[str, Any]:
    return {"disputed": True, "dispute_received_at": AT, "dispute_resolved_at": resolved}


def hours(end: str) -> dict[str, Any]:
    return {"uk_window": {"start": "09:00", "end": end}}


def guarantee(until: str) -> dict[str, Any]:
    return {"signed": True, "from": "2026-03-10", "until": until}


@pytest.mark.parametrize(
    ("path", "fitting", "defect"),
    [
        ("input.act.ends_at", AT, BEFORE),
        ("input.act.batch_count", 0, -1),
        ("input.consents", [{**CALL_BACK, "until": AT}], [{**CALL_BACK, "until": BEFORE}]),
        ("input.case_state", dispute(AT), dispute(BEFORE)),
        ("input.addressee.guarantee", guarantee("2026-03-10"), guarantee("2026-03-09")),
        ("settings", hours("09:01"), hours("09:00")),
    ],
    ids=["visit", "batch", "consent", "dispute", "guarantee", "window"],
)
def test_the_last_value_that_fits_and_the_first_that_does_not(
    path: str, fitting: object, defect: object
) -> None:
    fits, fails = (json.dumps(changed(path, each)).encode() for each in (fitting, defect))
    assert "output" in json.loads(strict_answer(fits))
    assert json.loads(strict_answer(fails))["error"]["code"] == "bad_value"
    assert quick_answer(fits) is not None, "read in one step"
    assert quick_answer(fails) is None


def test_an_amount_of_nothing_is_an_amount() -> None:
    for amount in (0, 1):
        line = json.dumps(changed("input.act.amount_minor", amount)).encode()
        assert quick_answer(line) is not None
        assert "output" in json.loads(strict_answer(line))
    less = json.dumps(changed("input.act.amount_minor", -1)).encode()
    assert quick_answer(less) is None
    assert json.loads(strict_answer(less))["error"]["code"] == "bad_money"


@pytest.mark.parametrize(
    ("at", "fits"),
    [
        ("0001-12-31T23:59:59Z", False),
        ("0002-01-01T00:00:00Z", True),
        ("9998-12-31T23:59:59Z", True),
        ("9999-01-01T00:00:00Z", False),
    ],
)
def test_years_that_have_a_form_everywhere_are_read_in_one_step(at: str, fits: bool) -> None:
    line = json.dumps(changed("input.act.planned_at", at)).encode()
    assert (read_fitting(line) is not None) is fits


def test_a_case_under_one_pack_is_read_in_one_step_and_under_none_not() -> None:
    one, none = (json.dumps(changed("packs", packs)).encode() for packs in (["CN"], []))
    assert read_fitting(one) is not None
    assert read_fitting(none) is None


def test_names_in_chinese_are_read_in_one_step() -> None:
    case = changed("input.addressee.person", "甲")
    line = json.dumps(case, ensure_ascii=False).encode()
    assert quick_answer(line) == strict_answer(line)


def test_nothing_said_about_a_visit_is_a_visit_nobody_makes() -> None:
    assert read_visit({}) == Visit()
    assert read_visit({}).staff_count == 0
    assert read_visit({"staff_count": 1}).staff_count == 1


@pytest.mark.parametrize(("refusals", "found"), [(256, True), (257, False)])
def test_the_search_for_the_next_moment_passes_256_refusals(refusals: int, found: bool) -> None:
    # One objection a minute, each withdrawn when the next is made.
    made = [NOON + number * MINUTE for number in range(refusals)]
    wishes = tuple(
        Objection("time", "D", at, withdrawn_at=at + MINUTE, allowed_window=Window(0, 1))
        for at in made
    )
    verdict = evaluate(replace(CALL, objections=wishes), ("PLT",))
    assert verdict.next_allowed_at == (made[-1] + MINUTE if found else None)


def test_hours_without_a_night_are_followed_for_nine_days() -> None:
    always = Settings(uk_window=Window(0, 24 * 60))
    midnight = datetime(2026, 5, 12, tzinfo=UTC)
    london = replace(CALL.addressee, zones=("Africa/Abidjan",))
    call = replace(CALL, addressee=london)
    assert evaluate(call, ("UK",), always).must_end_by == midnight + 10 * DAY


def test_massachusetts_counts_on_its_own_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "limits", lambda: replace(limits(), ma_days=1))
    at = NOON + 12 * HOUR
    past = Past(at - 3 * DAY, "voice", "outbound", "talk", "D", "P1", "K", ("L1",))
    there = replace(CALL.addressee, zones=("America/New_York",), region="US-MA")
    call = replace(
        CALL,
        act=replace(CALL.act, planned_at=at),
        addressee=there,
        history=(past, replace(past, at=at - HOUR)),
    )
    counters = evaluate(call, ("US",)).counters
    assert (counters.us_calls_7d, counters.us_ma_calls_7d) == ({"L1": 2}, {"L1": 1})
