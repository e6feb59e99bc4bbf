"""Fill an approved text with the facts of one claim. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from qinghe.contact.wording import Text
from qinghe.kernel.money import exponent, to_major

# What stands where a fact is not given.
BLANK = "…"


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return BLANK


def fill(text: Text, facts: Mapping[str, str]) -> Text:
    """Return the text with its facts; a fact that is not given leaves an ellipsis."""
    known = _Facts(facts)
    return Text(text.subject.format_map(known), text.body.format_map(known))


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
