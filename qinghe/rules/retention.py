"""How long records must be kept, and how long they may be: the strictest of the packs."""

from dataclasses import dataclass
from datetime import date

from qinghe.rules.calendar import add_years
from qinghe.rules.packs import Rule, rule
from qinghe.rules.steps import Step, step

WORK_RECORDS = frozenset({"call_recording", "collection_record", "case_file"})
RECORDS = WORK_RECORDS | {"impact_assessment", "credit_bad_record", "agency_copy"}
SCHEME_RULES = ("CN-RET-01", "CN-RET-02", "CN-RET-03")


class UnknownBeginning(ValueError):
    """A minimum cannot be reckoned: the day it runs from is not given."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record and the days its terms run from."""

    kind: str
    created_on: date | None = None
    last_activity_on: date | None = None
    schemes: tuple[str, ...] = ()
    bad_act_ended_on: date | None = None
    mandate_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """The first day a record may be deleted, the last it may be kept, and the rules behind."""

    earliest_deletion: date | None
    latest_keep: date | None
    rules: tuple[str, ...]
    steps: tuple[Step, ...] = ()


def schemes() -> frozenset[str]:
    """Return every scheme that sets a minimum."""
    return frozenset(str(rule(rule_id).parameters["scheme"]) for rule_id in SCHEME_RULES)


def retention(*, record: Record, packs: tuple[str, ...]) -> Retention:
    """
    Return the terms of a record under several packs.

    :raises UnknownBeginning: a term that applies has no day to run from
    """
    minima = {}
    if "CN" in packs:
        minima.update(_chinese(record))
    if "US" in packs:
        minima.update(_american(record))
    latest = _latest_keep(record) if "CN" in packs else {}
    earliest = max(minima.values(), default=None)
    binding = [each for each, day in minima.items() if day == earliest]
    keep = next(iter(latest.values()), None)
    told = (
        *(step(each, "retention.earliest", on=day) for each, day in minima.items()),
        *(step(each, "retention.latest", on=day) for each, day in latest.items()),
    )
    return Retention(earliest, keep, tuple(sorted({*binding, *latest})), told)


def _after(law: Rule, begun_on: date | None) -> date:
    if begun_on is None:
        raise UnknownBeginning(law.id)
    return add_years(begun_on, law.number("min_years"))


def _chinese(record: Record) -> dict[str, date]:
    begun_on = record.created_on or record.last_activity_on
    if record.kind == "impact_assessment":
        return {"CN-RET-05": _after(rule("CN-RET-05"), begun_on)}
    if record.kind not in WORK_RECORDS:
        return {}
    laws = [rule(rule_id) for rule_id in SCHEME_RULES]
    return {
        law.id: _after(law, begun_on) for law in laws if law.parameters["scheme"] in record.schemes
    }


def _american(record: Record) -> dict[str, date]:
    if record.kind == "call_recording":
        return {"US-RET-02": _after(rule("US-RET-02"), record.created_on)}
    if record.kind in WORK_RECORDS:
        return {"US-RET-01": _after(rule("US-RET-01"), record.last_activity_on)}
    return {}


def _latest_keep(record: Record) -> dict[str, date]:
    if record.kind == "credit_bad_record":
        law = rule("CN-CRD-01")
        if record.bad_act_ended_on is None:
            raise UnknownBeginning(law.id)
        return {law.id: add_years(record.bad_act_ended_on, law.number("years"))}
    if record.kind == "agency_copy":
        if record.mandate_ends_on is None:
            raise UnknownBeginning("CN-OUT-04")
        return {"CN-OUT-04": record.mandate_ends_on}
    return {}
