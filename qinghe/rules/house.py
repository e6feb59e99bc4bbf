"""
The operator's own pack: figures that tighten rules of the law and of the platform, never loosen.

What may move, and which way is stricter, stands beside the house rules in `law/hse.yaml`. A pack is
data: `{"tighten": [{"rule", "parameter", "value"}], "close": [{"from", "until"}]}`, a clock time as
`HH:MM`, days as `YYYY-MM-DD`, half-open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from qinghe.rules.packs import HOUSE, Rule, load_packs, minutes, rule

CLOCK = "clock"
HIGHER = "higher"
CLOSED_DAYS = "HSE-DAY-01"
# The hold after which each of these adds quiet days.
RESTS = MappingProxyType({"HSE-HLD-01": "hardship", "HSE-HLD-02": "complaint"})
Content = Mapping[str, Any]


class Loosens(ValueError):
    """A figure that is not stricter than the law, or outside the span that a pack may use."""

    def __init__(self, lever: "Lever", asked: object) -> None:
        super().__init__(f"{lever.rule_id} {lever.parameter}: {asked} is not stricter")
        self.lever, self.asked = lever, asked


class Unreadable(ValueError):
    """A pack that says nothing the rules understand; the message names the place."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One parameter that may be tightened. Numbers are counts, minutes, days, or minutes of day."""

    id: str
    rule_id: str
    parameter: str
    unit: str
    lawful: int
    stricter: str
    bound: int

    def read(self, value: object) -> int:
        """
        Return a figure as a number that is stricter than the law.

        :raises Loosens: not stricter than the lawful one, or beyond the bound
        :raises Unreadable: not a whole number, or not a clock time
        """
        number = self.number(value)
        low, high = sorted((self.lawful, self.bound))
        if number == self.lawful or not low <= number <= high:
            raise Loosens(self, value)
        return number

    def words(self, number: int) -> str:
        """Return a number as people write it."""
        return f"{number // 60:02}:{number % 60:02}" if self.unit == CLOCK else str(number)

    def number(self, value: object) -> int:
        """
        Return a figure as a number.

        :raises Unreadable: not a whole number, or not a clock time
        """
        if isinstance(value, int) and not isinstance(value, bool):
            # Unquoted, YAML reads 18:00 as 1080: the minute of the day.
            return value
        if self.unit == CLOCK:
            try:
                return minutes(str(value))
            except ValueError as fault:
                raise Unreadable(self._named(value)) from fault
        raise Unreadable(self._named(value))

    def _named(self, value: object) -> str:
        return f"{self.rule_id} {self.parameter}: {value!r}"


@dataclass(frozen=True, slots=True)
class Closure:
    """Local days on which nobody is contacted, `[first, until)`."""

    first: date
    until: date


@dataclass(frozen=True, slots=True)
class House:
    """
    What one version of the operator's pack says: figures by house rule, and closed days.

    `number` is the version, 0 for a draft or none.
    """

    number: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)
    closed: tuple[Closure, ...] = ()

    @property
    def rests(self) -> bool:
        """Tell whether holds that ended still matter."""
        return any(key in self.figures for key in RESTS)

    def __bool__(self) -> bool:
        """Tell whether anything is tightened at all."""
        return bool(self.figures or self.closed)


# No pack: law and platform alone.
OPEN_HOUSE = House()


@cache
def levers() -> Mapping[str, Lever]:
    """Return every parameter that may be tightened, by the house rule that would refuse."""
    rules = load_packs()[HOUSE].rules
    return MappingProxyType({each.id: _lever(each) for each in rules if each.parameters})


def _lever(found: Rule) -> Lever:
    facts = found.parameters
    unit = facts["unit"]
    bound = facts["most"] if facts["stricter"] == HIGHER else facts["least"]
    lawful = rule(facts["tightens"]).parameters[facts["parameter"]]
    as_number = minutes if unit == CLOCK else int
    return Lever(
        found.id,
        facts["tightens"],
        facts["parameter"],
        unit,
        as_number(lawful),
        facts["stricter"],
        as_number(bound),
    )


def lever_for(rule_id: str, parameter: str) -> Lever:
    """
    Return how a parameter of a rule may be tightened.

    :raises Unreadable: it may not be at all
    """
    for lever in levers().values():
        if (lever.rule_id, lever.parameter) == (rule_id, parameter):
            return lever
    raise Unreadable(f"{rule_id} {parameter}")


def read_house(content: Content, number: int = 0, *, checked: bool = True) -> House:
    """
    Build a version from its data.

    A version in force is read un`checked`: where the law has meanwhile become as strict, the figure
    is idle, and the law itself refuses.

    :raises Loosens: a figure is not stricter than the law
    :raises Unreadable: an unknown or repeated parameter, a figure or day that is none, or nothing
    """
    if not set(content) <= {"tighten", "close"}:
        raise Unreadable("tighten, close")
    figures = _figures(_rows(content, "tighten"), checked=checked)
    closed = tuple(_closure(row) for row in _rows(content, "close"))
    if not figures and not closed:
        raise Unreadable("tighten, close")
    return House(number, MappingProxyType(figures), closed)


def _rows(content: Content, key: str) -> list[Content]:
    rows = content.get(key) or []
    if not isinstance(rows, list):
        raise Unreadable(key)
    return rows


def _figures(rows: Iterable[Content], *, checked: bool) -> dict[str, int]:
    figures: dict[str, int] = {}
    for row in rows:
        try:
            lever = lever_for(str(row["rule"]), str(row["parameter"]))
            value = row["value"]
        except (KeyError, TypeError) as fault:
            raise Unreadable(str(row)) from fault
        if lever.id in figures:
            raise Unreadable(f"{lever.rule_id} {lever.parameter}")
        figures[lever.id] = lever.read(value) if checked else lever.number(value)
    return figures


def _closure(row: Content) -> Closure:
    try:
        first, until = (date.fromisoformat(str(row[key])) for key in ("from", "until"))
    except (KeyError, TypeError, ValueError) as fault:
        raise Unreadable(str(row)) from fault
    if first >= until:
        raise Unreadable(str(row))
    return Closure(first, until)


def content_of(house: House) -> dict[str, list[dict[str, object]]]:
    """Return a version as the data it is kept and read back as."""
    tighten = [
        {"rule": lever.rule_id, "parameter": lever.parameter, "value": _plain(lever, number)}
        for lever, number in ((levers()[key], house.figures[key]) for key in sorted(house.figures))
    ]
    close: list[dict[str, object]] = [
        {"from": str(each.first), "until": str(each.until)} for each in house.closed
    ]
    return {"tighten": tighten, "close": close}


def _plain(lever: Lever, number: int) -> object:
    return lever.words(number) if lever.unit == CLOCK else number
