"""
Undo disguises of a text, and remember where every character came from.

Width and compatibility forms, letter case, invisible and combining marks, traditional characters,
emoji that stand for words, letters written as digits, and marks or spaces put between the
characters of a word.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import category, normalize

from qinghe.rules.screen.files import read_rows, read_words

LAST_LATIN = "\u0370"
HAN = "\u4e00-\u9fff"
# What people put between the characters of a word, so that no filter finds it.
SPLITTERS = " .*_·•・~^+#=|/\\'`\"-"
_SPLIT_HAN = re.compile(rf"(?<=[{HAN}])[{re.escape(SPLITTERS)}]{{1,3}}(?=[{HAN}])")
_SPLIT_MIXED = re.compile(rf"(?<=[{HAN}])[ *_]{{1,2}}(?=[a-z])|(?<=[a-z])[ *_]{{1,2}}(?=[{HAN}])")
_SPLIT_LETTERS = re.compile(r"(?<![a-z])[a-z](?:[ .*_~+|-]{1,2}[a-z])+(?![a-z'])")
_LETTER_DIGITS = re.compile(r"(?<![a-z0-9])[a-z]+[01345@$!][a-z]+(?![a-z0-9])")
_DIGIT_LETTERS = str.maketrans("01345@$!", "oieasasi")
_QUOTES = str.maketrans("’‘“”「」『』", '\'\'""""""')


@dataclass(frozen=True, slots=True)
class Normal:
    """A text without disguises; `origin[i]` is where its character i stands in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a non-empty place in the text."""
        return self.origin[start], self.origin[end - 1] + 1


def normalise(text: str) -> Normal:
    """Return a text without disguises."""
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        plain = _plain(char)
        chars.append(plain)
        origin.extend([index] * len(plain))
    return _joined("".join(chars), origin)


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """Return what one character stands for; nothing when it cannot be seen."""
    word = _emoji().get(char)
    if word is not None:
        return word
    if char in "\n\r\t\u3000":
        return "\n" if char in "\n\r" else " "
    # Letters are taken from their accents and tone marks; other scripts are left whole.
    latin = char < LAST_LATIN or "\u1e00" <= char < "\u1f00"
    plain = normalize("NFKD" if latin else "NFKC", char).lower().translate(_QUOTES)
    simplified = _simplified()
    return "".join(simplified.get(each, each) for each in plain if _is_seen(each))


def _is_seen(char: str) -> bool:
    kind = category(char)
    return kind not in ("Cf", "Mn", "Me", "Cc", "Cs", "Co") and not (
        kind == "So" and char > "\u2fff"
    )


def _joined(text: str, origin: list[int]) -> Normal:
    """Take splitters out of words, and read digits inside words as letters."""
    dropped: set[int] = set()
    for gaps in (_SPLIT_HAN, _SPLIT_MIXED):
        for found in gaps.finditer(text):
            dropped.update(range(*found.span()))
    for found in _SPLIT_LETTERS.finditer(text):
        dropped.update(i for i in range(*found.span()) if not text[i].isalpha())
    if any(char in text for char in "01345@$!"):
        text = _LETTER_DIGITS.sub(lambda found: found[0].translate(_DIGIT_LETTERS), text)
    if not dropped:
        return Normal(text, tuple(origin))
    kept = [i for i in range(len(text)) if i not in dropped]
    return Normal("".join([text[i] for i in kept]), tuple([origin[i] for i in kept]))


@cache
def _simplified() -> dict[str, str]:
    rows = read_rows("traditional.txt")
    return {
        old: new
        for olds, news in zip(rows[::2], rows[1::2], strict=True)
        for old, new in zip(olds, news, strict=True)
    }


@cache
def _emoji() -> dict[str, str]:
    return {emoji: word for word, row in read_words("emoji.yaml").items() for emoji in row.split()}
