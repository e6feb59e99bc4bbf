"""Compare what came with what was expected: one level per question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log
from typing import Final

# How far amounts may lie apart, in natural logarithms, for a pair to be looked at.
NEAR: Final = 0.06
# Bounds of the levels of amounts and of days; each level is up to and including its bound.
RATIOS: Final = ((0.0, "same"), (0.005, "half"), (0.02, "two"), (NEAR, "six"))
LATE: Final = ((-1, "before"), (0, "day0"), (1, "day1"), (2, "day2"), (4, "day4"), (8, "day8"))
DUE: Final = ((3, "near"), (10, "about"))
LIKE: Final = (
    (0.3, "other"),
    (0.45, "little"),
    (0.6, "some"),
    (0.75, "much"),
    (0.9, "near"),
    (0.999, "nearly"),
)
WORD: Final = re.compile(r"[^\W_]+")
# Letters and digits between signs of another script.
RUN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
CUT: Final = re.compile(r"[\s,;:，；：。/]+")


@dataclass(frozen=True)
class Came:
    """
    An entry: amount in minor units, the day, and the words that came with it.

    `near` are numbers that a reference with one mistake in these words may have meant.
    """

    amount: int
    day: date
    text: str = ""
    near: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Expected:
    """
    A payment that is expected, with the words it would come with.

    `ordered_on` is when the payer set out to pay, `due_on` when it was due; either may be unknown.
    `numbers` name it beyond doubt where one stands in the words; `payer` says whether the sender
    bears its debtor's name, and whether that is the only debtor of this name.
    """

    amount: int
    ordered_on: date | None = None
    due_on: date | None = None
    text: str = ""
    numbers: tuple[str, ...] = ()
    payer: str = ""


def levels(came: Came, expected: Expected) -> dict[str, str]:
    """Return the level of each question; a question without an answer is left out."""
    found = {"amount": _amount(came.amount, expected.amount)}
    if expected.ordered_on is not None:
        found["days"] = _days((came.day - expected.ordered_on).days)
    if expected.due_on is not None:
        found["due"] = _level(DUE, abs((came.day - expected.due_on).days), "apart")
    if expected.text and came.text:
        found |= _text(came.text, expected.text)
    if expected.numbers:
        found["number"] = _number(came, expected.numbers)
    if expected.payer:
        found["payer"] = expected.payer
    return found


def marks(text: str) -> frozenset[str]:
    """Return what stands between the spaces and commas of a text, without dashes."""
    return frozenset(bare(word) for word in [*CUT.split(text), *RUN.findall(text)] if word)


def bare(text: str) -> str:
    """Return a number as it is compared: capitals and digits."""
    return "".join(WORD.findall(text.upper()))


@lru_cache(maxsize=100_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, as they are compared."""
    return tuple(WORD.findall(text.upper()))


def _amount(came: int, expected: int) -> str:
    apart = abs(log(came / expected)) if came > 0 and expected > 0 else NEAR * 2
    return _level(RATIOS, apart, "far")


def _days(late: int) -> str:
    return _level(LATE, late, "day25" if late <= 25 else "later")


def _text(came: str, expected: str) -> dict[str, str]:
    return {"text": _level(LIKE, _alike(came, expected), "same"), "word": _first(came, expected)}


def _number(came: Came, numbers: tuple[str, ...]) -> str:
    if _named(came.text, numbers):
        return "named"
    return "near" if came.near.intersection(numbers) else "unnamed"


def _named(text: str, numbers: Iterable[str]) -> bool:
    """Tell whether a number stands whole in a text; a part of a longer one names nothing."""
    there = marks(text)
    return any(bare(number) in there for number in numbers)


def _alike(one: str, other: str) -> float:
    """Return Dice's likeness of the pairs of neighbouring characters: 1 for the same text."""
    mine, theirs = _neighbours(one), _neighbours(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


@lru_cache(maxsize=100_000)
def _neighbours(text: str) -> frozenset[str]:
    bare = f" {text.upper()} "
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def _first(one: str, other: str) -> str:
    """Compare the first two words: a name mostly stands in front, cut or as a letter."""
    mine, theirs = words_of(one)[:2], words_of(other)[:2]
    if not mine or not theirs:
        return "none"
    equal = [a == b for a, b in zip(mine, theirs, strict=False)]
    if all(equal) and len(equal) == 2:
        return "both"
    if equal[0]:
        return "first"
    begins = mine[0].startswith(theirs[0]) or theirs[0].startswith(mine[0])
    return "begins" if begins else "other"


def _level(bounds: tuple[tuple[float, str], ...], value: float, beyond: str) -> str:
    return next((name for bound, name in bounds if value <= bound), beyond)
