"""
What each column of a file most likely is, from its name and its first values, and why. Pure.

Names and values are two witnesses. A telephone column is never taken by its values alone: whose
numbers they are, only its name can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.intake.agreed import DAYS, MONEY, NUMBERS, RATES, WORDS
from qinghe.claims.intake.columns import DATE_FORMATS, FOREIGN_DATES, value_names
from qinghe.claims.intake.currencies import code_of
from qinghe.claims.intake.strangers import refused_columns
from qinghe.claims.intake.vocabulary import bare, by_name, is_as_of, second_by_name, vocabulary
from qinghe.parties.regions import find_region
from qinghe.rules.currencies import CURRENCIES

LOOKED_AT: Final = 200
# What a workbook adds to a day.
MIDNIGHT: Final = re.compile(r"[ T]00:00:00(\.0+)?$")
# So many of the values must be of a kind before they speak for it.
MOST: Final = 0.8
# From here on the page chooses the field; below it only says what it might be.
SURE: Final = 60
BY_NAME, BY_WORD = 90, 70
# A name of two meanings gives way to one that has only the first.
TWO_MEANINGS, SECOND_MEANING = 2, 6
WITH_VALUES, AGAINST_VALUES = 9, 50

NAME: Final = _("The name of the column says so.")
NAME_AND_VALUES: Final = _("The name of the column says so, and its first values fit.")
NAME_ONLY: Final = _("The name of the column says so, but its first values do not look like it.")
WORD: Final = _("The name of the column holds a word for it.")
VALUES: Final = _("Its first values look like it.")
WHOSE: Final = _("Its first values look like it, but its name does not say whose they are.")


@dataclass(frozen=True)
class Guess:
    """What a column may be: field, confidence from 1 to 100, and the reason as a sentence."""

    field: str
    confidence: int
    reason: StrPromise

    @property
    def sure(self) -> bool:
        """Tell whether it is sure enough to be chosen for the clerk, who can still change it."""
        return self.confidence >= SURE


@dataclass(frozen=True)
class Kind:
    """A shape of values: the fields that have it, and how much it says when nothing else speaks."""

    fields: tuple[str, ...]
    confidence: int
    is_one: Callable[[str], bool]
    reason: StrPromise = VALUES


def guesses(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Guess]:
    """Return the best guess for each column that has one; no field is guessed for two columns."""
    refused = refused_columns(header)
    found: list[tuple[int, int, Guess]] = []
    for place, column in enumerate(header):
        if column not in refused and not is_as_of(column):
            values = [row[place] for row in rows[:LOOKED_AT] if len(row) > place and row[place]]
            found += [(-guess.confidence, place, guess) for guess in _of(column, values)]
    chosen: dict[str, Guess] = {}
    for _rank, place, guess in sorted(found, key=lambda each: each[:2]):
        taken = {each.field for each in chosen.values()}
        if header[place] not in chosen and guess.field not in taken:
            chosen[header[place]] = guess
    return chosen


def _of(column: str, values: Sequence[str]) -> list[Guess]:
    kinds = [kind for kind in _kinds() if values and _share(values, kind) >= MOST]
    exact = by_name().get(bare(column))
    named = exact or _by_word(bare(column))
    second = second_by_name().get(bare(column))
    found = [] if named is None else [_named(named, exact is not None, values)]
    if second is not None:
        found = [less(each, TWO_MEANINGS) for each in found]
        found.append(less(_named(second, True, values), SECOND_MEANING))
    return found + [
        Guess(field, kind.confidence, kind.reason)
        for kind in kinds
        for field in kind.fields
        if field not in (named, second)
    ]


def less(guess: Guess, by: int) -> Guess:
    """Return a guess that is less sure by some points."""
    return replace(guess, confidence=guess.confidence - by)


def _named(field: str, exact: bool, values: Sequence[str]) -> Guess:
    base = BY_NAME if exact else BY_WORD
    fits = _fitting().get(field)
    if fits is None or not values:
        return Guess(field, base, NAME if exact else WORD)
    share = sum(fits(each.strip()) for each in values) / len(values)
    if share >= MOST:
        return Guess(field, base + WITH_VALUES, NAME_AND_VALUES)
    # A few wrong rows are told later by row; hardly a right one makes the name doubtful.
    doubtful = share <= 1 - MOST
    return Guess(
        field, base - AGAINST_VALUES if doubtful else base, NAME_ONLY if doubtful else NAME
    )


def _by_word(name: str) -> str | None:
    words: Mapping[str, list[str]] = vocabulary()["abbreviations"]
    found = [
        (len(word), field) for field, each in words.items() for word in each if bare(word) in name
    ]
    return max(found)[1] if found else None


def _share(values: Sequence[str], kind: Kind) -> float:
    return sum(kind.is_one(each.strip()) for each in values) / len(values)


def _like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _is_date(value: str) -> bool:
    value = MIDNIGHT.sub("", value)
    return any(_parsed(value, each) for each in (*DATE_FORMATS, *FOREIGN_DATES))


def day_of(value: str) -> date | None:
    """Return the day a text is, year first; in another order it could be two days."""
    value = MIDNIGHT.sub("", value)
    return next(filter(None, (_parsed(value, each) for each in DATE_FORMATS)), None)


def _parsed(value: str, written: str) -> date | None:
    try:
        return datetime.strptime(value, written).date()  # noqa: DTZ007
    except ValueError:
        return None


def _is_word(field: str, value: str) -> bool:
    return bare(value) in value_names(field)


@cache
def _region(value: str) -> bool:
    return bool(find_region(value))


@cache
def _fitting() -> dict[str, Callable[[str], bool]]:
    """Return what the values of a field look like, more widely than what tells a field alone."""
    number = _like(r"[¥￥$€]?\s*-?[\d,]+(?:\.\d+)?\s*(?:元|万元|萬元)?")
    digits = _like(r"[+(]?\d[\d\s()+\-]{6,}")
    return {
        **dict.fromkeys(("principal", "interest", "fees", *MONEY), number),
        **dict.fromkeys(("due_date", "contract_date", *DAYS), _is_date),
        **{each: partial(_is_word, each) for each in WORDS},
        "id_number": _like(r"[0-9A-Z]{15,22}"),
        "phone": digits,
        "email": _like(r"\S+@\S+"),
        **dict.fromkeys(("annual_overdue_rate", *RATES), _like(r"\d{1,3}(?:\.\d+)?\s*[%％]?")),
        **dict.fromkeys(NUMBERS, _like(r"\d{1,3}")),
    }


@cache
def _kinds() -> tuple[Kind, ...]:
    return (
        Kind(("id_number",), 85, _like(r"\d{17}[\dX]|(?=.*[A-Z])[0-9A-HJ-NPQRTUWXY]{18}")),
        Kind(("phone",), 55, _like(r"(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}"), WHOSE),
        Kind(("email",), 55, _like(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+"), WHOSE),
        Kind(("currency",), 80, lambda value: code_of(value) in CURRENCIES),
        Kind(("region",), 65, lambda value: not value.isascii() and _region(value)),
        Kind(("region",), 60, lambda value: bool(re.fullmatch(r"\d{6}", value)) and _region(value)),
        Kind(("product",), 75, partial(_is_word, "product")),
        Kind(("due_date", "contract_date"), 30, _is_date),
        Kind(("principal", "interest", "fees"), 30, _like(r"-?[\d,]+\.\d{2}")),
        Kind(("annual_overdue_rate",), 20, _like(r"\d{1,2}(?:\.\d{1,4})?\s*[%％]")),
        Kind(("debtor_name",), 20, _like(r"[一-鿿]{2,4}(?:·[一-鿿]{1,6})?")),
    )
