"""The numbers and word lists of the contact rules, read from the packs once."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from qinghe.rules.packs import Rule, rule


@dataclass(frozen=True, slots=True)
class Limits:
    """Parameters by the rule that sets them. Counts are whole numbers, days local days."""

    talks: int
    talk_outcomes: frozenset[str]
    talk_modes: frozenset[str]
    oneway: int
    oneway_outcomes: frozenset[str]
    oneway_modes: frozenset[str]
    unanswered: int
    unanswered_outcomes: frozenset[str]
    visit_gap_days: int
    gate_run: int
    gate_outcomes: frozenset[str]
    lawful_sources: frozenset[str]
    visit_staff: int
    consent_places: frozenset[str]
    posting_channels: frozenset[str]
    hold_purposes: frozenset[str]
    us_calls: int
    us_days: int
    us_outcomes: frozenset[str]
    us_quiet_days: int
    us_consent_days: int
    us_burst: timedelta
    us_burst_per_day: int
    us_cease_forms: frozenset[str]
    us_third_person_talks: int
    ma_calls: int
    ma_days: int
    ma_region: str
    breathing_days: int
    after_treatment_days: int
    burst_talks: int
    burst_hours: timedelta
    burst_outcomes: frozenset[str]
    hop_dials: int
    hop_outcomes: frozenset[str]
    answered_outcomes: frozenset[str]
    undialled_outcomes: frozenset[str]
    batch: int
    carrier_windows: tuple[tuple[str, timedelta], ...]


def _china() -> dict[str, object]:
    talk, oneway, dial = rule("CN-FRQ-01"), rule("CN-FRQ-02"), rule("CN-FRQ-03")
    gate, visit = rule("CN-TGT-06"), rule("CN-VIS-01")
    return {
        "talks": talk.number("max"),
        "talk_outcomes": talk.words("counts"),
        "talk_modes": talk.words("modes"),
        "oneway": oneway.number("max"),
        "oneway_outcomes": oneway.words("counts"),
        "oneway_modes": oneway.words("modes"),
        "unanswered": dial.number("max"),
        "unanswered_outcomes": dial.words("counts"),
        "visit_gap_days": rule("CN-FRQ-05").number("min_gap_days"),
        "gate_run": gate.number("consecutive_failed"),
        "gate_outcomes": gate.words("counts"),
        "lawful_sources": rule("CN-CHN-02").words("lawful"),
        "visit_staff": visit.number("min_staff"),
        "consent_places": visit.words("consent_places"),
        "posting_channels": rule("CN-DIS-02").words("channels"),
        "hold_purposes": rule("CN-DSP-01").words("hold_purposes"),
    }


def _abroad() -> dict[str, object]:
    calls, burst, state = rule("US-FRQ-01"), rule("US-FRQ-06"), rule("US-ST-01")
    return {
        "us_calls": calls.number("max"),
        "us_days": calls.number("days"),
        "us_outcomes": calls.words("counts"),
        "us_quiet_days": rule("US-FRQ-02").number("days"),
        "us_consent_days": rule("US-FRQ-03").number("consent_days"),
        "us_burst": timedelta(minutes=burst.number("minutes")),
        "us_burst_per_day": burst.number("per_day"),
        "us_cease_forms": rule("US-CEA-01").words("forms"),
        "us_third_person_talks": rule("US-TP-02").number("max_communications"),
        "ma_calls": state.number("max"),
        "ma_days": state.number("days"),
        "ma_region": str(state.parameters["region"]),
        "breathing_days": rule("UK-BS-01").number("days"),
        "after_treatment_days": rule("UK-BS-02").number("days_after_treatment"),
    }


def _platform() -> dict[str, object]:
    burst, hop, cap = rule("PLT-BUR-01"), rule("PLT-HOP-01"), rule("PLT-CAP-01")
    return {
        "burst_talks": burst.number("max"),
        "burst_hours": timedelta(hours=burst.number("hours")),
        "burst_outcomes": burst.words("counts"),
        "hop_dials": hop.number("max"),
        "hop_outcomes": hop.words("counts"),
        "answered_outcomes": cap.words("answered"),
        "undialled_outcomes": cap.words("not_dialled"),
        "batch": rule("PLT-BAT-01").number("max"),
        "carrier_windows": _carrier(rule("PLT-CAR-01")),
    }


def _carrier(flow: Rule) -> tuple[tuple[str, timedelta], ...]:
    lengths = flow.parameters["seconds"]
    return tuple((name, timedelta(seconds=length)) for name, length in lengths.items())


@cache
def limits() -> Limits:
    """
    Return the parameters of every contact rule.

    :raises PackError: a pack lacks one
    """
    return Limits(**{**_china(), **_abroad(), **_platform()})  # type: ignore[arg-type]
