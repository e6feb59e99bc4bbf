"""The ladder told to one collector: where it stands, what shuts the next step, what opens it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from qinghe.market.terms import Grade
from qinghe.quality.ladder import Facts, Ladder, Measure, Step, experienced, ladder, values
from qinghe.quality.models import Grading
from qinghe.quality.terms import Gate


@dataclass(frozen=True)
class Line:
    """
    One measure of conduct: the collector's own value, the limit of its step and of the next one.

    `unit` is the measure's kind; a value of None means that there is too little to judge.
    """

    key: str
    label: str
    unit: str
    count: int | None
    value: float | None
    limit: float | None
    next_limit: float | None
    passes: bool
    why: str


@dataclass(frozen=True)
class Explained:
    """A collector's place on the ladder, the next step, and what keeps it shut."""

    steps: tuple[tuple[str, Step], ...]
    step: Step
    label: str
    above: Step | None
    above_label: str
    lines: tuple[Line, ...]
    accounts: int
    days: int
    accounts_missing: int
    days_missing: int
    experienced: bool
    review_on: date
    window_days: int
    ratio_accounts: int
    window_why: str
    ratio_why: str
    looked_at: datetime

    @property
    def shut(self) -> tuple[Line, ...]:
        """Return the measures that keep the next step shut."""
        return tuple(line for line in self.lines if not line.passes)

    @property
    def waits(self) -> bool:
        """Tell that only the day of review is missing."""
        return self.above is not None and self.experienced and not self.shut


def explained(
    collector_id: UUID, *, grade: str, review_on: date, language: str
) -> Explained | None:
    """Return the ladder as one collector stands on it; None before the first grading. One query."""
    found = Grading.objects.filter(pk=collector_id).values_list("facts", "looked_at").first()
    if found is None:
        return None
    law, facts, looked_at = ladder(), _facts(found[0]), found[1]
    place = law.place(grade)
    above = law.steps[place + 1] if place + 1 < len(law.steps) else None
    tongue = "zh" if language.startswith("zh") else "en"
    lines = tuple(_line(each, facts, law, grade, above, tongue) for each in law.measures)
    return Explained(
        steps=tuple((str(Grade(step.key).label), step) for step in law.steps),
        step=law.steps[place],
        label=str(Grade(grade).label),
        above=above,
        above_label=str(Grade(above.key).label) if above else "",
        lines=lines,
        accounts=facts.accounts,
        days=facts.days,
        accounts_missing=max(above.accounts - facts.accounts, 0) if above else 0,
        days_missing=max(above.days - facts.days, 0) if above else 0,
        experienced=experienced(above, facts, law) if above else True,
        review_on=review_on,
        window_days=law.window_days,
        ratio_accounts=law.ratio_accounts,
        window_why=law.whys["window"][tongue],
        ratio_why=law.whys["ratio"][tongue],
        looked_at=looked_at,
    )


def _facts(kept: dict[str, object]) -> Facts:
    known = {field.name for field in fields(Facts)}
    return Facts(**{name: value for name, value in kept.items() if name in known})  # type: ignore[arg-type]


def _line(
    measure: Measure, facts: Facts, law: Ladder, grade: str, above: Step | None, tongue: str
) -> Line:
    value = values(facts, law)[measure.key]
    counts = {"complaints": facts.upheld, "grave": facts.grave, "disputes": facts.disputes}
    return Line(
        key=measure.key,
        label=str(Gate(measure.key).label),
        unit=measure.kind,
        count=counts.get(measure.key),
        value=value,
        limit=measure.limits.get(grade),
        next_limit=measure.limits.get(above.key) if above else None,
        passes=measure.passes(above.key, value) if above else True,
        why=measure.why[tongue],
    )
