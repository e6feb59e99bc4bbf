"""
The terms of a contract and the payments so far, as columns of a file of claims. Pure.

What the file does not say is taken from the claim itself: the principal, when nothing was repaid;
the day of payment from the day of the contract; the last day from the due day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import polars as pl

from qinghe.claims.contract_terms import Schedule
from qinghe.claims.intake.columns import ColumnMapping, term_fields, value_names
from qinghe.claims.intake.lists import PLACE, listed
from qinghe.claims.intake.rates import STRICT_KINDS, STRICTEST
from qinghe.claims.intake.texts import day, minor, named, whole
from qinghe.claims.intake.units import moved, unit_of

MONEY: Final = ("loan_principal", "handed_over", "repaid")
DAYS: Final = ("paid_out_on", "matures_on", "first_due_on", "accelerated_on", "sued_on")
RATES: Final = ("agreed_rate", "penalty_daily")
NUMBERS: Final = {"instalments": 600, "period_months": 120, "grace_days": 365}
WORDS: Final = ("repayment_form", "day_count", "lender_kind")
LISTS: Final = ("repayments", "service_charges")
# None of these makes a contract by itself.
BESIDE: Final = frozenset({"lender_kind", "repayments", "repaid"})
RATE: Final = r"^\d{1,3}(\.\d{1,4})?$"
FIRST_DAY: Final = date(1990, 1, 1)
YEARS_AHEAD: Final = 50
MOST_MINOR: Final = 100_000_000_000
MOST_DAILY: Final = 10
LEFT_OUT: Final = ""
# A fault: code, field, the rows that have it, its facts.
Found = tuple[str, str, pl.Expr, tuple[tuple[str, pl.Expr], ...]]


def told_by(mapping: ColumnMapping) -> tuple[str, ...]:
    """Return the terms that a mapping gives, by a column or one value for all rows."""
    given = {*mapping.columns, *mapping.constants}
    return tuple(each for each in term_fields() if each in given)


def with_terms(frame: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    """
    Return the frame with what was agreed, typed, in columns named `t_<term>`; nothing when untold.

    Amounts are minor units, rates text of percent. `t_given` says whether the row has terms,
    `t_payments` and `t_fees` are lists of structs of day and amount, null when there are none.
    """
    if not (told := told_by(mapping)):
        return frame
    absent = [pl.lit(LEFT_OUT).alias(each) for each in term_fields() if each not in told]
    frame = frame.with_columns(*absent).with_columns(_moved(mapping))
    frame = frame.with_columns(*_amounts(), *_others(mapping))
    for name in LISTS:
        frame = listed(frame, name, mapping.dates)
    return frame.with_columns(_given()).with_columns(*_filled()).with_columns(*_counted())


def faults(mapping: ColumnMapping, *, as_of: date, lender_kind: str) -> list[Found]:
    """Return what may be wrong with the terms of a row; the frame comes from `with_terms`."""
    if not told_by(mapping):
        return []
    return [
        *_wrong_amounts(),
        *_wrong_days(as_of),
        *_wrong_words(lender_kind),
        *_wrong_lists(as_of),
        *_wrong_together(),
    ]


def _moved(mapping: ColumnMapping) -> list[pl.Expr]:
    places = {each: unit_of(mapping.columns.get(each, "")) for each in MONEY}
    return [moved(each, place).alias(each) for each, place in places.items() if place]


def _amounts() -> list[pl.Expr]:
    return [minor(pl.col(each), pl.col("exponent")).alias(f"t_{each}") for each in MONEY]


def _others(mapping: ColumnMapping) -> list[pl.Expr]:
    rates = [pl.col(each).str.replace(r"\s*[%％]$", "") for each in RATES]
    return [
        *[day(pl.col(each), mapping.dates).alias(f"t_{each}") for each in DAYS],
        *[
            pl.when(rate.str.contains(RATE)).then(rate).alias(f"t_{each}")
            for each, rate in zip(RATES, rates, strict=True)
        ],
        *[whole(pl.col(each)).alias(f"t_{each}") for each in NUMBERS],
        *[named(pl.col(each), value_names(each)).alias(f"t_{each}") for each in WORDS],
    ]


def _given() -> pl.Expr:
    named_terms = [each for each in term_fields() if each not in BESIDE]
    return pl.any_horizontal(pl.col(each) != "" for each in named_terms).alias("t_given")


def _filled() -> list[pl.Expr]:
    """Return what the row itself says where a term is left out."""
    whole_debt = pl.when(pl.col("t_repayments").is_null()).then(pl.col("minor_principal"))
    return [
        pl.coalesce("t_loan_principal", whole_debt).alias("t_principal"),
        pl.coalesce("t_paid_out_on", "contract_on").alias("t_disbursed_on"),
        pl.coalesce("t_matures_on", "due_on").alias("t_last_on"),
        pl.col("t_repayment_form").fill_null(Schedule.BULLET.value).alias("t_schedule"),
        pl.col("t_period_months").fill_null(1).alias("t_months"),
    ]


def _counted() -> list[pl.Expr]:
    """Return the number of instalments, counted from the days when it is not told."""
    first, last = pl.col("t_first_due_on"), pl.col("t_last_on")
    months = (last.dt.year() - first.dt.year()) * 12 + last.dt.month() - first.dt.month()
    counted = months.cast(pl.Int64) // pl.max_horizontal("t_months", 1) + 1
    bullet = pl.col("t_schedule") == Schedule.BULLET.value
    told = pl.coalesce("t_instalments", counted)
    return [pl.when(bullet).then(pl.lit(1, pl.Int64)).otherwise(told).alias("t_periods")]


def _wrong_amounts() -> Iterator[Found]:
    for each in MONEY:
        written, amount = pl.col(each) != "", pl.col(f"t_{each}")
        yield "bad-amount", each, written & amount.is_null(), ()
        yield "negative", each, amount < 0, ()
        yield "too-much", each, amount > MOST_MINOR, ()
        if each != "repaid":
            yield "zero-term", each, amount == 0, ()
    more = pl.col("t_handed_over") > pl.col("t_principal")
    yield "handed-over-more", "handed_over", more, ()
    for each in RATES:
        rate = pl.col(f"t_{each}").cast(pl.Float64, strict=False)
        most, code = (100, "bad-rate") if each == "agreed_rate" else (MOST_DAILY, "bad-daily-rate")
        facts = () if each == "agreed_rate" else (("limit", pl.lit(most)),)
        yield code, each, (pl.col(each) != "") & (rate.is_null() | (rate > most)), facts
    for each, limit in NUMBERS.items():
        least = 0 if each == "grace_days" else 1
        right = pl.col(f"t_{each}").is_between(least, limit).fill_null(False)
        both = (("least", pl.lit(least)), ("limit", pl.lit(limit)))
        yield "bad-count", each, (pl.col(each) != "") & ~right, both


def _wrong_days(as_of: date) -> Iterator[Found]:
    last = date(as_of.year + YEARS_AHEAD, 1, 1)
    for each in DAYS:
        parsed = pl.col(f"t_{each}")
        yield "bad-date", each, (pl.col(each) != "") & parsed.is_null(), ()
        yield "date-out-of-range", each, ~parsed.is_between(FIRST_DAY, last), ()


def _wrong_words(lender_kind: str) -> Iterator[Found]:
    codes = {
        "repayment_form": "bad-form",
        "day_count": "bad-day-count",
        "lender_kind": "bad-lender",
    }
    for each, code in codes.items():
        yield code, each, (pl.col(each) != "") & pl.col(f"t_{each}").is_null(), ()
    known = [*STRICT_KINDS, lender_kind or STRICTEST]
    yield "lender-needs-chain", "lender_kind", ~pl.col("t_lender_kind").is_in(known), ()


def _wrong_lists(as_of: date) -> Iterator[Found]:
    for each in LISTS:
        bad = pl.col(f"t_{each}_bad")
        yield "bad-list", each, bad.is_not_null(), ((PLACE, bad),)
    last, total = pl.col("t_repayments_last"), pl.col("t_repayments_sum")
    repaid = pl.col("t_repaid")
    yield "repayment-ahead", "repayments", last > as_of, ()
    undated = (repaid > 0) & pl.col("t_repayments").is_null()
    yield "repaid-without-days", "repaid", undated, ()
    sound = pl.col("t_repayments_bad").is_null()
    yield "repaid-differs", "repaid", sound & (repaid >= 0) & (repaid != total), ()


def _wrong_together() -> Iterator[Found]:
    given, schedule = pl.col("t_given"), pl.col("t_schedule")
    out, last, count = pl.col("t_disbursed_on"), pl.col("t_last_on"), pl.col("t_periods")
    parts = given & (schedule != Schedule.BULLET.value)
    yield "terms-without-principal", "loan_principal", given & _repaid_of_unknown(), ()
    yield "terms-without-loan", "loan_principal", given & _nothing_lent(), ()
    # A day of the contract that cannot be read is told by itself.
    nowhere = (
        given & (pl.col("paid_out_on") == "") & out.is_null() & (pl.col("contract_date") == "")
    )
    yield "terms-without-day", "paid_out_on", nowhere, ()
    yield "ends-before-payout", "matures_on", given & (last <= out), ()
    untold = (pl.col("instalments") == "") & (pl.col("first_due_on") == "")
    yield "missing", "instalments", parts & untold, ()
    first = _months_before(last, (count - 1) * pl.col("t_months"))
    many = parts & (last > out) & ((first <= out) | (count < 1))
    yield "too-many-instalments", "instalments", many, ()
    told = pl.col("t_first_due_on")
    facts = (("day", first.dt.to_string("%Y-%m-%d")),)
    yield "first-day-differs", "first_due_on", parts & (first > out) & (told != first), facts


def _repaid_of_unknown() -> pl.Expr:
    repaid = pl.col("t_repayments").is_not_null() & pl.col("t_repayments_bad").is_null()
    return (pl.col("loan_principal") == "") & repaid


def _nothing_lent() -> pl.Expr:
    nothing = (pl.col("principal") != "") & (pl.col("minor_principal") == 0)
    return (pl.col("loan_principal") == "") & pl.col("t_repayments").is_null() & nothing


def _months_before(on: pl.Expr, months: pl.Expr) -> pl.Expr:
    sane = pl.when(months.is_between(0, 12 * 100)).then(months)
    return on.dt.offset_by(pl.format("-{}mo", sane))


def terms_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the terms of one typed row by the names of the service; rates as text."""
    return {
        "principal": row["t_principal"],
        "handed_over": row["t_handed_over"],
        "disbursed_on": row["t_disbursed_on"],
        "matures_on": row["t_last_on"],
        "schedule": row["t_schedule"],
        "periods": row["t_periods"],
        "period_months": row["t_months"],
        "rate_pct": row["t_agreed_rate"],
        "day_count": row["t_day_count"],
        "overdue_rate_pct": row["rate"],
        "penalty_daily_pct": row["t_penalty_daily"],
        "grace_days": row["t_grace_days"],
        "accelerated_on": row["t_accelerated_on"],
        "sued_on": row["t_sued_on"],
    }
