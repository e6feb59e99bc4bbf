"""Take out of a text whatever looks like a telephone, an identity number or an address. Pure."""

from __future__ import annotations

import re
from typing import Final

# A number stands alone: digits inside a UUID, a hash or a file name are not a telephone.
EDGE_BEFORE: Final = r"(?<![0-9A-Za-z_.-])"
EDGE_AFTER: Final = r"(?![0-9A-Za-z_-])"
PATTERNS: Final = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(EDGE_BEFORE + r"\d{17}[\dXx]" + EDGE_AFTER), "[id number]"),
    (
        re.compile(EDGE_BEFORE + r"(?:\+?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}" + EDGE_AFTER),
        "[phone]",
    ),
    (re.compile(r"(?<![\w])\+\d[\d ()-]{7,18}\d" + EDGE_AFTER), "[phone]"),
    (re.compile(EDGE_BEFORE + r"0\d{2,3}[ -]?\d{7,8}" + EDGE_AFTER), "[phone]"),
    (re.compile(EDGE_BEFORE + r"\d(?:[ -]?\d){10,18}" + EDGE_AFTER), "[number]"),
)


def redact(text: str) -> str:
    """Return a text with words in brackets where personal data seemed to stand."""
    for pattern, word in PATTERNS:
        text = pattern.sub(word, text)
    return text
