"""The command's contract: one answer per case, in order, and a code for every defect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qinghe.rules.check import check_lines

CASE: dict[str, Any] = {
    "id": "x",
    "kind": "contact",
    "packs": ["CN"],
    "input": {
        "act": {
            "channel": "voice",
            "direction": "outbound",
            "planned_at": "2026-03-10T10:00:00+08:00",
            "address": "tel:N1",
            "purpose": "collect",
        },
        "addressee": {"person": "D", "role": "debtor", "zones": ["Asia/Shanghai"]},
        "debts": [{"id": "L1", "creditor": "K", "kind": "consumer_loan"}],
        "actor": {"collector": "P1", "kind": "agency"},
    },
}
PAST = {
    "at": "2026-03-10T09:00:00+08:00",
    "channel": "voice",
    "direction": "outbound",
    "outcome": "talk",
    "person": "D",
    "collector": "P1",
    "creditor": "K",
    "debts": ["L1"],
}
CAP = {"op": "cap", "lender_kind": "natural_person", "contract_on": "2024-01-01"}
ACCRUE = {
    "op": "accrue",
    "lender_kind": "natural_person",
    "currency": "CNY",
    "principal_minor": 100,
    "rate_pct": "10",
    "contract_on": "2024-01-01",
    "from": "2024-01-01",
    "to": "2024-02-01",
}
LAST = "9999-01-01"
PAYMENT = {
    "payment": {"amount_minor": 5, "currency": "CNY", "on": "2026-01-01"},
    "debts": [{"id": "A", "currency": "CNY", "principal_minor": 9, "due_on": "2025-01-01"}],
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the case with one place changed; the value `...` takes it away."""
    case: dict[str, Any] = json.loads(json.dumps(CASE))
    *parents, last = path.split(".")
    place: Any = case
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return case


def asked(kind: str, given: dict[str, Any], packs: tuple[str, ...] = ("CN",)) -> dict[str, Any]:
    return {"id": "x", "kind": kind, "packs": list(packs), "input": given}


def answer(case: object) -> dict[str, Any]:
    line = case if isinstance(case, bytes) else json.dumps(case).encode()
    answered: dict[str, Any] = json.loads(next(check_lines([line])))
    return answered


def test_the_plain_case_is_allowed() -> None:
    assert answer(CASE)["output"] == {
        "decision": "allow",
        "rules": [],
        "counters": {
            "cn_talks_today": 0,
            "cn_oneway_today": 0,
            "cn_unanswered_today": 0,
            "us_calls_7d": {"L1": 0},
            "us_last_talk": {"L1": None},
            "us_ma_calls_7d": {"L1": 0},
            "person_answered_today": 0,
            "person_dials_today": 0,
        },
        "next_allowed_at": None,
        "must_end_by": "2026-03-10T14:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("kind", "contacts", "unknown_kind"),
        ("kind", ["contact"], "unknown_kind"),
        ("kind", ..., "missing_field"),
        ("packs", ["MARS"], "unknown_pack"),
        ("packs", ["cn"], "unknown_pack"),
        ("packs", [["CN"]], "unknown_pack"),
        ("packs", [], "bad_value"),
        ("packs", "CN", "bad_type"),
        ("packs", ..., "missing_field"),
        ("settings", {"night_mode": True}, "unknown_setting"),
        ("settings", {"person_cap": {"per_week": 1}}, "unknown_setting"),
        ("settings", {"person_cap": 3}, "bad_type"),
        ("settings", {"boundary": "loose"}, "bad_value"),
        ("settings", {"visit_gap_days": -1}, "bad_value"),
        ("settings", {"uk_window": {"start": "20:00", "end": "08:00"}}, "bad_value"),
        ("settings", [], "bad_type"),
        ("input", ..., "missing_field"),
        ("input.act", None, "missing_field"),
        ("input.act.channel", ..., "missing_field"),
        ("input.act.channel", "fax", "bad_value"),
        ("input.act.planned_at", ..., "missing_field"),
        ("input.act.planned_at", "2026-03-10T10:00:00", "naive_datetime"),
        ("input.act.planned_at", "2026-13-10T10:00:00Z", "bad_datetime"),
        ("input.act.planned_at", "2026-03-10", "bad_datetime"),
        ("input.act.planned_at", 1773108000, "bad_datetime"),
        ("input.act.ends_at", "2026-03-10T09:00:00+08:00", "bad_value"),
        ("input.act.amount_minor", -1, "bad_money"),
        ("input.act.amount_minor", True, "bad_money"),
        ("input.act.amount_minor", 1.5, "bad_money"),
        ("input.act.recorded", "yes", "bad_type"),
        ("input.act.batch_count", "2", "bad_type"),
        ("input.addressee.role", "uncle", "bad_value"),
        ("input.addressee.zones", ["BJT"], "unknown_zone"),
        ("input.addressee.zones", "Asia/Shanghai", "bad_type"),
        ("input.addressee.guarantee", {"from": "2026-02-30"}, "bad_date"),
        ("input.debts", [], "bad_value"),
        ("input.debts", ..., "missing_field"),
        ("input.debts", ["L1"], "bad_type"),
        ("input.actor.kind", ..., "missing_field"),
        ("input.consents", [{"kind": "window", "given_at": "2026-03-01T00:00Z"}], "missing_field"),
        ("input.objections", [{"kind": "hours", "at": "2026-03-01T00:00Z"}], "bad_value"),
        ("input.history", [{**PAST, "at": "yesterday"}], "bad_datetime"),
        ("input.history", [{**PAST, "outcome": "ghosted"}], "bad_value"),
        ("input.history", {"at": 1}, "bad_type"),
    ],
)
def test_a_defect_of_a_contact_case_has_its_code(path: str, value: object, code: str) -> None:
    assert answer(changed(path, value))["error"]["code"] == code


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (b"[1]", "bad_json"),
        (b"{", "bad_json"),
        (b"\xff", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (asked("limitation", {}, ("US",)), "pack_not_applicable"),
        (asked("validation_notice", {"sent_on": "2026-01-01"}), "pack_not_applicable"),
        (asked("retention", {"record": "case_file"}, ("UK",)), "pack_not_applicable"),
        (asked("interest_cap", {**CAP, "contract_on": "2030-01-01"}), "lpr_stale"),
        (asked("interest_cap", {**CAP, "op": "guess"}), "bad_value"),
        (asked("interest_cap", {**ACCRUE, "rate_pct": 10}), "bad_rate"),
        (asked("interest_cap", {**ACCRUE, "rate_pct": "10%"}), "bad_rate"),
        (asked("interest_cap", {**ACCRUE, "rate_pct": "-1"}), "bad_rate"),
        (asked("interest_cap", {**ACCRUE, "currency": "RMB"}), "bad_currency"),
        (asked("interest_cap", {**ACCRUE, "currency": ...}), "missing_field"),
        (asked("interest_cap", {**ACCRUE, "principal_minor": "100"}), "bad_money"),
        (asked("interest_cap", {**ACCRUE, "to": "2023-01-01"}), "bad_value"),
        (
            asked("allocation", {**PAYMENT, "payment": {**PAYMENT["payment"], "currency": "USD"}}),
            "currency_mismatch",
        ),
        (asked("allocation", {**PAYMENT, "agreement": {"debt_order": ["Z"]}}), "bad_value"),
        (asked("limitation", {"basis": "contract", "due_on": "2030-02-30"}), "bad_date"),
        (asked("fee_plan", {"components": [{"kind": "fixed", "weight_pct": "99"}]}), "bad_value"),
        (asked("retention", {"record": "agency_copy"}), "missing_field"),
        (asked("dishonest_list", {"ground": 7, "as_of": "2026-01-01"}), "bad_value"),
    ],
)
def test_a_defect_has_its_code(case: object, code: str) -> None:
    if isinstance(case, dict):
        case = json.loads(json.dumps(case, default=lambda _: None))
    assert answer(case)["error"]["code"] == code


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (changed("id", ...), "missing_field"),
        (changed("id", [1]), "bad_type"),
        (changed("input.act.planned_at", "0001-01-01T00:00:00+14:00"), "bad_datetime"),
        (changed("input.act.planned_at", "9999-12-31T23:00:00Z"), "bad_value"),
        (
            asked("retention", {"record": "impact_assessment", "created_on": "9999-01-01"}),
            "bad_value",
        ),
        (asked("interest_cap", {**ACCRUE, "rate_pct": "9" * 5000}), "bad_value"),
        (asked("interest_cap", {**ACCRUE, "rate_pct": "0." + "9" * 5000}), "bad_value"),
    ],
)
def test_absurd_input_is_an_answer_too(case: dict[str, Any], code: str) -> None:
    assert answer(case)["error"]["code"] == code


def test_an_id_that_is_no_unicode_is_answered() -> None:
    assert answer(b'{"id": "\\ud800", "kind": "nothing"}')["id"] == "\ud800"


def test_a_cap_of_nothing_refuses_the_first_call() -> None:
    case = changed("settings", {"person_cap": {"answered_per_day": 0}})
    assert answer(case)["output"]["rules"] == ["PLT-CAP-01"]


def test_a_line_that_is_no_object_has_no_id() -> None:
    assert answer(b"nonsense")["id"] is None


def test_answers_keep_the_order_and_empty_lines_have_none() -> None:
    lines = [json.dumps({**CASE, "id": str(number)}).encode() for number in range(5)]
    answers = list(check_lines([lines[0], b"\n", b"  ", *lines[1:]]))
    assert [json.loads(each)["id"] for each in answers] == ["0", "1", "2", "3", "4"]


def test_lines_are_answered_as_they_come() -> None:
    def endless() -> Any:
        while True:
            yield json.dumps(CASE).encode()

    assert json.loads(next(check_lines(endless())))["output"]["decision"] == "allow"


def test_unknown_keys_are_ignored_outside_settings() -> None:
    assert answer(changed("input.act.colour", "red"))["output"]["decision"] == "allow"


def test_an_earlier_talk_is_counted_and_a_later_one_is_not() -> None:
    late = {**PAST, "at": "2026-03-10T11:00:00+08:00"}
    counted = answer(changed("input.history", [PAST, late]))["output"]["counters"]
    assert counted["cn_talks_today"] == 1
