"""Fill an approved text with the facts of one claim. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Final

from qinghe.contact.wording import Text
from qinghe.kernel.money import exponent, to_major

# What stands where a fact is not given.
BLANK: Final = "…"
# Where a part was left out.
EMPTY_LINES: Final = re.compile(r"\n{3,}")


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return BLANK


def fill(text: Text, facts: Mapping[str, str]) -> Text:
    """
    Return the text with its facts; a fact that is not given leaves an ellipsis.

    A part stands only when every fact it asks for is given, and of parts it asks for at least one.
    """
    known = _Facts(facts)
    for name, part in text.parts.items():
        asked = {field for _words, field, _spec, _conversion in Formatter().parse(part) if field}
        inner = asked & text.parts.keys()
        stands = all(known.get(each) for each in asked - inner)
        stands = stands and (not inner or any(known.get(each) for each in inner))
        known[name] = part.format_map(known) if stands else ""
    body = EMPTY_LINES.sub("\n\n", text.body.format_map(known)).strip()
    return Text(text.subject.format_map(known), body)


def amount_text(minor: int, currency: str, lang: str) -> str:
    """Return an amount in minor units as people of the language write it."""
    figure = f"{to_major(minor, currency):,.{exponent(currency)}f}"
    if currency != "CNY":
        return f"{currency} {figure}"
    return f"{figure} 元" if lang.startswith("zh") else f"¥{figure}"


def day_text(day: date, lang: str) -> str:
    """Return a day as people of the language write it in a letter."""
    if lang.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B %Y}"
