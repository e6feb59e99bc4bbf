"""Find the words of the lexicon in a text, by meaning, with their clauses and sentences."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

# A dot ends a sentence before a space or a character, never inside a number or an address.
_SENTENCE = re.compile(r"[。!?;\n…]|\.(?=\s|$)")
# A comma in a list parts no clauses: `no cash, cheques or cards`, `police, jail: none of it`.
_LIST = (
    r"(?!\s*(?:[a-z-]+,?\s){1,3}n?or\s(?!i\b|we\b|you\b|they\b|else\b|my\b|our\b))"
    r"(?!\s*[a-z-]+\s*[,:])"
)
_PAUSE = re.compile(
    rf",{_LIST}|[:—]|\s-\s|\b(?:but|unless|or else|otherwise)\b|但是|但|否则|不然|要不"
)
# A word that ends so may go on: `threat*`.
OPEN = "*"
ENDS = ""
DENIAL = "negator"
DENYING = "不没别勿休莫无"
# Idioms that hold a word of denial and deny nothing: `不得好死`, `if you don't pay`.
HOLLOW = ("hollow_denial", "unpaid")
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """A word of one meaning at a half-open place of the text."""

    start: int
    end: int


def grow(words: Mapping[str, Sequence[str]]) -> Tree:
    """Return a tree of characters over words by meaning, to be searched with `Spotted`."""
    root: Tree = {}
    for meaning, group in words.items():
        for word in group:
            node = root
            for char in word.removesuffix(OPEN):
                node = node.setdefault(char, {})
            ends: list[tuple[str, bool]] = node.setdefault(ENDS, [])
            ends.append((meaning, word.endswith(OPEN)))
    return root


class Spotted:
    """A text with the words found in it."""

    __slots__ = (
        "_clauses",
        "_denied",
        "_inside",
        "_seen",
        "_sentences",
        "by_meaning",
        "disguised",
        "text",
    )

    def __init__(self, text: str, tree: Tree) -> None:
        self.text = text
        self.disguised = False
        self._sentences = [found.start() for found in _SENTENCE.finditer(text)]
        pauses = [found.start() for found in _PAUSE.finditer(text)]
        self._clauses = sorted({*self._sentences, *pauses})
        self.by_meaning = _search(text, tree)
        # Where the first word of denial ends, by clause.
        self._denied: dict[int, int] = {}
        self._inside: set[int] = set()
        for each in self._denials():
            clause = self.clause(each.start)
            self._inside.update(range(each.start + 1, each.end))
            self._denied[clause] = min(each.end, self._denied.get(clause, each.end))
        self._seen: dict[str, set[int]] = {}

    def sentence(self, place: int) -> int:
        """Return the number of the sentence a place is in."""
        return bisect_right(self._sentences, place)

    def clause(self, place: int) -> int:
        """Return the number of the clause a place is in."""
        return bisect_right(self._clauses, place)

    def has(self, meaning: str, sentence: int | None = None) -> bool:
        """Tell whether a word of a meaning is in a sentence, or anywhere."""
        spots = self.by_meaning.get(meaning, ())
        if sentence is None:
            return bool(spots)
        if meaning not in self._seen:
            self._seen[meaning] = {self.sentence(spot.start) for spot in spots}
        return sentence in self._seen[meaning]

    def is_near(self, meaning: str, sentence: int, first: int, last: int) -> bool:
        """Tell whether a word of a meaning is in a sentence, in or beside some of its clauses."""
        return self.has(meaning, sentence) and any(
            first - 1 <= self.clause(spot.start) <= last + 1
            and self.sentence(spot.start) == sentence
            for spot in self.by_meaning[meaning]
        )

    def is_denied(self, spot: Spot) -> bool:
        """
        Tell whether a word of denial stands before a spot in its clause.

        It may reach into the spot (`没有人` into `有人会去`) unless that begins with one itself.
        """
        end = self._denied.get(self.clause(spot.start))
        before = end is not None and end <= spot.start
        return before or (spot.start in self._inside and self.text[spot.start] not in DENYING)

    def _denials(self) -> list[Spot]:
        """Return the words of denial that are not a part of an idiom that denies nothing."""
        idioms = sorted(
            (spot.start, spot.end) for name in HOLLOW for spot in self.by_meaning.get(name, ())
        )
        # How far the idioms that have begun reach: one look per word, however many there are.
        starts = [start for start, _ in idioms]
        reach = [0, *accumulate((end for _, end in idioms), max)]
        return [
            spot
            for spot in self.by_meaning.get(DENIAL, ())
            if reach[bisect_left(starts, spot.end)] < spot.end
        ]


def _search(text: str, tree: Tree) -> dict[str, list[Spot]]:
    found: dict[str, list[Spot]] = {}
    size = len(text)
    for start, char in enumerate(text):
        node = tree.get(char)
        if node is None or (start and _joins(text[start - 1], char)):
            continue
        place = start + 1
        while node is not None:
            for meaning, is_open in node.get(ENDS, ()):
                if is_open or _is_whole(text, place, size):
                    found.setdefault(meaning, []).append(Spot(start, place))
            node = node.get(text[place]) if place < size else None
            place += 1
    for spots in found.values():
        # Of two words that begin together the longer says more.
        spots.sort(key=lambda spot: (spot.start, -spot.end))
    return found


def _is_whole(text: str, place: int, size: int) -> bool:
    return place >= size or not _joins(text[place - 1], text[place])


def _joins(before: str, after: str) -> bool:
    """Tell whether two characters are of one word: letters with letters, digits with digits."""
    return ("a" <= before <= "z" and "a" <= after <= "z") or (
        "0" <= before <= "9" and "0" <= after <= "9"
    )
