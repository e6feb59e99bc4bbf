"""
Limitation of claims in China: when the period ends, and what moved it.

Events are taken in their order. An event counts only while the period still runs: what has
expired is never revived, but the debtor may give the defence up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from qinghe.rules.calendar import Calendar, add_months, add_years, calendar_for
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

BASES = frozenset({"contract", "damage", "judgment"})
CLAUSES = frozenset({"no_limitation", "shortened", "waived_in_advance"})
# A demand interrupts when one of these facts shows that it reached, or counts as reaching.
PROOFS: Mapping[str, frozenset[str]] = {
    "demand_letter": frozenset({"arrived"}),
    "demand_message": frozenset({"arrived", "should_have_arrived"}),
    "assignment_notice": frozenset({"arrived"}),
    "demand_joint_debtor": frozenset({"arrived"}),
    "public_notice": frozenset({"debtor_missing"}),
}
DEDUCTION = "bank_deduction"
SUSPENSION = "suspension"
SIGNED_NOTICE = "signed_dunning_notice"
PAYMENT = "voluntary_payment"


@dataclass(frozen=True, slots=True)
class LimitationEvent:
    """
    Something that may move a period. `proofs` names the facts that hold, such as `arrived`.

    A suspension runs from `on` to `ended_on`; a procedure is pending until `ended_on`.
    """

    kind: str
    on: date
    ended_on: date | None = None
    signed_by: str | None = None
    proofs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limitation:
    """When a claim becomes time-barred. `last_day` is `None` while a procedure is pending."""

    period_years: int
    nominal_last_day: date | None
    last_day: date | None
    absolute_last_day: date | None
    status: str
    expired: bool
    defence_available: bool
    interruptions: tuple[bool, ...]
    clause_effect: str | None
    refundable: bool | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class _Period:
    years: int
    calendar: Calendar
    start: date
    nominal: date | None
    absolute: date | None
    waived: bool = False
    paid: bool = False
    moved: tuple[bool, ...] = ()
    steps: tuple[Step, ...] = field(default_factory=tuple)

    @property
    def last_day(self) -> date | None:
        return None if self.nominal is None else self.calendar.roll(self.nominal)

    def over(self, day: date) -> bool:
        last = self.last_day
        ended = last is not None and day > last
        return ended or (self.absolute is not None and day > self.absolute)


def event_kinds() -> frozenset[str]:
    """Return every kind of event the packs know."""
    return (
        frozenset(PROOFS)
        | {DEDUCTION, SUSPENSION}
        | rule("CN-LIM-05").words("acts")
        | rule("CN-LIM-06").words("procedures")
        | rule("CN-LIM-08").words("waivers")
    )


def limitation(
    *,
    basis: str,
    starts_on: date,
    as_of: date,
    events: tuple[LimitationEvent, ...] = (),
    damage_on: date | None = None,
    clause: str | None = None,
    calendar: Calendar | None = None,
) -> Limitation:
    """
    Return when a claim becomes time-barred, seen from a day.

    `starts_on` is the due day of the last instalment, or the day the creditor knew of the damage.

    :raises ValueError: a due day under the law before 1 October 2017, which no pack holds
    :raises StaleCalendar: no calendar is given, and the announced holidays have run out
    """
    first = date.fromisoformat(str(rule("CN-LIM-03").parameters["first_due_on"]))
    if basis != "damage" and starts_on < first:
        raise ValueError("due before the law of the pack")
    period = _begin(basis, starts_on, damage_on, calendar or calendar_for(as_of))
    for event in sorted(events, key=lambda event: event.on):
        if event.on <= as_of:
            period = _take(period, event, as_of)
    return _result(period, as_of, clause)


def _begin(basis: str, starts_on: date, damage_on: date | None, calendar: Calendar) -> _Period:
    rule_id = "CN-LIM-12" if basis == "judgment" else "CN-LIM-01"
    years = rule(rule_id).number("years")
    absolute = None
    if basis == "damage" and damage_on is not None:
        absolute = add_years(damage_on, rule("CN-LIM-01").number("absolute_years"))
    begun = step(rule_id, "limitation.begins", on=starts_on, years=years)
    return _Period(
        years, calendar, starts_on, add_years(starts_on, years), absolute, steps=(begun,)
    )


def _take(period: _Period, event: LimitationEvent, as_of: date) -> _Period:
    if period.over(event.on):
        return _after_expiry(period, event)
    if event.kind == SUSPENSION:
        return _suspend(period, event)
    if not _interrupts(event):
        return _noted(period, False, step("CN-LIM-03", "limitation.no_effect", on=event.on))
    if event.kind in rule("CN-LIM-06").words("procedures"):
        if event.ended_on is None or event.ended_on > as_of:
            pending = replace(period, nominal=None)
            return _noted(pending, True, step("CN-LIM-06", "limitation.pending", on=event.on))
        return _restart(period, event.ended_on)
    return _restart(period, event.on)


def _restart(period: _Period, on: date) -> _Period:
    told = step("CN-LIM-03", "limitation.restarts", on=on, years=period.years)
    if period.nominal is None:
        return _noted(period, True, told)
    # A demand within a procedure does not shorten what its end grants.
    start = max(on, period.start)
    moved = replace(period, start=start, nominal=add_years(start, period.years))
    return _noted(moved, True, told)


def _interrupts(event: LimitationEvent) -> bool:
    if event.kind == "demand_letter" and event.signed_by in rule("CN-LIM-04").words("signers"):
        return True
    if event.kind in PROOFS:
        return not PROOFS[event.kind].isdisjoint(event.proofs)
    return event.kind not in rule("CN-LIM-08").words("waivers")


def _suspend(period: _Period, event: LimitationEvent) -> _Period:
    law = rule("CN-LIM-09")
    ended_on = event.ended_on
    if period.nominal is None or ended_on is None:
        return _noted(period, False, step(law.id, "limitation.no_effect", on=event.on))
    if ended_on < add_months(period.nominal, -law.number("window_months")):
        return _noted(period, False, step(law.id, "limitation.early_obstacle", on=event.on))
    nominal = add_months(ended_on, law.number("extension_months"))
    told = step(law.id, "limitation.suspended", on=event.on, ended_on=ended_on)
    return _noted(replace(period, nominal=nominal), True, told)


def _after_expiry(period: _Period, event: LimitationEvent) -> _Period:
    waives = event.kind in rule("CN-LIM-08").words("waivers")
    if event.kind == SIGNED_NOTICE:
        waives = "will_to_perform" in event.proofs
    key = "limitation.waived" if waives else "limitation.too_late"
    told = _noted(period, False, step("CN-LIM-08", key, on=event.on))
    paid = period.paid or event.kind == PAYMENT
    return replace(told, waived=period.waived or waives, paid=paid)


def _noted(period: _Period, moved: bool, told: Step) -> _Period:
    return replace(period, moved=(*period.moved, moved), steps=(*period.steps, told))


def _result(period: _Period, as_of: date, clause: str | None) -> Limitation:
    expired = period.over(as_of)
    if period.waived:
        status = "waived"
    elif expired:
        status = "expired"
    else:
        status = "interrupted" if period.nominal is None else "running"
    steps = period.steps
    if clause is not None:
        steps = (*steps, step("CN-LIM-10", "limitation.clause_void"))
    last = step("CN-LIM-11", f"limitation.{status}_now", last_day=period.last_day)
    return Limitation(
        period_years=period.years,
        nominal_last_day=period.nominal,
        last_day=period.last_day,
        absolute_last_day=period.absolute,
        status=status,
        expired=expired,
        defence_available=expired and not period.waived,
        interruptions=period.moved,
        clause_effect=None if clause is None else "void",
        refundable=False if period.paid else None,
        steps=(*steps, last),
    )
