"""
Words that only the ear hears: homophones, pinyin between characters, digits for syllables.

Known words are looked for by their syllables. A word written with letters or digits in it is
restored from two syllables on, one written with wrong characters alone from three: shorter ones
sound like too much.
"""

import re
from functools import cache
from typing import Any

from qinghe.rules.screen.files import read_rows, read_words
from qinghe.rules.screen.normal import HAN, Normal

_HAN = re.compile(f"[{HAN}]")
_TOKEN = re.compile(f"[{HAN}]|[a-z]+|[0-9]+")
_DIGITS = {
    "0": ("ling",),
    "1": ("yi", "yao"),
    "2": ("er",),
    "3": ("san",),
    "4": ("si",),
    "5": ("wu",),
    "6": ("liu",),
    "7": ("qi",),
    "8": ("ba",),
    "9": ("jiu",),
}
_PURE_FROM = 3
_NOTHING: tuple[str, ...] = ()
Token = tuple[int, int, tuple[str, ...]]
Tree = dict[str, Any]


def restore(normal: Normal) -> Normal:
    """Return the text with words restored that were written by their sound."""
    text = normal.text
    if not _HAN.search(text):
        return normal
    tokens = _tokens(text)
    pieces: list[str] = []
    origin: list[int] = []
    done = index = 0
    while index < len(tokens):
        heard = _heard(tokens, index, text)
        if heard is None:
            index += 1
            continue
        word, last = heard
        start, end = tokens[index][0], tokens[last][1]
        pieces.append(text[done:start] + word)
        origin.extend(normal.origin[done:start])
        origin.extend(_spread(normal.origin[start:end], len(word)))
        done, index = end, last + 1
    if not done:
        return normal
    pieces.append(text[done:])
    origin.extend(normal.origin[done:])
    return Normal("".join(pieces), tuple(origin))


def _spread(places: tuple[int, ...], length: int) -> list[int]:
    """Return places for the characters of a word; its first and last keep theirs."""
    count = len(places)
    if length == 1:
        return [places[-1]]
    return [places[min(i * count // length, count - 1)] for i in range(length - 1)] + [places[-1]]


def _tokens(text: str) -> list[Token]:
    """Return characters, pinyin syllables and digits with the ways they may be read."""
    readings, syllables = _readings(), _syllables()
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        start, word = found.start(), found[0]
        if word[0].isdigit():
            tokens.append((start, found.end(), _DIGITS[word] if len(word) == 1 else _NOTHING))
        elif word[0] > "z":
            tokens.append((start, start + 1, readings.get(word, _NOTHING)))
        else:
            for piece in _cut(word, syllables):
                reading = (piece,) if piece in syllables else _NOTHING
                tokens.append((start, start + len(piece), reading))
                start += len(piece)
    return tokens


def _cut(word: str, syllables: frozenset[str]) -> list[str]:
    """Cut letters into syllables, the longest first; letters that are none stay whole."""
    pieces: list[str] = []
    rest = word
    while rest:
        size = next((n for n in range(min(6, len(rest)), 0, -1) if rest[:n] in syllables), 0)
        if not size:
            return [word]
        pieces.append(rest[:size])
        rest = rest[size:]
    return pieces


def _heard(tokens: list[Token], index: int, text: str) -> tuple[str, int] | None:
    """Return the longest known word that sounds like the tokens from an index on, and its end."""
    found: tuple[str, int] | None = None
    nodes = [_known()]
    last = index
    while last < len(tokens) and (last == index or tokens[last][0] == tokens[last - 1][1]):
        heard = tokens[last][2]
        nodes = [node[sound] for node in nodes for sound in heard if sound in node]
        if not nodes:
            break
        words = [node[""] for node in nodes if "" in node]
        if words and _is_disguised(words[0], [text[a:b] for a, b, _ in tokens[index : last + 1]]):
            found = words[0], last
        last += 1
    return found


def _is_disguised(word: str, written: list[str]) -> bool:
    """Tell whether a word was written otherwise than it is, and long enough to be heard."""
    other = [piece for char, piece in zip(word, written, strict=True) if char != piece]
    foreign = [piece for piece in other if piece.isascii()]
    if not other or len(foreign) == len(word) < _PURE_FROM:
        # Letters alone, without a character beside them, may be another language.
        return False
    return len(word) >= _PURE_FROM or len(foreign) == len(other)


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    readings: dict[str, tuple[str, ...]] = {}
    for row in read_rows("sounds.txt"):
        sound, _, chars = row.partition(" ")
        for char in chars:
            readings[char] = (*readings.get(char, ()), sound)
    return readings


@cache
def _syllables() -> frozenset[str]:
    return frozenset(sound for sounds in _readings().values() for sound in sounds)


@cache
def _known() -> Tree:
    """Return the known words as a tree of syllables; an empty syllable ends a word."""
    root: Tree = {}
    for word in " ".join(read_words("heard.yaml").values()).split():
        nodes = [root]
        for char in word:
            nodes = [node.setdefault(sound, {}) for node in nodes for sound in _readings()[char]]
        for node in nodes:
            node.setdefault("", word)
    return root
