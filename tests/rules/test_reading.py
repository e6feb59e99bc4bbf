"""Whatever a contact case tells is among its facts; what it leaves out is not invented."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    CarrierFlow,
    CaseState,
    Consent,
    Debt,
    Guarantee,
    Moratorium,
    Objection,
    Past,
    PersonCap,
    Settings,
    Visit,
    Window,
    Worker,
)
from qinghe.rules.contact.reading import (
    read_act,
    read_addressee,
    read_consent,
    read_debt,
    read_guarantee,
    read_moratorium,
    read_objection,
    read_past,
    read_settings,
    read_state,
    read_visit,
    read_worker,
)
from qinghe.rules.reading import CaseError

DAWN, NOON = "2026-03-10T06:00:00+08:00", "2026-03-10T12:00:00+08:00"
AT_DAWN, AT_NOON = datetime(2026, 3, 9, 22, tzinfo=UTC), datetime(2026, 3, 10, 4, tzinfo=UTC)
MAY, IN_MAY = "2026-05-01", date(2026, 5, 1)
NINE_TO_FIVE, OFFICE = {"start": "09:00", "end": "17:00"}, Window(540, 1020)
# What a fact is told with at least, and what it is then.
LEAST: list[tuple[Any, dict[str, Any], Any]] = [
    (
        read_act,
        {
            "channel": "voice",
            "planned_at": DAWN,
            "address": "a1",
            "purpose": "collect",
            "direction": "inbound",
        },
        Act("voice", AT_DAWN, "a1", "collect", "inbound"),
    ),
    (read_visit, {}, Visit()),
    (read_addressee, {"person": "D"}, Addressee("D", None, ())),
    (read_guarantee, {}, Guarantee()),
    (read_debt, {"id": "L1", "creditor": "K", "kind": "other"}, Debt("L1", "K", "other")),
    (read_worker, {"collector": "P1", "kind": "agency"}, Worker("P1", "agency")),
    (read_state, {}, CaseState()),
    (
        read_moratorium,
        {"kind": "mental_health", "starts_on": MAY},
        Moratorium("mental_health", IN_MAY),
    ),
    (
        lambda row: read_consent(row, "D"),
        {"kind": "callback", "given_at": DAWN},
        Consent("callback", "D", AT_DAWN),
    ),
    (
        lambda row: read_objection(row, "D"),
        {"kind": "channel", "at": DAWN},
        Objection("channel", "D", AT_DAWN),
    ),
    (
        read_past,
        {
            "at": DAWN,
            "channel": "sms",
            "direction": "inbound",
            "outcome": "failed",
            "person": "D",
            "collector": "P1",
            "creditor": "K",
        },
        Past(AT_DAWN, "sms", "inbound", "failed", "D", "P1", "K", ()),
    ),
    (read_settings, {}, Settings()),
]
BY_FACT = {type(fact): (read, row, fact) for read, row, fact in LEAST}
# Names that JSON writes otherwise.
WRITTEN = {"from_on": "from", "until_on": "until"}
# One value for every field that may be left out, as it is written and as it is then.
TOLD: list[tuple[type, str, Any, Any]] = [
    (Act, "mode", "ai", "ai"),
    (Act, "ends_at", NOON, AT_NOON),
    (Act, "ends_at", DAWN, AT_DAWN),
    (Act, "address_kind", "work", "work"),
    (Act, "address_source", "unknown", "unknown"),
    (Act, "amount_minor", 0, 0),
    (Act, "batch_count", 0, 0),
    (Act, "batch_count", 2, 2),
    (Act, "recorded", False, False),
    (Act, "opt_out_included", False, False),
    (Act, "public_visible", True, True),
    (Act, "sender_account", "private", "private"),
    (Act, "private_account_approved", True, True),
    (Act, "visit", {"audio": True}, Visit(audio=True)),
    (Visit, "staff_count", 1, 1),
    (Visit, "audio", True, True),
    (Visit, "video", True, True),
    (Visit, "notice_given", True, True),
    (Visit, "entry_consent", True, True),
    (Visit, "place", "home", "home"),
    (Addressee, "role", "debtor", "debtor"),
    (Addressee, "zones", ["Asia/Tokyo", "PRC"], ("Asia/Tokyo", "PRC")),
    (Addressee, "region", "US-MA", "US-MA"),
    (Addressee, "employer_forbids", True, True),
    (Addressee, "household_debt_proven", True, True),
    (Addressee, "guarantee", {"signed": True}, Guarantee(signed=True)),
    (Guarantee, "signed", True, True),
    (Guarantee, "from_on", MAY, IN_MAY),
    (Guarantee, "until_on", MAY, IN_MAY),
    (Guarantee, "amount_minor", 0, 0),
    (Debt, "creditor_group", "G", "G"),
    (Debt, "licensed_lender", True, True),
    (Debt, "in_moratorium", False, False),
    (Worker, "mandate_ends_at", NOON, AT_NOON),
    (Worker, "subcontracted", True, True),
    (Worker, "subcontract_consent", True, True),
    (Moratorium, "treatment_ends_on", MAY, IN_MAY),
    (Moratorium, "cancelled_on", MAY, IN_MAY),
    *((CaseState, each.name, True, True) for each in fields(CaseState) if each.type is bool),
    (CaseState, "dispute_received_at", NOON, AT_NOON),
    (CaseState, "dispute_resolved_at", NOON, AT_NOON),
    (CaseState, "dispute_form", "oral", "oral"),
    (CaseState, "validation_period_ends", MAY, IN_MAY),
    (CaseState, "verification_sent_at", NOON, AT_NOON),
    (CaseState, "original_creditor_request_at", NOON, AT_NOON),
    (CaseState, "bankruptcy_filed_at", NOON, AT_NOON),
    (CaseState, "bankruptcy_dismissed_at", NOON, AT_NOON),
    (
        CaseState,
        "moratorium",
        {"kind": "mental_health", "starts_on": MAY},
        Moratorium("mental_health", IN_MAY),
    ),
    (CaseState, "assigned_at", NOON, AT_NOON),
    (CaseState, "assignment_notice_reached_at", NOON, AT_NOON),
    (CaseState, "reserved_mobile", "a1", "a1"),
    (Consent, "person", "E", "E"),
    (Consent, "until", NOON, AT_NOON),
    (Consent, "until", DAWN, AT_DAWN),
    (Consent, "revoked_at", NOON, AT_NOON),
    (Consent, "creditor_group", "G", "G"),
    (Consent, "collector", "P2", "P2"),
    (Consent, "window", NINE_TO_FIVE, OFFICE),
    (Objection, "person", "E", "E"),
    (Objection, "withdrawn_at", NOON, AT_NOON),
    (Objection, "form", "oral", "oral"),
    (Objection, "channels", ["sms"], ("sms",)),
    (Objection, "allowed_window", NINE_TO_FIVE, OFFICE),
    (Past, "debts", ["L1", "L2"], ("L1", "L2")),
    (Past, "mode", "ai", "ai"),
    (Past, "address", "a1", "a1"),
    (Past, "role", "spouse", "spouse"),
    (Past, "creditor_group", "G", "G"),
    (Settings, "count_all_dials", True, True),
    (Settings, "strict_dual_zone", True, True),
    (Settings, "person_cap", {"dials_per_day": 0}, PersonCap(dials_per_day=0)),
    (Settings, "boundary", "text", "text"),
    (Settings, "dispute_hold", "all", "all"),
    (Settings, "enable_drafts", True, True),
    (Settings, "uk_window", NINE_TO_FIVE, OFFICE),
    (Settings, "visit_gap_days", 0, 0),
    (Settings, "carrier_flow", {"per_hour": 1}, CarrierFlow(per_hour=1)),
]


def told(fact: Any) -> dict[str, Any]:
    return {each.name: getattr(fact, each.name) for each in fields(fact)}


@pytest.mark.parametrize(
    ("read", "row", "fact"), LEAST, ids=[type(each[2]).__name__ for each in LEAST]
)
def test_what_is_left_out_is_not_invented(read: Any, row: dict[str, Any], fact: Any) -> None:
    assert read(row) == fact


@pytest.mark.parametrize(("kind", "name", "written", "value"), TOLD)
def test_what_is_told_changes_its_own_fact_and_no_other(
    kind: type, name: str, written: Any, value: Any
) -> None:
    read, row, fact = BY_FACT[kind]
    read_as = read({**row, WRITTEN.get(name, name): written})
    assert told(read_as) == {**told(fact), name: value}


def test_every_field_that_may_be_left_out_is_told_here() -> None:
    written = {(kind, name) for kind, name, _, _ in TOLD}
    for kind, (_, row, _) in BY_FACT.items():
        names = {each.name for each in fields(kind)} - set(row)
        assert {name for each, name in written if each is kind} == names, kind


def test_a_consent_to_hours_names_them() -> None:
    row = {"kind": "window", "given_at": DAWN, "window": NINE_TO_FIVE}
    assert read_consent(row, "D") == Consent("window", "D", AT_DAWN, window=OFFICE)
    with pytest.raises(CaseError, match="window"):
        read_consent({**row, "window": None}, "D")


def test_an_objection_to_times_names_hours() -> None:
    row = {"kind": "time", "at": DAWN, "allowed_window": NINE_TO_FIVE}
    assert read_objection(row, "D") == Objection("time", "D", AT_DAWN, allowed_window=OFFICE)
    with pytest.raises(CaseError, match="allowed_window"):
        read_objection({**row, "allowed_window": None}, "D")
