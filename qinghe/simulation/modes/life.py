"""The calendar of everything in this package: what happens on which day, seen from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from qinghe.market.terms import Mode
from qinghe.simulation import clocks
from qinghe.simulation.batches import Source
from qinghe.simulation.doer import Doer
from qinghe.simulation.modes.afterwards import Afterwards
from qinghe.simulation.modes.answering import Answering
from qinghe.simulation.modes.information import Information
from qinghe.simulation.modes.offering import Offering, waiting
from qinghe.simulation.modes.portfolio import deliveries
from qinghe.simulation.modes.teams import Teams
from qinghe.simulation.world import World

# Days from the first one.
JOIN, CORRECT, ASK, CHOOSE, AGREE, SEARCH, TELL, RETURNS = 1, 5, 3, 5, 6, 9, 12, 14
MOVE = 14
# Days before the last one on which another creditor and this one ask once more, and on which the
# second file comes: it is reviewed, told and challenged just before the market ends.
ASK_LATE, ASK_LATER, SECOND_FILE = 4, 3, 13
RETURN_EVERY, RATE_EVERY = 3, 2


@dataclass
class Modes:
    """Everybody of this package, and the days that are lived."""

    offering: Offering
    answering: Answering
    information: Information
    teams: Teams
    afterwards: Afterwards
    opened: date
    days: int
    alike: int

    def morning(self, *, number: int, day: date, at: datetime) -> None:
        """Found, join, ask; and offer what has become ready, before everybody else does."""
        if number == 0:
            self.teams.found(at=at)
            self.offering.prepare(at=at)
        if number == JOIN:
            self.information.join(at=at)
        if number == SEARCH:
            self.answering.prepare(day=day, at=at)
        if number == CORRECT:
            self.offering.correct(at=at)
        self.offering.offer(last=self._last(number), at=at)
        self.teams.give_out(at=at)

    def forenoon(self, *, at: datetime) -> None:
        """Run a dispatch window where orders wait; in life there is one every few minutes."""
        if waiting(Mode.DISPATCH):
            clocks.strike("market.dispatch", at=at)

    def noon(self, *, number: int, at: datetime) -> None:
        """Bid, answer offers, take a package, give an order back; the last day leaves some open."""
        self.answering.bid(at=at)
        self.answering.take_packages(at=at)
        if self._last(number):
            self.answering.leave_some(at=at)
        else:
            self.answering.answer_offers(at=at)
            self.answering.take_designated(at=at)
        if number >= RETURNS and number % RETURN_EVERY == 0:
            self.afterwards.give_back(at=at)
        if number >= RETURNS and number % RETURN_EVERY == 1:
            self.afterwards.take_up_again(at=at)

    def afternoon(self, *, number: int, day: date, at: datetime) -> None:
        """Deliver the portfolio, and go on with quotations and introductions."""
        first, second = deliveries(self.alike)
        if number == 0:
            self.offering.deliver(first, opened=self.opened, day=day, at=at)
        if number == max(self.days - 1 - SECOND_FILE, 0):
            self.offering.deliver(second, opened=self.opened, day=day, at=at)
        self._quotations(number, at)
        if number % RATE_EVERY:
            self.afterwards.rate(at=at)
        if number == MOVE:
            self.teams.move(at=at)

    def evening(self, *, number: int, at: datetime) -> None:
        """Leave something to decide for who looks in after the last day."""
        if self._last(number):
            self.afterwards.leave(at=at)

    def _quotations(self, number: int, at: datetime) -> None:
        told, last = self.information, self.days - 1
        asked = {
            ASK: ("creditor", "320000"),
            last - ASK_LATE: ("finance", "440000"),
            last - ASK_LATER: ("creditor", "330000"),
            last: ("creditor", "510000"),
        }
        if number == CHOOSE:
            told.choose(creditor="creditor", at=at)
        if number == AGREE:
            told.agree(at=at)
        if number == TELL:
            told.tell(at=at)
        if number == last:
            told.choose(creditor="finance", at=at)
        if number in asked and (number > AGREE or number == ASK):
            creditor, region = asked[number]
            told.ask(creditor=creditor, region=region, last=number == last, at=at)
            told.answer(but="collector" if number == last else "", at=at)

    def _last(self, number: int) -> bool:
        return number == self.days - 1


def modes(
    *, world: World, doer: Doer, source: Source, opened: date, days: int, alike: int
) -> Modes:
    """Return everybody of this package for a market of so many days."""
    return Modes(
        Offering(world, doer, source),
        Answering(world, doer),
        Information(world, doer),
        Teams(world, doer),
        Afterwards(world, doer),
        opened,
        days,
        alike,
    )
