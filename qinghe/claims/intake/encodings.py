"""
In which encoding a text file is, judged by a bounded head. Pure.

UTF-8 proves itself: hardly any other text decodes strictly. GB18030 and Big5 do not: most text of
one also decodes as the other. What tells them apart is how common the characters of each reading
are. Both standards put the common characters first (GB 2312 level 1, Big5 level 1), and a wrong
reading falls mostly into the rare ones. When both readings are about equally common, we ask.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from qinghe.claims.intake.unreadable import (
    NOT_TEXT,
    NOT_THIS_ENCODING,
    NULS,
    EncodingUnsure,
    unreadable,
)
from qinghe.claims.intake.vocabulary import header_words

HEAD: Final = 64 * 1024
SHOWN_LINES: Final = 4
SHOWN_WIDTH: Final = 160
# What may be chosen; Big5 as Windows writes it.
CODECS: Final = {
    "utf-8": "utf-8",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "gb18030": "gb18030",
    "big5": "cp950",
    "windows-1252": "cp1252",
}
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# GB 2312 level 1 and Big5 level 1 as lead bytes of a pair.
GB_COMMON: Final = range(0xB0, 0xD8)
BIG5_COMMON: Final = range(0xA4, 0xC7)
# Shares of common characters: such a reading is plausible, such a lead over the other is sure.
PLAUSIBLE: Final = 0.6
LEAD: Final = 0.25
FEWEST: Final = 6
# Signs that no text has; some systems part their cells by \x01 and \x1f.
CONTROLS: Final = re.compile(r"[\x00\x02-\x08\x0b\x0e-\x1e\x7f-\x9f]")
# Words of scripts that UTF-8 writes with two bytes a letter, so few that chance explains them.
FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
THREE_BYTES: Final = "\u0800"
FEW: Final = 12


@dataclass(frozen=True)
class Reading:
    """One way to read a file: the encoding and its first lines."""

    encoding: str
    lines: tuple[str, ...]


def decode(content: bytes, chosen: str = "") -> str:
    """
    Return the text of a file in the encoding that was chosen, or else the one it is in.

    :raises FileUnreadable: no known encoding, or not the chosen one
    :raises EncodingUnsure: it could be more than one, and none was chosen
    """
    encoding = chosen or encoding_of(content)
    mark = next((bom for bom, name in BOMS if name == encoding and content.startswith(bom)), b"")
    try:
        text = content[len(mark) :].decode(CODECS[encoding])
    except (UnicodeDecodeError, KeyError):
        raise unreadable(NOT_THIS_ENCODING, encoding=encoding) from None
    if "\0" in text:
        raise unreadable(NULS)
    return text


def encoding_of(content: bytes) -> str:
    """
    Return the name of a file's encoding: its mark, else UTF-8, UTF-16, GB18030 or Big5.

    :raises FileUnreadable: none of them
    :raises EncodingUnsure: GB18030 and Big5 are both plausible
    """
    for bom, name in BOMS:
        if content.startswith(bom):
            return name
    if b"\0" in content[:HEAD]:
        return _wide(content)
    if decodes(content, "utf-8") and not _by_chance(content):
        return "utf-8"
    able = [name for name in ("gb18030", "big5") if decodes(content, name)]
    sure = _chinese(content[:HEAD], able)
    if sure:
        return sure
    possible = readings(content)
    if not possible:
        raise unreadable(NOT_TEXT)
    raise EncodingUnsure(readings=", ".join(each.encoding for each in possible))


def readings(content: bytes) -> list[Reading]:
    """Return the first lines of a file in every encoding that it could have."""
    names = [name for name in CODECS if not name.startswith("utf-16") or b"\0" in content[:HEAD]]
    found = []
    for name in names:
        text = _head(content[:HEAD], name)
        if text and not CONTROLS.search(text) and decodes(content, name):
            lines = [line[:SHOWN_WIDTH] for line in text.splitlines() if line.strip()]
            found.append(Reading(name, tuple(lines[:SHOWN_LINES])))
    return found


def decodes(content: bytes, encoding: str) -> bool:
    """Tell whether a whole file decodes, piece by piece: no second copy of it is made."""
    reader = codecs.getincrementaldecoder(CODECS[encoding])()
    view = memoryview(content)
    try:
        for start in range(0, len(content), HEAD):
            reader.decode(view[start : start + HEAD])
        reader.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: NULs stand at one side of the letters of the delimiters."""
    found = [
        (_western(text), name)
        for name in ("utf-16-le", "utf-16-be")
        if len(content) % 2 == 0 and (text := _head(content[:HEAD], name)) is not None
    ]
    best = max(found, default=(0.0, ""))
    if best[0] < 0.1 or not decodes(content, best[1]):
        raise unreadable(NULS)
    return best[1]


def _by_chance(content: bytes) -> bool:
    """Tell whether a few Chinese words in GB18030 happen to be strict UTF-8, as 联通 nearly is."""
    text = _head(content[:HEAD], "utf-8") or ""
    runs = FOREIGN.findall(text)
    short = len(runs) > 0 and sum(map(len, runs)) <= FEW and len(content) <= HEAD
    narrow = all(len(run) > 1 and max(run) < THREE_BYTES for run in runs)
    return short and narrow and decodes(content, "gb18030")


def _western(text: str) -> float:
    """Return the share of letters, digits, delimiters and line ends of a table; 0 with NULs."""
    plain = sum(1 for sign in text if " " <= sign <= "~" or sign in "\r\n\t")
    return 0.0 if "\0" in text else plain / max(len(text), 1)


def _chinese(head: bytes, able: list[str]) -> str | None:
    known = [name for name in able if _names_columns(_head(head, name) or "")]
    if len(known) == 1:
        return known[0]
    shares = {name: _common(head, name) for name in able}
    seen = sum(1 for _pair in _pairs(_head(head, "gb18030") or "", "gb18030"))
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    if not ranked or seen < FEWEST or ranked[0][1] < PLAUSIBLE:
        return None
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0] if ranked[0][1] - second >= LEAD else None


def _names_columns(text: str) -> bool:
    lines = text.splitlines()[:20]
    return any(word in line for line in lines for word in header_words())


def _common(head: bytes, name: str) -> float:
    common = GB_COMMON if name == "gb18030" else BIG5_COMMON
    pairs = list(_pairs(_head(head, name) or "", name))
    good = [lead in common and (name == "big5" or trail >= 0xA1) for lead, trail in pairs]
    return sum(good) / len(good) if good else 0.0


def _pairs(text: str, name: str) -> Iterable[tuple[int, int]]:
    """Yield the characters outside ASCII as this encoding writes them; punctuation left out."""
    for sign in text:
        code = sign.encode(CODECS[name], "ignore") if ord(sign) > 127 else b""
        if len(code) < 2 or _is_punctuation(code, name):
            continue
        yield code[0], code[1]


def _is_punctuation(code: bytes, name: str) -> bool:
    rows = range(0xA1, 0xA4)
    return len(code) == 2 and code[0] in rows and (name == "big5" or code[1] >= 0xA1)


def _head(head: bytes, name: str) -> str | None:
    """Return the head decoded; a character cut by its end is left out."""
    try:
        return codecs.getincrementaldecoder(CODECS[name])().decode(head)
    except UnicodeDecodeError:
        return None
