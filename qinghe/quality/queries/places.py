"""What a collector may hold at once, told to itself: what it comes from, and what opens more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.market.queries import capacity_of
from qinghe.market.terms import Grade
from qinghe.quality.ladder import Facts, ladder
from qinghe.quality.models import Grading
from qinghe.quality.probation import next_opening, places, points
from qinghe.quality.queries.pauses import PauseRow, pause_of


@dataclass(frozen=True)
class PlacesRow:
    """
    The places of one collector: what its record opens, what the operator granted, what is held.

    `points` is `proven` less the costs of `grave`, `others` and `idle`; `missing` points make
    `then` places. `rungs` are points with the places they add. Off probation only `limit`, `live`
    and the pause matter.
    """

    probation: bool
    opened: int
    limit: int
    live: int
    certified: int
    points: int
    proven: int
    grave: int
    others: int
    idle: int
    costs: dict[str, int]
    rungs: tuple[tuple[int, int], ...]
    missing: int | None
    then: int | None
    each: int
    quiet_days: int
    memory_days: int
    ends_with: str
    why: str
    costs_why: str
    pause: PauseRow | None


def places_of(collector_id: UUID, *, grade: str, language: str, at: datetime) -> PlacesRow | None:
    """Return what a collector may hold, and why; None before the first grading. Three queries."""
    kept = Grading.objects.filter(pk=collector_id).values_list("facts", flat=True).first()
    if kept is None:
        return None
    law, facts, room = ladder(), _facts(kept), capacity_of(collector_id=collector_id)
    rule, step = law.probation, law.step(grade)
    tongue = "zh" if language.startswith("zh") else "en"
    below = 0 < law.place(grade) < law.place(rule.below) and not facts.recognised
    more = next_opening(step, facts, law) if below else None
    return PlacesRow(
        probation=below,
        opened=places(step, facts, law),
        limit=room.limit if room else 0,
        live=room.live if room else 0,
        certified=facts.certified,
        points=points(facts, law),
        proven=facts.proven,
        grave=facts.lately_grave,
        others=facts.lately - facts.lately_grave,
        idle=facts.idle,
        costs=rule.costs,
        rungs=tuple(sorted(rule.opened.items())),
        missing=more[0] if more else None,
        then=more[1] if more else None,
        each=rule.each,
        quiet_days=rule.quiet_days,
        memory_days=rule.memory_days,
        ends_with=str(Grade(rule.below).label),
        why=rule.why[tongue],
        costs_why=rule.costs_why[tongue],
        pause=pause_of(collector_id, at),
    )


def _facts(kept: dict[str, Any]) -> Facts:
    known = {field.name for field in fields(Facts)}
    return Facts(**{name: value for name, value in kept.items() if name in known})
