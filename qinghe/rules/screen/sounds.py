"""
Words that only the ear hears: homophones, pinyin between characters, digits for syllables.

Known words are looked for by their syllables. A word written with letters or digits in it is
restored from two syllables on, one written with wrong characters alone from three: shorter ones
sound like too much. Syllables may stand apart where so many follow each other that they can be
nothing but pinyin.
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
# From so many syllables on end letters are pinyin beside characters, and where there are none.
_PINYIN_FROM = 3
_PINYIN_ALONE_FROM = 5
_LETTERS = re.compile(r"[a-z]+")
_NOTHING: tuple[str, ...] = ()
# Start, end, readings, and whether it can be nothing but pinyin.
Token = tuple[int, int, tuple[str, ...], bool]
Tree = dict[str, Any]


def restore(normal: Normal) -> Normal:
    """Return the text with words restored that were written by their sound."""
    text = normal.text
    alone = not _HAN.search(text)
    if alone and not _is_pinyin(text):
        return normal
    tokens = _together(_tokens(text), text)
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


def _is_pinyin(text: str) -> bool:
    """Tell whether a text without characters is pinyin: every word of it, and enough of them."""
    syllables = _syllables()
    count = 0
    for word in _LETTERS.findall(text):
        pieces = _cut(word, syllables)
        if pieces[0] not in syllables:
            return False
        count += len(pieces)
    return count >= _PINYIN_ALONE_FROM


def _together(tokens: list[Token], text: str) -> list[Token]:
    """Let syllables that only a space parts touch, where they can be nothing but pinyin."""
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and _goes_on(tokens[end - 1], tokens[end], text):
            end += 1
        if end - start >= _PINYIN_FROM:
            starts = [token[0] for token in tokens[start + 1 : end]] + [tokens[end - 1][1]]
            tokens[start:end] = [
                (token[0], stop, token[2], True)
                for token, stop in zip(tokens[start:end], starts, strict=True)
            ]
        start = end
    return tokens


def _goes_on(earlier: Token, later: Token, text: str) -> bool:
    gap = text[earlier[1] : later[0]]
    letters = text[earlier[0]] <= "z" and text[later[0]] <= "z"
    return letters and gap in ("", " ", "-", "'") and bool(earlier[2] and later[2])


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
            reading = _DIGITS[word] if len(word) == 1 else _NOTHING
            tokens.append((start, found.end(), reading, False))
        elif word[0] > "z":
            tokens.append((start, start + 1, readings.get(word, _NOTHING), False))
        else:
            for piece in _cut(word, syllables):
                reading = (piece,) if piece in syllables else _NOTHING
                tokens.append((start, start + len(piece), reading, False))
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
        if words and _is_disguised(words[0], tokens[index : last + 1], text):
            found = words[0], last
        last += 1
    return found


def _is_disguised(word: str, tokens: list[Token], text: str) -> bool:
    """Tell whether a word was written otherwise than it is, and long enough to be heard."""
    written = [text[start:end] for start, end, _, _ in tokens]
    other = [piece for char, piece in zip(word, written, strict=True) if char != piece]
    foreign = [piece for piece in other if piece.isascii()]
    if all(token[3] for token in tokens):
        return True
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
