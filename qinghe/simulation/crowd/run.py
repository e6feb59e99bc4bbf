"""Let a crowd live for some months, and report what became of the dishonest and of newcomers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from qinghe.journal.services import seal
from qinghe.kernel import clock, ids
from qinghe.kernel.money import apportion
from qinghe.simulation import clocks
from qinghe.simulation.batches import Source
from qinghe.simulation.crowd.cast import Kind, Player, cast
from qinghe.simulation.crowd.debtors import Debtors
from qinghe.simulation.crowd.desks import Desks
from qinghe.simulation.crowd.figures import Figures
from qinghe.simulation.crowd.founding import Crowd, found, join
from qinghe.simulation.crowd.supply import Supply
from qinghe.simulation.crowd.truth import Truth
from qinghe.simulation.crowd.working import Working
from qinghe.simulation.doer import Doer
from qinghe.simulation.invariants import Broken, broken_invariants, state_of
from qinghe.simulation.run import ZONE
from qinghe.simulation.worker import run_waiting_jobs

# Claims that creditors deliver for each collector, if nothing else is asked for: few enough for two
# hundred collectors to live ninety days within half an hour.
CLAIMS_EACH: Final = 20
# Claims arrive up to this share of the run; a fifth of them on the first day.
ARRIVING: Final = 0.9
# Everything is checked every so many days, and at the end.
CHECKED_EVERY: Final = 15


@dataclass(frozen=True)
class CrowdReport:
    """What happened; `digest` is a hash over everything that must repeat with the same seed."""

    collectors: int
    claims: int
    days: int
    seed: int
    figures: dict[str, Any]
    done: dict[str, int]
    refused: dict[str, int]
    state: dict[str, object]
    digest: str = ""
    start: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return asdict(self)


@dataclass
class Life:
    """One market and everybody in it."""

    crowd: Crowd
    players: list[Player]
    supply: Supply
    working: Working
    desks: Desks
    figures: Figures
    doer: Doer
    start: date
    jobs: int = field(default=0)

    def live(self, number: int, arriving: int) -> None:
        """Live one day."""
        day = self.start + timedelta(days=number)
        self._at(day, time(0, 20), lambda at: clocks.night(at=at))
        self._at(day, time(9), lambda at: self._join(number, at))
        if arriving:
            self._at(
                day, time(9, 10), lambda at: self.supply.deliver(count=arriving, day=day, at=at)
            )
        self._at(day, time(9, 30), lambda at: self.supply.review(at=at))
        self._at(day, time(9, 45), lambda at: clocks.strike("contact.notify", at=at))
        self._at(day, time(9, 50), lambda at: self.supply.print_letters(at=at))
        self._at(day, time(10), lambda at: self.supply.offer(day=day, at=at))
        self._dispatched(day, time(10, 15), time(10, 30))
        self._at(day, time(11), lambda at: self.working.grab(at=at))
        self._at(day, time(12), lambda at: self.working.bid(day=day, at=at))
        self._at(day, time(14), lambda at: self.working.work(day=day, at=at))
        self._dispatched(day, time(16), time(16, 30))
        self._at(day, time(18), lambda at: self.supply.report(at=at))
        self._at(day, time(20), lambda at: self.desks.evening(at=at))
        self._at(day, time(21), lambda at: self.supply.take_back(at=at))
        self._at(day, time(23), lambda at: seal(at=at))
        self.figures.note(day)

    def _dispatched(self, day: date, window: time, answers: time) -> None:
        """Run a dispatch window; in life there is one every few minutes."""
        self._at(day, window, lambda at: clocks.strike("market.dispatch", at=at))
        self._at(day, answers, lambda at: self.working.answer(at=at))

    def _join(self, number: int, at: datetime) -> None:
        for player in self.players:
            if player.joins == number:
                join(self.crowd, player, at=at)

    def _at(self, day: date, local: time, act: Callable[[datetime], object]) -> None:
        at = datetime.combine(day, local, ZONE).astimezone(UTC)
        with clock.at(at):
            act(at)
            self.jobs += run_waiting_jobs()


def simulate_crowd(
    *,
    collectors: int,
    dishonest: float,
    days: int,
    seed: int,
    claims: int | None = None,
    start: date = date(2026, 3, 2),
    progress: Callable[[str], None] = lambda _line: None,
) -> CrowdReport:
    """
    Live a market of many collectors in the current, empty database.

    :raises Broken: an invariant does not hold; names it
    """
    random = Random(seed)  # noqa: S311  reproducible on purpose
    asked = claims or collectors * CLAIMS_EACH
    with ids.seeded(seed):
        players = cast(random, collectors=collectors, dishonest=dishonest, days=days)
        life = _open(random, players, start)
        arriving = _arrivals(asked, days)
        for number in range(days):
            life.live(number, arriving[number])
            last = number == days - 1
            if last or number % CHECKED_EVERY == CHECKED_EVERY - 1:
                _check(start + timedelta(days=number))
            progress(life.figures.line(number, _end_of(start + timedelta(days=number))))
    return _report(life, asked, collectors, days, seed)


def _open(random: Random, players: list[Player], start: date) -> Life:
    at = datetime.combine(start, time(0, 5), ZONE).astimezone(UTC)
    doer = Doer(random, faults=False, keyed=False)
    with clock.at(at):
        washes = any(player.kind is Kind.WASHES for player in players)
        crowd = found(washes=washes, at=at)
    truth = Truth(random)
    supply = Supply(crowd, doer, Source(random, []))
    working = Working(crowd, doer, truth, Debtors(doer, truth, supply))
    desks = Desks(crowd, doer, truth)
    return Life(crowd, players, supply, working, desks, Figures(crowd), doer, start)


def _arrivals(claims: int, days: int) -> list[int]:
    arriving = max(1, round(days * ARRIVING))
    first = claims // 5
    return [first, *apportion(claims - first, [1] * arriving), *([0] * days)]


def _check(day: date) -> None:
    if broken := broken_invariants(at=_end_of(day)):
        raise Broken(day, broken)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), ZONE).astimezone(UTC)


def _report(life: Life, claims: int, collectors: int, days: int, seed: int) -> CrowdReport:
    end = datetime.combine(life.start + timedelta(days=days), time(0), ZONE).astimezone(UTC)
    facts: dict[str, Any] = {
        "figures": life.figures.as_dict(end),
        "done": dict(sorted(life.doer.done.items())),
        "refused": dict(sorted(life.doer.refused.items())),
        "state": state_of(),
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
    return CrowdReport(
        collectors=collectors,
        claims=claims,
        days=days,
        seed=seed,
        digest=digest,
        start=life.start.isoformat(),
        **facts,
    )
