"""Numbers in a name that are no contract's: days, telephones, copies, pages. Pure."""

from __future__ import annotations

import re
from typing import Final

# In names as `spelling` makes them: narrow signs, large letters.
ALONE: Final = r"(?<![0-9A-Z])", r"(?![0-9A-Z])"
DAY: Final = (
    r"(?:19|20)\d{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|[-._/ ](?:0?[1-9]|1[0-2])[-._/ ](?:0?[1-9]|[12]\d|3[01])"
    r"|\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)"
)
TIME: Final = r"[ T_-]*(?:[01]\d|2[0-3])[-:._]?[0-5]\d[-:._]?[0-5]\d"
TELEPHONE: Final = r"(?:\+?86[ -]?)?1[3-9]\d(?:[ ._-]?\d{4}){2}"
OTHERS: Final = (
    re.compile(f"{ALONE[0]}{DAY}(?:{TIME})?{ALONE[1]}"),
    re.compile(f"{ALONE[0]}{TELEPHONE}{ALONE[1]}"),
    re.compile(r"\(\d{1,3}\)\s*$|(?:副本|拷贝|COPY)[ _(-]*\d{1,3}\)?\s*$"),
    re.compile(r"第\s?\d{1,4}\s?[页张份]"),
)


def other_numbers(part: str) -> list[tuple[int, int]]:
    """Return from where to where days, telephones and numbers of copies or pages stand."""
    return [_digits(part, each.span()) for one in OTHERS for each in one.finditer(part)]


def _digits(part: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a place without what is no digit at its ends, so that it compares with a number."""
    start, end = span
    while start < end and not part[start].isdigit():
        start += 1
    while end > start and not part[end - 1].isdigit():
        end -= 1
    return start, end
