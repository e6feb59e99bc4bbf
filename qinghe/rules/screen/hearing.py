"""
What no list of words foresees, as four trained linear models hear it.

`insult` was trained on COLD (Deng et al., Chinese Offensive Language Dataset, Apache-2.0), on its
training split alone. `pressure` was trained on sentences of the house, lawful and not, with turns
of CrossWOZ (Zhu et al., Apache-2.0) as everyday talk; `others` on sentences to third persons;
`demand` on sentences that ask for money or do not. The sentences of the house are in
`tests/situations/utterance`. All by `qinghe screen train`; the files hold weights and no text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from qinghe.rules.screen.files import read_bytes, read_words
from qinghe.rules.screen.lexicon import lexicon, topic
from qinghe.rules.screen.linear import Model, split, unpack
from qinghe.rules.screen.meanings import meanings
from qinghe.rules.screen.spots import Spotted

# With fewer words a text says too little to be judged by its sound.
FEWEST_WORDS = 5
PRESSURE = "pressure"
# The model of insults knows comments, not letters of this house: what the model of pressure hears
# as so calm is none.
CALM = -1.0
# As many acts are named by their words where only the ear hears pressure.
LIKELY = 2
# Officers write about debtors; whoever presses one speaks to somebody, or of himself. A line that
# speaks of debtors only, of what is and not of what is to come, and of no act but loans, is not
# pressure by its sound alone.
ABOUT_DEBTORS = re.compile(r"\b(?:debtors?|borrowers?)\b")
TO_SOMEBODY = re.compile(
    r"\b(?:you|your|yours|yourself|ya|u|ur|we|our|us|i|my|me|will|shall|must|should|would|can|could|"
    r"may|might|going|gonna|get|gets|soon|tonight|today|tomorrow|now|next|until|unless|if|or|when|"
    r"never|always|better|let|make|makes)\b|['’]ll\b|[\u4e00-\u9fff]"
)
TALK_OF_LOANS = frozenset({"new_debt"})
LINES = re.compile(r"[^\n]+")
# A desk asks for a readable paper in words that the model has heard in threats: picture, note.
NO_WORD = re.compile(r"\W+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Ear:
    """
    A model, the act it listens for, and the pieces of a text it listens to.

    `when` and `unless` are as in a pattern. An envelope has no tone.
    """

    act: str
    file: str
    piece: re.Pattern[str]
    chinese_only: bool = False
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset({"envelope"})


EARS = (
    Ear("insult", "insult.bin", re.compile(r"[^。!?;\n]+"), chinese_only=True),
    Ear("pressure", "pressure.bin", LINES),
    # Pressure on a claim that must wait, or that is too old, breaks the rules of that as well.
    *(
        Ear("held_claim", "pressure.bin", LINES, when=frozenset({fact}))
        for fact in ("disputed", "validation_period_open", "plan_kept")
    ),
    # So does any asking for the money.
    *(
        Ear("held_claim", "demand.bin", LINES, when=frozenset({fact}))
        for fact in ("disputed", "validation_period_open", "plan_kept")
    ),
    Ear("limitation", "pressure.bin", LINES, when=frozenset({"time_barred"})),
    Ear(
        "third_party",
        "others.bin",
        LINES,
        when=frozenset({"third"}),
        unless=frozenset({"envelope", "may_be_told"}),
    ),
)


@cache
def model(file: str) -> Model:
    """
    Return a model that ships with the house. Its file is read once.

    :raises ValueError: not a file of weights
    """
    return unpack(read_bytes(file))


def heard(text: Spotted, words: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """
    Yield act, start and end of pieces of a normalised text that sound like the act.

    `words` are what is known of the case: role, surface, facts. Pressure is named twice where its
    words tell what it is about.
    """
    for ear in EARS:
        if not ear.when <= words or not ear.unless.isdisjoint(words):
            continue
        if ear.chinese_only and not _HAN.search(text.text):
            continue
        judge = model(ear.file)
        for found in ear.piece.finditer(text.text):
            if _is_like(found[0], text, found.span(), judge) and not (
                ear.chinese_only and _is_calm(found[0], text, found.span())
            ):
                for code in _acts(ear, text, found, words):
                    yield code, *found.span()


def _is_like(piece: str, text: Spotted, place: tuple[int, int], judge: Model) -> bool:
    if len(split(piece)) < FEWEST_WORDS:
        return False
    known = meanings(text, *place) if judge.wants_meanings else ()
    return judge.score(piece, known) >= judge.threshold


def _is_calm(piece: str, text: Spotted, place: tuple[int, int]) -> bool:
    judge = model("pressure.bin")
    return judge.score(piece, meanings(text, *place)) <= CALM


def _acts(ear: Ear, text: Spotted, found: re.Match[str], words: frozenset[str]) -> tuple[str, ...]:
    """Return the acts of a piece that an ear has heard; pressure is named by its topic as well."""
    if ear.act != PRESSURE:
        return (ear.act,)
    if _asks_for_papers(found[0]):
        return ()
    about = _about(text, *found.span(), words)
    return () if _is_report(found[0], about) else (ear.act, *about)


def _asks_for_papers(piece: str) -> bool:
    """Tell whether a piece has a paper in it and nothing but the words of a desk that asks."""
    every, papers = _desk()
    return bool(papers.search(piece)) and not NO_WORD.sub("", every.sub("", piece))


@cache
def _desk() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds any word of the desk, the longest first, and what finds its papers."""
    words = {kind: text.split() for kind, text in read_words("desk.yaml").items()}
    every = sorted({each for kind in words.values() for each in kind}, key=len, reverse=True)
    return re.compile("|".join(every)), re.compile("|".join(words["paper"]))


def _is_report(piece: str, about: list[str]) -> bool:
    spoken = ABOUT_DEBTORS.search(piece) and not TO_SOMEBODY.search(piece)
    return bool(spoken) and frozenset(about) <= TALK_OF_LOANS


def _about(text: Spotted, start: int, end: int, words: frozenset[str]) -> list[str]:
    """Return the acts, two at most, that most words of a piece are about."""
    counts = {
        each.code: len(
            {
                spot.start
                for spot in text.by_meaning.get(topic(each.code), ())
                if start <= spot.start < end
            }
        )
        for each in lexicon().acts
        if each.heard_when <= words
    }
    most = sorted((code for code in counts if counts[code]), key=lambda code: -counts[code])
    return most[:LIKELY]
