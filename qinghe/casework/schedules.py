"""
Instalments of a plan: equal, rising by steps, or by the seasons of the year. Pure.

Whatever the shape, the parts are the whole to the cent: the last one takes what is left.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from qinghe.casework.refusals import BadAmount, BadShape, PlanTooLong
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, Rhythm
from qinghe.rules.packs import rule

YEAR = 12
Part = tuple[date, int]


@dataclass(frozen=True)
class Variation:
    """
    How instalments differ from the monthly amount; amounts in minor units.

    Graduated: after every `step_months` it rises by `step`. Seasonal: it is paid in `months` of
    the year (1 to 12), and `otherwise` in the others; 0 there means that these months are free.
    """

    rhythm: str = Rhythm.EQUAL
    step: int = 0
    step_months: int = 0
    months: tuple[int, ...] = ()
    otherwise: int = 0

    def check(self) -> None:
        """
        Refuse a variation that cannot be.

        :raises BadShape: its facts do not belong to its rhythm
        """
        graduated, seasonal = self.step > 0 < self.step_months, bool(self.months)
        stepped, other = bool(self.step or self.step_months), self.otherwise != 0
        inside = set(self.months) < set(range(1, YEAR + 1)) and self.otherwise >= 0
        fits = {
            Rhythm.EQUAL.value: not (stepped or seasonal or other),
            Rhythm.GRADUATED.value: graduated and not (seasonal or other),
            Rhythm.SEASONAL.value: seasonal and inside and not stepped,
        }
        if not fits.get(self.rhythm, False):
            raise BadShape

    def amount(self, monthly: int, place: int, day: date) -> int:
        """Return what is paid in the month `place` (from 0), whose due day is `day`."""
        if self.rhythm == Rhythm.GRADUATED:
            return monthly + self.step * (place // self.step_months)
        if self.rhythm == Rhythm.SEASONAL and day.month not in self.months:
            return self.otherwise
        return monthly


EQUAL: Final = Variation()


def schedule(
    total: int,
    monthly: int,
    first_due_on: date,
    variation: Variation = EQUAL,
    *,
    on: int | None = None,
) -> list[Part]:
    """
    Return due day and amount of every part; their sum is the total.

    `on` is the wished day of the month where the first month has no such day; else the first's.

    :raises BadAmount: nothing a month, or more than the total
    :raises BadShape: the facts of the variation do not belong to its rhythm
    :raises PlanTooLong: more months than law and platform allow
    """
    variation.check()
    if not 0 < monthly <= total:
        raise BadAmount
    found = list(_parts(total, monthly, first_due_on, variation, on))
    if sum(amount for _day, amount in found) != total:
        raise PlanTooLong(months=LONGEST_PLAN_MONTHS)
    return found


def _parts(
    total: int, monthly: int, first: date, variation: Variation, on: int | None
) -> Iterator[Part]:
    for place in range(LONGEST_PLAN_MONTHS):
        day = month_later(first, place, on)
        amount = min(variation.amount(monthly, place, day), total)
        total -= amount
        if amount:
            yield day, amount
        if not total:
            return


def month_later(day: date, count: int, on: int | None = None) -> date:
    """
    Return the same day some months later, or that month's last day when it has none.

    `on` is another day of the month than the day's own.
    """
    month = day.month - 1 + count
    year, month = day.year + month // YEAR, month % YEAR + 1
    return date(year, month, min(on or day.day, monthrange(year, month)[1]))


def wished_day(first: date, asked_on: date) -> int:
    """Return the day of the month meant by a first due day: a short month may have cut it."""
    cut = min(asked_on.day, monthrange(first.year, first.month)[1])
    return asked_on.day if first.day == cut else first.day


def first_day(today: date, paused_until: date | None = None) -> date:
    """Return the first due day of a plan made today: in a month, and behind a granted pause."""
    months = 1
    while paused_until and month_later(today, months) < paused_until:
        months += 1
    return month_later(today, months)


def months_behind(day: date, until: date, *, step: int = 1) -> int:
    """Return by how many months, in whole steps, a due day moves to lie on a day or behind it."""
    months = 0
    while month_later(day, months) < until:
        months += step
    return months


def affordable(income: int, expenses: int) -> int:
    """
    Return the largest instalment that leaves enough to live on, in minor units a month.

    Necessary expenses stay whole, and of what is left over at most a share is asked (PLT-AFF-01).
    """
    share = int(rule("PLT-AFF-01").parameters["share_pct"])
    return max(income - expenses, 0) * share // 100
