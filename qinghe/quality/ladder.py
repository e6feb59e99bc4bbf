"""
The ladder: which step conduct allows, which experience opens, and what happens at a review. Pure.

Conduct only shuts: there is no field for money, and nothing a collector earns can lift a step.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from qinghe import quality
from qinghe.quality.ratio import rate
from qinghe.quality.terms import Cause

BOTTOM: Final = 0


@dataclass(frozen=True)
class Facts:
    """
    What is known of a collector on a day, its other names included.

    `worked` is accounts within the window, `accounts` and `days` experience of its own; `requests`
    and `refused` are contact requests; `certified` of `members` hold a valid certificate. `proven`
    are accounts worked without complaint; `lately` complaints justified within the memory of
    probation, `idle` orders nobody worked in it; `heard` people whose complaints are open.
    """

    worked: int = 0
    upheld: int = 0
    grave: int = 0
    disputes: int = 0
    requests: int = 0
    refused: int = 0
    suspensions: int = 0
    suspended: bool = False
    members: int = 1
    certified: int = 1
    accounts: int = 0
    days: int = 0
    recognised: str = ""
    proven: int = 0
    lately: int = 0
    lately_grave: int = 0
    idle: int = 0
    heard: int = 0
    heard_grave: int = 0


@dataclass(frozen=True)
class Step:
    """One step: what it opens, what experience it asks for, and how long it lasts at least."""

    key: str
    max_band: int
    open_cap: int
    package_cap: int
    accounts: int
    days: int
    review_days: int
    why: dict[str, str]


@dataclass(frozen=True)
class Measure:
    """One measure of conduct with its limit for each step that has one."""

    key: str
    kind: str
    limits: dict[str, float]
    why: dict[str, str]

    def passes(self, step: str, value: float | None) -> bool:
        """Tell whether a value lets a collector stand on a step; what is unknown shuts nothing."""
        limit = self.limits.get(step)
        if limit is None or value is None:
            return True
        return value >= limit if self.kind == "least" else value <= limit


@dataclass(frozen=True)
class Probation:
    """What is open below the step that ends it, see `probation`; days and points of the table."""

    below: str
    each: int
    opened: dict[int, int]
    costs: dict[str, int]
    shut_at: int
    quiet_days: int
    memory_days: int
    why: dict[str, str]
    costs_why: dict[str, str]


@dataclass(frozen=True)
class Ladder:
    """One version of the ladder, from the lowest step to the highest."""

    version: str
    window_days: int
    ratio_accounts: int
    refusal_days: int
    refusal_requests: int
    recognised_up_to: str
    steps: tuple[Step, ...]
    measures: tuple[Measure, ...]
    probation: Probation
    whys: dict[str, dict[str, str]]

    def place(self, key: str) -> int:
        """Return how high a step stands; 0 is the bottom."""
        return [step.key for step in self.steps].index(key)

    def step(self, key: str) -> Step:
        """Return a step by its key."""
        return self.steps[self.place(key)]


@dataclass(frozen=True)
class Held:
    """The step a collector holds, and from which day on the next one may be looked at."""

    step: str
    review_on: date


@dataclass(frozen=True)
class Verdict:
    """The step from now on, why, the next review, and the measure that shuts the step above."""

    step: str
    cause: str
    review_on: date
    gate: str


@cache
def ladder() -> Ladder:
    """Return the version that is shipped."""
    data = yaml.safe_load(files(quality).joinpath("ladder.yaml").read_text("utf-8"))
    whys = data["step_whys"]
    plain = {field.name for field in fields(Ladder)} & data.keys() - {
        "steps",
        "measures",
        "probation",
    }
    given: dict[str, Any] = {name: data[name] for name in plain}
    return Ladder(
        **given,
        steps=tuple(Step(key, **row, why=whys[key]) for key, row in data["steps"].items()),
        measures=tuple(Measure(key, **row) for key, row in data["measures"].items()),
        probation=Probation(**data["probation"]),
        whys={"window": data["window_why"], "ratio": data["ratio_why"]},
    )


def value_of(measure: str, facts: Facts, law: Ladder) -> float | None:
    """Return what a measure compares with its limits; None when there is too little to judge."""
    match measure:
        case "complaints" | "grave" | "disputes":
            count = facts.upheld if measure == "complaints" else getattr(facts, measure)
            # A complaint about an account is one about an account that was worked.
            return rate(count, max(facts.worked, count, 1)).low
        case "refusals":
            enough = facts.requests >= law.refusal_requests
            return facts.refused / facts.requests if enough else None
        case "suspended":
            return float(facts.suspended)
        case "suspensions":
            return float(facts.suspensions)
        case _:
            return facts.certified / facts.members if facts.members else None


def values(facts: Facts, law: Ladder) -> dict[str, float | None]:
    """Return what each measure compares, by its name."""
    return {each.key: value_of(each.key, facts, law) for each in law.measures}


def shut(step: str, facts: Facts, law: Ladder) -> tuple[str, ...]:
    """Return the measures of conduct that shut a step."""
    found = values(facts, law)
    return tuple(each.key for each in law.measures if not each.passes(step, found[each.key]))


def allowed(facts: Facts, law: Ladder) -> int:
    """Return the place of the highest step that conduct allows, counted from the bottom up."""
    place = BOTTOM
    for above in range(1, len(law.steps)):
        if shut(law.steps[above].key, facts, law):
            break
        place = above
    return place


def experienced(step: Step, facts: Facts, law: Ladder) -> bool:
    """Tell whether experience, here or recognised, opens a step."""
    if facts.recognised and law.place(step.key) <= law.place(facts.recognised):
        return True
    return facts.accounts >= step.accounts and facts.days >= step.days


def judge(
    held: Held | None, facts: Facts, law: Ladder, on: date, *, lift: str = "", why: str = ""
) -> Verdict:
    """
    Return the step of a collector from a day on.

    Down at once, as far as conduct demands; up one step, at a review, when conduct and experience
    both allow it. The first step of all is the trainee's, or what was recognised. `lift` is a step
    that an officer's decision gives back at once, `why` its cause; conduct limits it as always.
    """
    most = allowed(facts, law)
    if held is None:
        start = law.place(facts.recognised) if facts.recognised else 1
        return _told(min(start, most), Cause.FIRST, None, facts, law, on)
    place = law.place(held.step)
    if place > most:
        return _told(most, Cause.DEMOTED, None, facts, law, on)
    if lift and place < min(law.place(lift), most):
        return _told(min(law.place(lift), most), why, None, facts, law, on)
    if on < held.review_on:
        return _told(place, Cause.FIGURES, held.review_on, facts, law, on)
    up = place + 1
    if up <= most and experienced(law.steps[up], facts, law):
        return _told(up, Cause.PROMOTED, None, facts, law, on)
    return _told(place, Cause.FIGURES, None, facts, law, on)


def _told(
    place: int, cause: str, review_on: date | None, facts: Facts, law: Ladder, on: date
) -> Verdict:
    step = law.steps[place]
    above = law.steps[place + 1 : place + 2]
    gates = shut(above[0].key, facts, law) if above else ()
    review = review_on or on + timedelta(days=step.review_days)
    return Verdict(step.key, cause, review, gates[0] if gates else "")
