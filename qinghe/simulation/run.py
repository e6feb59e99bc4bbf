"""Run a market day by day under a virtual clock; the same seed gives the same market."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from qinghe.kernel import clock, ids
from qinghe.kernel.money import apportion
from qinghe.simulation import clocks
from qinghe.simulation.banking import Banking
from qinghe.simulation.batches import Source
from qinghe.simulation.debtors import Debtors
from qinghe.simulation.doer import Doer
from qinghe.simulation.evening import Evening
from qinghe.simulation.field import Field
from qinghe.simulation.invariants import Broken, broken_invariants, state_of
from qinghe.simulation.modes.life import Modes, modes
from qinghe.simulation.office import Office
from qinghe.simulation.worker import run_waiting_jobs
from qinghe.simulation.world import found

ZONE = ZoneInfo("Asia/Shanghai")
# Twice as many claims arrive on each day of the first third of the run.
ARRIVAL = 3
# Money goes out on this day of the week, but for the last days: then there is some to pay out.
PAYOUT_WEEKDAY, UNPAID_DAYS = 4, 3


@dataclass(frozen=True)
class Report:
    """What happened. `digest` is a hash over everything that must repeat with the same seed."""

    claims: int
    days: int
    seed: int
    faults: bool
    start: str
    done: dict[str, int]
    refused: dict[str, int]
    injected: dict[str, int]
    jobs: int
    state: dict[str, object]
    digest: str = ""
    broken: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return asdict(self)


@dataclass
class Market:
    """One running market and the people in it."""

    office: Office
    field: Field
    debtors: Debtors
    evening: Evening
    modes: Modes
    banking: Banking
    doer: Doer
    # Orders the agencies take a day; more are listed at first, so that the hall is never empty.
    pace: int
    jobs: int = 0

    def live(self, number: int, day: date, arriving: int) -> None:
        """Live one day: night clocks, morning office, work, debtors, decisions, seal."""
        self._morning(number, day)
        self._at(day, time(14), lambda at: self.field.work(day=day, at=at))
        if arriving:
            self._at(day, time(16), lambda at: self.office.deliver(count=arriving, day=day, at=at))
        self._at(day, time(16, 30), lambda at: self.modes.afternoon(number=number, day=day, at=at))
        self._at(day, time(19), lambda at: self.debtors.visit(at=at))
        self._at(day, time(20), lambda at: self.evening.decide(at=at))
        if day.weekday() == PAYOUT_WEEKDAY and number < self.modes.days - UNPAID_DAYS:
            self._at(day, time(20, 30), lambda at: self.banking.pay_out(day=day, at=at))
        self._at(day, time(21), lambda at: self.modes.evening(number=number, at=at))
        self._at(day, time(22, 30), lambda at: self.field.late(at=at))
        self._at(day, time(23), lambda at: self.evening.seal(at=at))

    def _morning(self, number: int, day: date) -> None:
        self._at(day, time(0, 20), lambda at: clocks.night(at=at))
        self._at(day, time(8, 30), lambda at: self.debtors.late_notices(at=at))
        self._at(day, time(8, 45), lambda at: self.banking.answer(at=at))
        self._at(day, time(9), lambda at: self.office.print_letters(at=at))
        self._at(day, time(9, 30), lambda at: self.office.review(at=at, limit=4 * self.pace + 4))
        self._at(day, time(9, 50), lambda at: self.modes.morning(number=number, day=day, at=at))
        self._at(day, time(10), lambda at: self.office.place(at=at))
        self._at(day, time(10, 15), lambda at: self.modes.forenoon(at=at))
        self._at(
            day, time(10, 30), lambda at: self.office.grab(at=at, limit=max(1, self.pace // 2))
        )
        self._at(day, time(12), lambda at: self.modes.noon(number=number, at=at))

    def _at(self, day: date, local: time, act: Callable[[datetime], None]) -> None:
        at = datetime.combine(day, local, ZONE).astimezone(UTC)
        with clock.at(at):
            act(at)
            self.jobs += run_waiting_jobs()


def simulate(
    *,
    claims: int,
    days: int,
    seed: int,
    faults: bool = False,
    alike: int = 0,
    checked_every: int = 1,
    start: date = date(2026, 3, 2),
    progress: Callable[[str], None] = lambda _line: None,
) -> Report:
    """
    Simulate a market in the current, empty database.

    `alike` claims more come in a portfolio that is offered in every way there is.

    :raises Broken: an invariant does not hold at the end of a day that is checked; names it
    """
    random = Random(seed)  # noqa: S311  reproducible on purpose
    with ids.seeded(seed):
        market = _open(random, faults, start, pace=claims // days, days=days, alike=alike)
        arriving = _arrivals(claims, days)
        for number in range(days):
            day = start + timedelta(days=number)
            market.live(number, day, arriving[number])
            last = number == days - 1
            checked = last or number % checked_every == checked_every - 1
            if checked and (broken := broken_invariants(at=_end_of(day))):
                raise Broken(day, broken)
            progress(f"{day.isoformat()}: {sum(market.doer.done.values())} acts")
    return _report(market, claims, days, seed, faults, start)


def _open(random: Random, faults: bool, start: date, *, pace: int, days: int, alike: int) -> Market:
    doer = Doer(random, faults)
    source = Source(random, [])
    at = datetime.combine(start, time(0, 5), ZONE).astimezone(UTC)
    with clock.at(at):
        world = found(at=at)
    return Market(
        Office(world, doer, source),
        Field(world, doer),
        Debtors(doer, source),
        Evening(world, doer),
        modes(world=world, doer=doer, source=source, opened=start, days=days, alike=alike),
        Banking(world.actor("operator"), world.actor("operator2"), doer),
        doer,
        pace,
    )


def _arrivals(claims: int, days: int) -> list[int]:
    early = max(1, days // ARRIVAL)
    weights = [2 if number < early else 1 for number in range(days)]
    return apportion(claims, weights)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), ZONE).astimezone(UTC)


def _report(market: Market, claims: int, days: int, seed: int, faults: bool, start: date) -> Report:
    doer = market.doer
    facts: dict[str, object] = {
        "done": dict(sorted(doer.done.items())),
        "refused": dict(sorted(doer.refused.items())),
        "injected": dict(sorted(doer.injected.items())),
        "jobs": market.jobs + market.field.jobs,
        "state": state_of(),
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
    return Report(
        claims=claims,
        days=days,
        seed=seed,
        faults=faults,
        start=start.isoformat(),
        digest=digest,
        **facts,  # type: ignore[arg-type]
    )
