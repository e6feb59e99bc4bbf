"""
Patterns: words by meaning that follow each other, in the light of role and facts.

`<threat> .. <family>` wants a word of one meaning and, up to sixteen characters later in the same
sentence, one of another. A plain space allows four characters, `~` ten in the same clause, `...`
the whole sentence, `//` the rest of the text. A group of words may stand in place of a meaning
(`付款|还款`); `_` is a space in it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from qinghe.rules.screen.spots import Spot, Spotted

# How far apart two words of a pattern may stand, and what they must share.
GAPS = {
    "": (4, "sentence"),
    "~": (10, "clause"),
    "..": (16, "sentence"),
    "...": (80, "sentence"),
    "//": (200, "text"),
}
# Matches any text at all: for what is forbidden whatever is said.
ANYTHING = "*"
# Sentences that warn of a forbidden act, or tell how to report one, do not commit it.
SHIELD = "shield"
# Those that say so at their head (`if anyone …`) speak of others to their end.
FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Step:
    """A meaning, and how far behind the step before it may stand."""

    meaning: str
    reach: int
    within: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    One way to commit an act.

    It counts when all of `when` and none of `unless` hold (role, surface, channel, pack, facts),
    and when no word of `without` is in its sentence, or of `nowhere` in the text. Denial excuses it
    unless `flat`.
    """

    steps: tuple[Step, ...]
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    flat: bool = False
    rules: tuple[str, ...] = ()
    meanings: frozenset[str] = field(default=frozenset())

    def applies(self, words: frozenset[str]) -> bool:
        """Tell whether the case is one the pattern is about."""
        return self.when <= words and self.unless.isdisjoint(words)


def parse_pattern(row: str | Mapping[str, Any], literals: dict[str, list[str]]) -> Pattern:
    """
    Read a pattern; groups of words written in it are added to the literals under their own text.

    :raises ValueError: a gap where a word belongs
    """
    entry = {"find": row} if isinstance(row, str) else row
    steps = tuple(_steps(str(entry["find"]), literals))
    return Pattern(
        steps=steps,
        when=frozenset(entry.get("when", ())),
        unless=frozenset(entry.get("unless", ())),
        without=tuple(entry.get("without", ())),
        nowhere=tuple(entry.get("nowhere", ())),
        flat=bool(entry.get("flat", False)),
        rules=tuple(entry.get("rules", ())),
        meanings=frozenset(step.meaning for step in steps) - {ANYTHING},
    )


def _steps(find: str, literals: dict[str, list[str]]) -> Iterator[Step]:
    gap = ""
    for token in find.split():
        if token in GAPS:
            gap = token
            continue
        meaning = token
        if token.startswith("<"):
            meaning = token.strip("<>")
        elif token != ANYTHING:
            literals.setdefault(token, [word.replace("_", " ") for word in token.split("|")])
        yield Step(meaning, *GAPS[gap])
        gap = ""
    if gap:
        raise ValueError(f"{find}: ends with a gap")


def match(pattern: Pattern, text: Spotted) -> Spot | None:
    """Return the first place where a pattern matches and nothing excuses it."""
    if any(text.has(meaning) for meaning in pattern.nowhere):
        return None
    if pattern.steps[0].meaning == ANYTHING:
        return Spot(0, len(text.text)) if text.text.strip() else None
    for spots in _runs(pattern.steps, text, ()):
        if not _is_excused(pattern, spots, text):
            return Spot(spots[0].start, spots[-1].end)
    return None


def _runs(
    steps: Sequence[Step], text: Spotted, before: tuple[Spot, ...]
) -> Iterator[tuple[Spot, ...]]:
    """Yield every run of spots that fits the steps."""
    if len(before) == len(steps):
        yield before
        return
    step = steps[len(before)]
    spots = text.by_meaning.get(step.meaning, [])
    first = bisect_left(spots, before[-1].end, key=_start) if before else 0
    for spot in islice(spots, first, None):
        if before and spot.start - before[-1].end > step.reach:
            break
        if not before or _belongs(before[-1], spot, step, text):
            yield from _runs(steps, text, (*before, spot))


def _start(spot: Spot) -> int:
    return spot.start


def _belongs(earlier: Spot, later: Spot, step: Step, text: Spotted) -> bool:
    if step.within == "clause":
        return text.clause(earlier.start) == text.clause(later.start)
    return step.within == "text" or text.sentence(earlier.start) == text.sentence(later.start)


def _is_excused(pattern: Pattern, spots: Sequence[Spot], text: Spotted) -> bool:
    sentences = {text.sentence(spot.start) for spot in spots}
    if any(text.has(FRAME, sentence) for sentence in sentences):
        return True
    first, last = text.clause(spots[0].start), text.clause(spots[-1].start)
    for meaning in (SHIELD, *pattern.without):
        if any(text.is_near(meaning, sentence, first, last) for sentence in sentences):
            return True
    return not pattern.flat and any(text.is_denied(spot) for spot in spots)
