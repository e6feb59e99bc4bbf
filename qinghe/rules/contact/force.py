"""Which rules bind an act: by the packs asked for, the local day, and the reach of Regulation F."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from qinghe.rules.contact.facts import Debt, Window, Worker
from qinghe.rules.packs import Rule, minutes, rules_on

ANY = frozenset({"voice", "sms", "im", "email", "visit"})
VOICE = frozenset({"voice"})


@dataclass(frozen=True, slots=True)
class Hours:
    """Rules that open the same hours to the same channels, in minutes of the local day."""

    rule_ids: tuple[str, ...]
    start: int
    end: int
    channels: frozenset[str]
    consent_widens: bool
    national: bool
    last_second: bool


# What the text leaves to the reader of a window rule: channels, consent, zone, closing second.
_HOURS = {
    "CN-WIN-01": (ANY, True, True, False),
    "CN-WIN-02": (ANY, True, True, False),
    "US-WIN-01": (ANY, True, False, True),
    "UK-WIN-01": (ANY, True, False, False),
    "IN-WIN-01": (VOICE, False, False, True),
    "IN-WIN-02": (frozenset({"voice", "visit"}), False, False, True),
}


@dataclass(frozen=True, slots=True)
class Force:
    """The rules in force, by id, and those of them that open hours."""

    rules: Mapping[str, Rule]
    hours: tuple[Hours, ...]


def regulation_f_covers(worker: Worker, debts: tuple[Debt, ...]) -> bool:
    """Tell whether Regulation F binds: a collector, and at least one consumer debt."""
    return worker.kind != "creditor" and any(debt.kind != "trade_credit" for debt in debts)


@lru_cache(maxsize=4096)
def force_on(
    day: date,
    packs: tuple[str, ...],
    covered: bool,
    drafts: bool,
    house: Window | None,
    lenient: bool,
) -> Force:
    """
    Return what binds on a local day.

    `covered` tells whether Regulation F does; `drafts`, `house` and `lenient` are the settings
    `enable_drafts`, `uk_window` and whether `boundary` is `text`.
    """
    rules = {
        rule.id: rule
        for rule in rules_on(day, packs, drafts)
        if covered or rule.pack != "US" or rule.parameters.get("everyone")
    }
    hours = [_hours(rules[rule_id], house, lenient) for rule_id in _HOURS if rule_id in rules]
    return Force(rules, _joined(hours))


def _joined(every: list[Hours]) -> tuple[Hours, ...]:
    """Join rules that open the same hours, so that each opening is looked at once."""
    ids: dict[Hours, list[str]] = {}
    for hours in every:
        ids.setdefault(replace(hours, rule_ids=()), []).extend(hours.rule_ids)
    return tuple(replace(hours, rule_ids=tuple(names)) for hours, names in ids.items())


def _hours(rule: Rule, house: Window | None, lenient: bool) -> Hours:
    if house is not None and rule.parameters.get("setting") == "uk_window":
        start, end = house.start, house.end
    else:
        opening, closing = rule.parameters.get("default") or (
            rule.parameters["open"],
            rule.parameters["close"],
        )
        start, end = minutes(opening), minutes(closing)
    channels, widens, national, last_second = _HOURS[rule.id]
    return Hours((rule.id,), start, end, channels, widens, national, last_second and lenient)
