"""
Files of invented claims, of any length: the same seed gives the same rows, column by column.

Nobody can own what stands in them: identity numbers of region 99 with a wrong check digit,
telephone numbers of a prefix that is not allotted, addresses at example.com. Only a demonstration
or a benchmark takes such rows; a real installation refuses every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from qinghe.parties.regions import cities, provinces, region_name
from qinghe.parties.tabular import WEIGHTS

PIECE: Final = 100_000
LONGEST_AGO: Final = 1_000
FAMILIES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN: Final = "安博晨达恩帆光浩佳凯岚明宁鹏清睿思天文晓雅泽"
PRODUCTS: Final = ("credit_card", "consumer_loan", "small_loan", "信用卡", "消费贷")
RATES: Final = ("", "6", "8.5", "9.6", "10", "11.2", "12", "5.25")
STREETS: Final = ("示例路", "测试街", "样本巷", "虚构大道")
# What a creditor's export carries besides, and intake leaves out.
IGNORED: Final = (
    "branch", "product_code", "instalments", "penalty_included", "grade", "note", "exported_on",
)  # fmt: skip
MAPPING: Final[dict[str, Any]] = {"ignore": list(IGNORED)}
TEN: Final = 10


def write_claims(path: Path, *, rows: int, seed: int, as_of: date) -> None:
    """Write a CSV file of so many claims, 25 columns, all of them sound on `as_of`."""
    with path.open("wb") as out:
        for place, piece in enumerate(_pieces(rows, seed, as_of)):
            out.write(piece.write_csv(include_header=place == 0).encode())


def _pieces(rows: int, seed: int, as_of: date) -> Iterator[pl.DataFrame]:
    for start in range(0, rows, PIECE):
        count = min(PIECE, rows - start)
        numbers = pl.int_range(start, start + count, dtype=pl.UInt64, eager=True).alias("i")
        yield (
            numbers.to_frame()
            .select(*_claim(seed), *_person(seed), *_money(seed, as_of), *_rest(seed, as_of))
            .select(COLUMNS)
        )


COLUMNS: Final = (
    "contract_number", "debtor_reference", "debtor_name", "debtor_kind", "id_number", "phone",
    "email", "address", "region", "product", "principal", "interest", "fees", "currency",
    "contract_date", "due_date", "annual_overdue_rate", "hand", *IGNORED,
)  # fmt: skip


def _drawn(seed: int, what: int, below: int, of: pl.Expr | None = None) -> pl.Expr:
    """Return numbers below a bound by SplitMix64: the same for the same seed, column and row."""
    row = pl.col("i") if of is None else of
    state = row * 64 + what + seed * 1_000_003 + 1
    mixed = state * pl.lit(0x9E3779B97F4A7C15, dtype=pl.UInt64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed // 2**shift)) * pl.lit(factor, dtype=pl.UInt64)
    return (mixed ^ (mixed // 2**31)) % below


def _picked(words: tuple[str, ...] | str, drawn: pl.Expr) -> pl.Expr:
    table = dict(enumerate(words))
    return drawn.replace_strict(table, return_dtype=pl.String)


def _digits(drawn: pl.Expr, width: int) -> pl.Expr:
    return drawn.cast(pl.String).str.zfill(width)


def _debtor() -> pl.Expr:
    """Return the number of the debtor: every tenth owes under two contracts."""
    return pl.when(pl.col("i") % TEN == TEN - 1).then(pl.col("i") - 1).otherwise(pl.col("i"))


def _claim(seed: int) -> list[pl.Expr]:
    return [
        (pl.lit(f"S{seed}-") + _digits(pl.col("i"), 9)).alias("contract_number"),
        (pl.lit("K") + _digits(_debtor(), 10)).alias("debtor_reference"),
        _picked(PRODUCTS, _drawn(seed, 1, len(PRODUCTS))).alias("product"),
        (_drawn(seed, 2, 3) + 1).cast(pl.String).alias("hand"),
        pl.lit("natural").alias("debtor_kind"),
    ]


def _person(seed: int) -> list[pl.Expr]:
    debtor = _debtor()
    places = [code for province, _name in provinces() for code, _city in cities(province)]
    place = _drawn(seed, 3, len(places), debtor)
    towns = tuple(f"{region_name(code[:2] + '0000')}{region_name(code)}" for code in places)
    name = [_picked(GIVEN, _drawn(seed, what, len(GIVEN), debtor)) for what in (5, 6)]
    return [
        pl.concat_str(_picked(FAMILIES, _drawn(seed, 4, len(FAMILIES), debtor)), *name).alias(
            "debtor_name"
        ),
        _id_number(seed, debtor).alias("id_number"),
        (pl.lit("100") + _digits(debtor % 10**8, 8)).alias("phone"),
        pl.concat_str(pl.lit("debtor."), debtor.cast(pl.String), pl.lit("@example.com")).alias(
            "email"
        ),
        pl.concat_str(
            _picked(towns, place),
            _picked(STREETS, _drawn(seed, 7, len(STREETS), debtor)),
            (_drawn(seed, 8, 999, debtor) + 1).cast(pl.String),
            pl.lit("号"),
        ).alias("address"),
        _picked(tuple(places), place).alias("region"),
    ]


def _id_number(seed: int, debtor: pl.Expr) -> pl.Expr:
    """Return identity numbers that cannot exist: region 99, and the check digit one too high."""
    year, month = 1960 + _drawn(seed, 9, 45, debtor), 1 + _drawn(seed, 10, 12, debtor)
    day = 1 + _drawn(seed, 11, 28, debtor)
    # Seven free digits hold the number of the debtor, so that no two are the same person.
    born = year * 10**4 + month * 100 + day
    body = 99 * 10**15 + (debtor // 1000 % 10**4) * 10**11 + born * 1000 + debtor % 1000
    parts = [body // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(WEIGHTS)]
    wrong = (12 - pl.sum_horizontal(parts) % 11 + 1) % 11
    last = pl.when(wrong == TEN).then(pl.lit("X")).otherwise(wrong.cast(pl.String))
    return body.cast(pl.String) + last


def _money(seed: int, as_of: date) -> list[pl.Expr]:
    due = pl.lit(as_of).dt.offset_by("0d") - pl.duration(days=_drawn(seed, 12, 400).cast(pl.Int64))
    signed = due - pl.duration(days=180 + _drawn(seed, 13, LONGEST_AGO).cast(pl.Int64))
    return [
        _amount(100_000 + _drawn(seed, 14, 5_000_000)).alias("principal"),
        _amount(_drawn(seed, 15, 200_000)).alias("interest"),
        _amount(_drawn(seed, 16, 4) * _drawn(seed, 17, 20_000)).alias("fees"),
        _amount(_drawn(seed, 18, 30_000)).alias("penalty_included"),
        pl.lit("CNY").alias("currency"),
        signed.dt.strftime("%Y-%m-%d").alias("contract_date"),
        due.dt.strftime("%Y-%m-%d").alias("due_date"),
        _picked(RATES, _drawn(seed, 19, len(RATES))).alias("annual_overdue_rate"),
    ]


def _amount(minor: pl.Expr) -> pl.Expr:
    whole, cents = (minor // 100).cast(pl.String), _digits(minor % 100, 2)
    return pl.concat_str(whole, pl.lit("."), cents)


def _rest(seed: int, as_of: date) -> list[pl.Expr]:
    return [
        (pl.lit("B") + _digits(_drawn(seed, 20, 400), 4)).alias("branch"),
        (pl.lit("P") + _digits(_drawn(seed, 21, 90), 3)).alias("product_code"),
        _picked(("3", "6", "12", "24", "36"), _drawn(seed, 22, 5)).alias("instalments"),
        _picked("ABCDE", _drawn(seed, 23, 5)).alias("grade"),
        _picked(("", "已发律师函", "协商中", "首次委外"), _drawn(seed, 24, 4)).alias("note"),
        pl.lit(as_of.isoformat()).alias("exported_on"),
    ]
