"""
Read what a reference with one mistake may have meant: one wrong character, or two swapped. Pure.

Nothing is booked by it: the check digits say that something is wrong, not what. Of the few hundred
ways to write one character otherwise about one in 97 has right check digits, so few are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum.iso7064 import mod_97_10

from qinghe.settlement.reference import GAP, WIDE, as_written

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RUN: Final = re.compile(r"[A-Z0-9]+")
BETWEEN: Final = re.compile(GAP)
# Of a reference without gaps: RF, two check digits, one to four letters, eight to sixteen digits.
SHORTEST: Final = 13
LONGEST: Final = 24
# Bounds of the work on one text: characters read, and numbers that are looked up.
READ: Final = 500
MOST: Final = 24


def near_numbers(text: str) -> frozenset[str]:
    """
    Return the numbers of claims whose reference differs by one mistake from what stands in a text.

    Never more than `MOST`; empty where no run of characters is like a reference.
    """
    found: dict[str, None] = {}
    for run in _runs(text.upper().translate(WIDE)[:READ]):
        for whole in _one_mistake_away(run):
            found[as_written(whole[4:])] = None
            if len(found) == MOST:
                return frozenset(found)
    return frozenset(found)


def _runs(text: str) -> Iterator[str]:
    """Yield what may be a reference, with the gaps that people and banks put between taken out."""
    parts = list(RUN.finditer(text))
    for first, begin in enumerate(parts):
        run, end = "", begin.start()
        for part in parts[first:]:
            together = BETWEEN.fullmatch(text[end : part.start()])
            if not together or len(run) + len(part[0]) > LONGEST:
                break
            run, end = run + part[0], part.end()
            if len(run) >= SHORTEST and (run[0] == "R" or run[1] == "F" or run[:2] == "FR"):
                yield run


def _one_mistake_away(run: str) -> Iterator[str]:
    for letters in range(1, 5):
        shape = _shape(len(run), letters)
        if shape is not None:
            yield from (each for each in _variants(run, shape) if _right(each))


def _shape(length: int, letters: int) -> tuple[str, ...] | None:
    """Return what may stand at each place of a reference with so many letters."""
    digits = length - 4 - letters
    if not 8 <= digits <= 16:
        return None
    return ("R", "F", DIGITS, DIGITS, *[LETTERS] * letters, *[DIGITS] * digits)


def _variants(run: str, shape: tuple[str, ...]) -> Iterator[str]:
    """Yield what has the shape of a reference and differs by one character, or by two swapped."""
    wrong = [at for at, allowed in enumerate(shape) if run[at] not in allowed]
    if len(wrong) <= 1:
        for at in wrong or range(len(run)):
            yield from (f"{run[:at]}{c}{run[at + 1 :]}" for c in shape[at] if c != run[at])
    if len(wrong) <= 2:
        for at in range(len(run) - 1):
            swapped = f"{run[:at]}{run[at + 1]}{run[at]}{run[at + 2 :]}"
            if swapped != run and all(c in shape[n] for n, c in enumerate(swapped)):
                yield swapped


def _right(whole: str) -> bool:
    return bool(mod_97_10.is_valid(whole[4:] + whole[:4]))
