"""Calendar arithmetic of the law: months and years, rest days, working days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from qinghe.rules.packs import read_yaml

DAY = timedelta(days=1)
MONTHS = 12
SATURDAY = 5


class StaleCalendar(LookupError):
    """The announced holidays have run out: what rests on that day is not known, only guessed."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekends, days off beside them, and weekend days that are worked."""

    rest_days: frozenset[date] = frozenset()
    work_days: frozenset[date] = frozenset()

    def rests(self, day: date) -> bool:
        """Tell whether a day is a rest day."""
        return day in self.rest_days or (day.weekday() >= SATURDAY and day not in self.work_days)

    def roll(self, day: date) -> date:
        """Return the day, or the next one that is no rest day."""
        while self.rests(day):
            day += DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """Return the working day that comes as the given one after a day, not counting it."""
        while count > 0:
            day += DAY
            count -= not self.rests(day)
        return day


@cache
def known_until() -> date:
    """Return the last day whose holidays were announced."""
    content = read_yaml("calendar.yaml")
    return date.fromisoformat(content["known_until"])


def calendar_for(as_of: date) -> Calendar:
    """
    Return the calendar of China for an answer seen from a day.

    Later days are a forecast: beyond what is announced they know only Saturdays and Sundays.

    :raises StaleCalendar: the day itself lies beyond what is announced
    """
    if as_of > known_until():
        raise StaleCalendar(as_of.isoformat())
    return built_in()


@cache
def built_in() -> Calendar:
    """Return the calendar of China the product knows, whatever the day it is asked on."""
    content = read_yaml("calendar.yaml")
    rest = frozenset(
        day
        for row in content["rest_days"]
        for day in _days(date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))
    )
    return Calendar(rest, frozenset(map(date.fromisoformat, content["work_days"])))


def _days(first: date, last: date) -> list[date]:
    return [first + DAY * step for step in range((last - first).days + 1)]


def add_months(day: date, months: int) -> date:
    """Return the same day some months on; where it does not exist, the last of that month."""
    index = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(index, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the same day some years on; 29 February may become the 28th."""
    return add_months(day, years * MONTHS)
