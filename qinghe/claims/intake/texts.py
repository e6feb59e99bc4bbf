"""Texts of a file as amounts, days, numbers and words: an expression each, null when it is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

# Digits with an optional point; commas only as thousands.
AMOUNT: Final = r"^-?(\d{1,13}|\d{1,3}(,\d{3}){1,4})(\.\d{1,3})?0*$"
WHOLE: Final = r"^\d{1,6}$"
SCALES: Final = {0: 1, 2: 100, 3: 1000}
WIDEST: Final = 3
# As `vocabulary.bare` makes names bare.
SIGNS: Final = r"[\s_\-.:：()（）*＊/#]"


def minor(text: pl.Expr, exponent: pl.Expr) -> pl.Expr:
    """Return an amount in minor units; null when it is none or has too many decimals."""
    text = text.str.replace_all(r"[\s¥￥$€元]", "")
    whole = text.str.replace_all(",", "").str.extract(r"^-?(\d+)").cast(pl.Int64, strict=False)
    fraction = text.str.extract(r"\.(\d+)$").fill_null("").str.strip_chars_end("0")
    scale = exponent.replace_strict(SCALES, default=100, return_dtype=pl.Int64)
    thousandths = (fraction + "0" * WIDEST).str.slice(0, WIDEST).cast(pl.Int64, strict=False)
    amount = whole * scale + thousandths * scale // 10**WIDEST
    signed = pl.when(text.str.starts_with("-")).then(-amount).otherwise(amount)
    fits = fraction.str.len_chars() <= exponent
    return pl.when(text.str.contains(AMOUNT) & fits).then(signed)


def plain(text: pl.Expr) -> pl.Expr:
    """Return an amount as it is written without frills, to compare; what is none stays as it is."""
    bare = text.str.replace_all(r"[\s¥￥$€元]", "")
    digits = bare.str.replace_all(",", "").str.replace(r"^(-?)0+(\d)", "${1}${2}")
    short = digits.str.replace(r"(\.\d*?)0+$", "${1}").str.replace(r"\.$", "")
    return pl.when(bare.str.contains(AMOUNT)).then(short).otherwise(text)


def day(text: pl.Expr, formats: Sequence[str]) -> pl.Expr:
    """Return a day, by the formats of the file or as year-month-day."""
    # Dates of workbooks arrive with their midnight.
    text = text.str.replace(r"[ T]00:00:00(\.0+)?$", "")
    known = [*formats, "%Y-%m-%d"] if "%Y-%m-%d" not in formats else formats
    return pl.coalesce([text.str.to_date(each, strict=False) for each in known])


def whole(text: pl.Expr) -> pl.Expr:
    """Return a whole number that is not negative."""
    return pl.when(text.str.contains(WHOLE)).then(text.cast(pl.Int64, strict=False))


def named(text: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Return the value that a word stands for."""
    bare = text.str.replace_all(SIGNS, "").str.to_lowercase()
    return bare.replace_strict(values, default=None, return_dtype=pl.String)
