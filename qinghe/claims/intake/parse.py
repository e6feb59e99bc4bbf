"""Text to typed columns, for all rows at once. What cannot be parsed becomes null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from qinghe.claims.intake.columns import ColumnMapping, fields, term_fields, value_names
from qinghe.claims.intake.currencies import coded
from qinghe.claims.intake.read import ROW
from qinghe.claims.intake.units import moved, unit_of
from qinghe.kernel.money import EXPONENTS
from qinghe.parties.regions import find_region

# Digits with an optional point; commas only as thousands.
AMOUNT: Final = r"^-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,18})?$"
RATE: Final = r"^\d{1,3}(\.\d{1,6})?$"
CREDIT_CODE: Final = r"^[0-9A-Z]{18}$"
RESIDENT: Final = r"^\d{17}[\dX]$"
AMOUNTS: Final = ("principal", "interest", "fees")
SCALES: Final = {0: 1, 2: 100, 3: 1000}
WIDEST: Final = 3


def typed(table: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    """
    Return one row per claim: every field as text, and what was parsed beside it.

    Parsed: `minor_<amount>`, `decimals_<amount>`, `<date>_on`, `rate`, `hand_number`,
    `product_value`, `kind_value`, `region_code`, `exponent`.
    """
    frame = as_written(table, mapping).with_columns(_moved(mapping))
    exponent = pl.col("currency").replace_strict(EXPONENTS, default=2, return_dtype=pl.Int64)
    frame = frame.with_columns(exponent.alias("exponent"))
    return frame.with_columns(
        *[_minor(each).alias(f"minor_{each}") for each in AMOUNTS],
        *[_decimals(each).alias(f"decimals_{each}") for each in AMOUNTS],
        _day("contract_date", mapping.dates).alias("contract_on"),
        _day("due_date", mapping.dates).alias("due_on"),
        _rate().alias("rate"),
        pl.when(pl.col("hand") == "")
        .then(1)
        .otherwise(pl.col("hand").cast(pl.Int64, strict=False))
        .alias("hand_number"),
        _named("product").alias("product_value"),
        _kind().alias("kind_value"),
        _region(frame["region"]).alias("region_code"),
    )


def as_written(table: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    """Return `row`, the fields of a claim and terms that are told, as text; codes in capitals."""
    given = {*mapping.columns, *mapping.constants}
    names = (*fields(), *(each for each in term_fields() if each in given))
    chosen = table.select(pl.col(ROW).alias("row"), *[_cell(mapping, each) for each in names])
    return chosen.with_columns(coded("currency"), pl.col("id_number").str.to_uppercase())


def _cell(mapping: ColumnMapping, name: str) -> pl.Expr:
    """Return a field of a claim as it stands in the file: its column, or the same for all rows."""
    if name in mapping.columns:
        return pl.col(mapping.columns[name]).alias(name)
    return pl.lit(mapping.constants.get(name, "")).alias(name)


def _moved(mapping: ColumnMapping) -> list[pl.Expr]:
    places = {each: unit_of(mapping.columns.get(each, "")) for each in AMOUNTS}
    return [moved(each, place).alias(each) for each, place in places.items() if place]


def _cleaned(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"[\s¥￥$€元]", "")


def _fraction(name: str) -> pl.Expr:
    digits = _cleaned(name).str.extract(r"\.(\d+)$").fill_null("")
    return digits.str.strip_chars_end("0")


def _decimals(name: str) -> pl.Expr:
    return _fraction(name).str.len_chars()


def _minor(name: str) -> pl.Expr:
    text = _cleaned(name)
    whole = text.str.replace_all(",", "").str.extract(r"^-?(\d+)").cast(pl.Int64, strict=False)
    thousandths = (_fraction(name) + "0" * WIDEST).str.slice(0, WIDEST).cast(pl.Int64)
    scale = pl.col("exponent").replace_strict(SCALES, return_dtype=pl.Int64)
    amount = whole * scale + thousandths * scale // 10**WIDEST
    signed = pl.when(text.str.starts_with("-")).then(-amount).otherwise(amount)
    empty = pl.when(pl.col(name) == "").then(pl.lit(0, dtype=pl.Int64))
    return empty.when(text.str.contains(AMOUNT)).then(signed)


def _day(name: str, formats: Sequence[str]) -> pl.Expr:
    # Dates of workbooks arrive with their midnight.
    text = pl.col(name).str.replace(r"[ T]00:00:00(\.0+)?$", "")
    known = [*formats, "%Y-%m-%d"] if "%Y-%m-%d" not in formats else formats
    return pl.coalesce([text.str.to_date(each, strict=False) for each in known])


def _rate() -> pl.Expr:
    text = pl.col("annual_overdue_rate").str.replace(r"\s*[%％]$", "")
    return pl.when(text.str.contains(RATE)).then(text)


def _named(name: str) -> pl.Expr:
    bare = pl.col(name).str.replace_all(r"[\s_\-]", "").str.to_lowercase()
    return bare.replace_strict(value_names(name), default=None, return_dtype=pl.String)


def _kind() -> pl.Expr:
    number = pl.col("id_number").str.to_uppercase()
    firm = number.str.contains(CREDIT_CODE) & ~number.str.contains(RESIDENT)
    guessed = pl.when(firm).then(pl.lit("business")).otherwise(pl.lit("natural"))
    return pl.when(pl.col("debtor_kind") == "").then(guessed).otherwise(_named("debtor_kind"))


def _region(column: pl.Series) -> pl.Series:
    known = {name: find_region(name) or None for name in column.unique() if name}
    return column.replace_strict(known, default=None, return_dtype=pl.String)
