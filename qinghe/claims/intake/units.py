"""Amounts in ten thousands, thousands or cents: the unit that a column's name tells. Pure."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from qinghe.claims.intake.vocabulary import UNITS

# By how many places the point of an amount moves to the right.
PLACES: Final = {
    "亿": 8, "億": 8, "百万": 6, "百萬": 6, "万": 4, "萬": 4, "wan": 4, "千": 3, "k": 3,
    "角": -1, "分": -2, "fen": -2, "cents": -2,
}  # fmt: skip
NAMED: Final = re.compile("|".join(sorted(PLACES, key=len, reverse=True)), re.IGNORECASE)
PLAIN: Final = r"^-?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,18})?$"


def unit_of(name: str) -> int:
    """Return by how many places the amounts of a column so named are to be moved; mostly 0."""
    told = UNITS.search(name)
    unit = NAMED.search(told.group().removesuffix("元")) if told else None
    return PLACES[unit.group().lower()] if unit else 0


def moved(name: str, places: int) -> pl.Expr:
    """
    Return a column of amounts, as text, with the point moved to the right (negative: to the left).

    What is no amount stays as it is, so that the fault is told by its row.
    """
    text = pl.col(name).str.replace_all(r"[\s¥￥$€元万萬]", "")
    number = text.str.replace_all(",", "")
    sign = pl.when(number.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = number.str.extract(r"^-?(\d+)").fill_null("")
    part = number.str.extract(r"\.(\d+)$").fill_null("")
    if places > 0:
        padded = part + "0" * places
        shifted = whole + padded.str.slice(0, places) + "." + padded.str.slice(places) + "0"
    else:
        padded = pl.lit("0" * -places) + whole
        kept = padded.str.len_chars() - (-places)
        shifted = padded.str.slice(0, kept) + "." + padded.str.slice(kept) + part
    tidy = shifted.str.replace(r"^0+(\d)", "$1").str.replace(r"\.?0+$", "")
    cut = pl.when(shifted.str.contains(r"\.")).then(tidy).otherwise(shifted)
    return pl.when(text.str.contains(PLAIN)).then(sign + cut).otherwise(pl.col(name))
