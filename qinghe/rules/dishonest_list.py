"""
The list of dishonest judgment debtors in China: who may be on it, until when, and what to show.

The court has some working days to delete an entry; the product hides it the day after the reason
fell away.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from qinghe.rules.calendar import Calendar, add_months, add_years, calendar_for
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

GROUNDS = range(1, 7)
PERFORMED = frozenset({"full_performance", "settlement_performed"})
ERROR = "error_found"
REQUEST = "applicant_request"
EVENT_KINDS = PERFORMED | {
    ERROR,
    REQUEST,
    "two_empty_searches",
    "stayed",
    "not_enforceable",
    "terminated",
}


@dataclass(frozen=True, slots=True)
class ListEvent:
    """Something that ends or may end an entry."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the court's list; without a ground only the correction is reckoned."""

    ground: int | None = None
    decision_on: date | None = None
    extension_years: int = 0
    birth_on: date | None = None
    bars: tuple[str, ...] = ()
    events: tuple[ListEvent, ...] = ()
    correction_received_on: date | None = None
    correction_granted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What holds for an entry on a day. Days are `None` where nothing sets them."""

    listable: bool
    term_ends_on: date | None
    delete_by: date | None
    may_show: bool
    early_deletion_possible: bool
    relist_from: date | None
    relist_allowed: bool
    correction_decide_by: date | None
    correction_fixed_by: date | None
    steps: tuple[Step, ...] = ()


def listing(*, entry: Entry, as_of: date, calendar: Calendar | None = None) -> Listing:
    """
    Return what holds for an entry, seen from a day.

    :raises StaleCalendar: no calendar is given, and the announced holidays have run out
    """
    days = calendar or calendar_for(as_of)
    law = rule("CN-DJD-03")
    working_days = law.number("delete_working_days")
    term_ends_on, listable = _term(entry), _listable(entry)
    trigger = _trigger(entry, term_ends_on)
    begun = entry.decision_on is not None and entry.decision_on <= as_of
    relist_from = _relist_from(entry)
    received, granted = entry.correction_received_on, entry.correction_granted_on
    found = Listing(
        listable=listable,
        term_ends_on=term_ends_on,
        delete_by=trigger and days.working_days_after(trigger, working_days),
        may_show=listable and begun and (trigger is None or as_of <= trigger),
        early_deletion_possible=_fixed(entry)
        and any(event.kind in PERFORMED for event in entry.events),
        relist_from=relist_from,
        relist_allowed=relist_from is not None and as_of >= relist_from,
        correction_decide_by=received and received + timedelta(days=law.number("correction_days")),
        correction_fixed_by=granted and days.working_days_after(granted, working_days),
    )
    return replace(found, steps=_steps(found, trigger))


def _fixed(entry: Entry) -> bool:
    return entry.ground in rule("CN-DJD-01").parameters["fixed_grounds"]


def _term(entry: Entry) -> date | None:
    if entry.decision_on is None or not _fixed(entry):
        return None
    years = rule("CN-DJD-01").number("fixed_years") + entry.extension_years
    return add_years(entry.decision_on, years)


def _trigger(entry: Entry, term_ends_on: date | None) -> date | None:
    """Return the day the reason of the entry falls away."""
    ending = [event.on for event in entry.events if event.kind == ERROR or not _fixed(entry)]
    return min([*ending, *([term_ends_on] if term_ends_on else [])], default=None)


def _listable(entry: Entry) -> bool:
    if entry.ground is None or entry.decision_on is None:
        return False
    law = rule("CN-DJD-02")
    born = entry.birth_on
    if born is not None and entry.decision_on < add_years(born, law.number("min_age")):
        return False
    return _fixed(entry) or law.words("ground_1_bars").isdisjoint(entry.bars)


def _relist_from(entry: Entry) -> date | None:
    asked = [event.on for event in entry.events if event.kind == REQUEST]
    return add_months(max(asked), rule("CN-DJD-03").number("relist_months")) if asked else None


def _steps(found: Listing, trigger: date | None) -> tuple[Step, ...]:
    rows = (
        ("CN-DJD-02", "listing.allowed" if found.listable else "listing.barred", "always"),
        ("CN-DJD-01", "listing.term", found.term_ends_on),
        ("CN-DJD-03", "listing.ends", trigger),
        ("CN-DJD-03", "listing.delete", found.delete_by),
        ("CN-DJD-03", "listing.relist", found.relist_from),
        ("CN-DJD-03", "listing.correction_decided", found.correction_decide_by),
        ("CN-DJD-03", "listing.correction_made", found.correction_fixed_by),
    )
    return tuple(step(rule_id, key, on=on) for rule_id, key, on in rows if on is not None)
