"""
To which claim and kind a file belongs, told by its name and folders alone. Pure.

A wrong claim would show one person's papers to another, so whatever is not sure is named and left
out. A number must stand there whole: "12" is not found in "123". Blanks, dashes, brackets and the
width of letters may differ; the longest number wins when it holds the shorter ones. What may as
well be a day, a telephone or a copy's number counts only where nothing else stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from qinghe.claims.bundling.kindwords import kinds_in
from qinghe.claims.bundling.otherwise import other_numbers
from qinghe.claims.bundling.refusals import (
    KindNotTold,
    KindOfSeveral,
    NumberNotFound,
    NumberNotTaken,
    NumberOfSeveral,
    NumberUnsure,
)
from qinghe.claims.terms import EvidenceKind
from qinghe.kernel.errors import DomainError

# A run of Latin letters and digits is never cut; every other letter stands for itself.
TOKEN: Final = re.compile(r"[0-9A-Z]+|[^\W_]")
DIGIT: Final = re.compile("[0-9]")
# What people number contracts by; the days and pictures that machines count are no contracts.
LIKELY: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z](?:[-_./]?[0-9A-Z]){3,}(?![0-9A-Z])")
COUNTED: Final = re.compile(
    r"(?:IMG|DSC|SCAN|DOC|PIC|PHOTO|MMEXPORT|WECHAT|WX|FILE|PAGE|P)?[-_]?[0-9]{0,3}"
    r"|(?:IMG|DSC|SCAN|PHOTO|MMEXPORT|WECHAT|WX)[-_0-9]*|(?:19|20)[0-9]{2}[-_.]?[0-9]{2}[-_.]?[0-9]{2}"
)
LONGEST_NAME: Final = 200
LONGEST_NUMBER: Final = 64
# Below it a number is any page, flat or day.
SHORTEST_NUMBER: Final = 4
# Names made to hold thousands of numbers would only cost room.
MOST_TOKENS: Final = 30
MOST_FOLDERS: Final = 3
SHOWN: Final = 3


@dataclass(frozen=True)
class Numbered:
    """A claim and its contract number as it is on record."""

    claim_id: UUID
    number: str


Known = Mapping[str, list[Numbered]]


@dataclass(frozen=True)
class _Found:
    """
    A number in a name: from where to where, whose, and whether it is spelt as on record.

    It is sure where it cannot well be something else.
    """

    start: int
    end: int
    whose: Numbered
    spelt: bool
    sure: bool

    def holds(self, other: _Found) -> bool:
        return self.start <= other.start and other.end <= self.end


def spelling(text: str) -> str:
    """Return a text with wide letters made narrow and small ones large."""
    return unicodedata.normalize("NFKC", text).upper()


def key(number: str) -> str:
    """Return a contract number without blanks and signs, so that spellings can be compared."""
    return "".join(TOKEN.findall(spelling(number)))


def keys_of(name: str) -> set[str]:
    """Return everything in a name and its folders that may be a contract number, as keys."""
    return {found for part in _parts(name) for _start, _end, found in _spans(part)}


def claim_of(name: str, known: Known) -> tuple[Numbered, str]:
    """
    Return whose file this is by its name, else its nearest folder; and the name without the number.

    :param known: claims by the key of their contract number
    :raises NumberNotFound: nothing there looks like a number
    :raises NumberNotTaken: a number stands there, and no claim has it
    :raises NumberOfSeveral: several claims fit, or the name and a folder contradict each other
    :raises NumberUnsure: what stands there may as well be a day, a telephone or a copy's number
    """
    chosen: Numbered | None = None
    rest, unsure = [], []
    for part in _parts(name):
        there = _found(part, known)
        unsure += [each.whose for each in there if not each.sure]
        found = _one([each for each in there if each.sure])
        if found is None:
            rest.append(part)
            continue
        if chosen is not None and chosen.claim_id != found.whose.claim_id:
            raise NumberOfSeveral(numbers=_shown([chosen, found.whose]))
        chosen = found.whose
        rest.append(f"{part[: found.start]} {part[found.end :]}")
    if chosen is None:
        raise _not_told(unsure) if unsure else _unknown(name)
    return chosen, "/".join(reversed(rest))


def kind_of(rest: str, otherwise: str = "") -> EvidenceKind:
    """
    Return what a file proves by its name, else its nearest folder, else what was chosen.

    :param rest: the name without the contract number
    :raises KindNotTold: no word tells it, and nothing was chosen
    :raises KindOfSeveral: several words tell different kinds
    """
    for part in _parts(rest):
        kinds = kinds_in(part)
        if len(kinds) > 1:
            raise KindOfSeveral(kinds=" / ".join(str(each.label) for each in sorted(kinds)))
        if kinds:
            return kinds.pop()
    if not otherwise:
        raise KindNotTold
    return EvidenceKind(otherwise)


def known_of(claims: Iterable[tuple[UUID, str]], wanted: set[str]) -> dict[str, list[Numbered]]:
    """Return the claims whose number may stand in some name, by its key."""
    found: dict[str, list[Numbered]] = {}
    for claim_id, number in claims:
        made = key(number)
        if made in wanted:
            found.setdefault(made, []).append(Numbered(claim_id, number))
    return found


def _unknown(name: str) -> NumberNotFound | NumberNotTaken:
    """Return why no claim was found: a number that no claim has, or none at all."""
    for part in _parts(name):
        likely = [x for x in LIKELY.findall(part) if DIGIT.search(x) and not COUNTED.fullmatch(x)]
        if likely:
            return NumberNotTaken(number=max(likely, key=len)[:LONGEST_NUMBER])
    return NumberNotFound()


def _parts(name: str) -> list[str]:
    """Return the name without its ending and then its folders, the nearest first."""
    path = PurePosixPath(name)
    folders = [each for each in path.parts[:-1] if each not in ("/", "..")]
    stem = path.stem if len(path.suffix) <= 6 else path.name
    nearest = list(reversed(folders))[:MOST_FOLDERS]
    return [spelling(each)[:LONGEST_NAME] for each in (stem, *nearest)]


def _spans(part: str) -> Iterator[tuple[int, int, str]]:
    tokens = list(TOKEN.finditer(part))[:MOST_TOKENS]
    for first, token in enumerate(tokens):
        text = ""
        for last in tokens[first:]:
            text += last[0]
            if len(text) > LONGEST_NUMBER:
                break
            if DIGIT.search(text):
                yield token.start(), last.end(), text


def _found(part: str, known: Known) -> list[_Found]:
    """Return every number that stands in a part of a name."""
    others = other_numbers(part)
    found = []
    for start, end, text in _spans(part):
        for whose in known.get(text, ()):
            spelt = _spelt(whose, part[max(start - 1, 0) : end + 1])
            alone = spelling(whose.number).strip() == part.strip()
            more = all(b <= start or end <= a or _more(start, end, a, b) for a, b in others)
            sure = alone or (more and len(text) >= SHORTEST_NUMBER)
            found.append(_Found(start, end, whose, spelt, sure))
    return found


def _more(start: int, end: int, first: int, last: int) -> bool:
    """Tell whether a number holds a day or the like, and more than it."""
    return start <= first and last <= end and (start, end) != (first, last)


def _one(found: list[_Found]) -> _Found | None:
    """Return the one number of those in a part of a name, or nothing."""
    if not found:
        return None
    # As on record goes before any other spelling: of A-1 and A1 each is meant by its own.
    best = max(found, key=lambda each: (each.spelt, each.end - each.start))
    others = [e for e in found if e.whose.claim_id != best.whose.claim_id and not _inside(e, best)]
    if others:
        raise NumberOfSeveral(numbers=_shown([best.whose, *(each.whose for each in others)]))
    return best


def _not_told(unsure: list[Numbered]) -> DomainError:
    if len({each.claim_id for each in unsure}) > 1:
        return NumberOfSeveral(numbers=_shown(unsure))
    return NumberUnsure(number=unsure[0].number)


def _spelt(whose: Numbered, there: str) -> bool:
    return spelling(whose.number).strip() in there


def _inside(other: _Found, best: _Found) -> bool:
    """Tell whether another number is only a part of the best, or the same in another spelling."""
    same = (other.start, other.end) == (best.start, best.end)
    return best.holds(other) and (not same or (best.spelt and not other.spelt))


def _shown(several: list[Numbered]) -> str:
    numbers = list(dict.fromkeys(each.number for each in several))
    return ", ".join(numbers[:SHOWN]) + (" …" if len(numbers) > SHOWN else "")
