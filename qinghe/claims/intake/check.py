"""Judge every row of a file: all faults of all rows, and the rows that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from qinghe.claims.intake.columns import ColumnMapping, fields
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.parse import AMOUNTS, typed
from qinghe.claims.intake.rates import Applied, applied
from qinghe.claims.intake.read import ROW
from qinghe.claims.intake.strangers import refuse_phones_in_text
from qinghe.parties import identity
from qinghe.parties.terms import PersonKind
from qinghe.rules.currencies import CURRENCIES

LONGEST: Final = {
    "contract_number": 64,
    "debtor_name": 100,
    "debtor_reference": 64,
    "address": 200,
    "email": 254,
}
# A thousand million major units, for currencies with cents.
MOST_MINOR: Final = 100_000_000_000
MOST_HANDS: Final = 20
FIRST_DAY: Final = date(1990, 1, 1)
YEARS_AHEAD: Final = 50


@dataclass(frozen=True)
class Test:
    """One thing that may be wrong: the rows where `when` holds have the fault."""

    code: str
    column: str
    when: pl.Expr
    facts: tuple[tuple[str, pl.Expr], ...] = ()


@dataclass(frozen=True)
class Checked:
    """The outcome for a file: rows read, faults in row order, and the sound rows, typed."""

    read: int
    faults: tuple[Fault, ...]
    sound: pl.DataFrame
    currency: str


def check(
    table: pl.DataFrame, mapping: ColumnMapping, *, as_of: date, lender_kind: str, demo: bool
) -> Checked:
    """
    Return what is wrong with each row of a file and which rows may become claims.

    :raises PhonesInText: telephone numbers stand where they have no business
    """
    refuse_phones_in_text(table, mapping.columns, ROW)
    frame = typed(table, mapping)
    frame = frame.with_columns(
        _id_faults(frame, demo).alias("id_fault"),
        _wrong(frame["phone"], lambda each: identity.phone(each, demo=demo)).alias("phone_fault"),
        _wrong(frame["email"], identity.email).alias("email_fault"),
        _contradicts(frame),
        *_rates(frame, lender_kind),
    )
    currency = _currency(frame)
    faults = _faults(frame, [*_texts(), *_amounts(), *_dates(as_of), *_words(currency), *_people()])
    named = [Fault(f.row, mapping.columns.get(f.column, f.column), f.code, f.facts) for f in faults]
    bad = {fault.row for fault in faults}
    sound = frame.filter(~pl.col("row").is_in(sorted(bad)))
    return Checked(frame.height, tuple(named), sound, currency)


def _texts() -> list[Test]:
    number = pl.col("contract_number")
    first = pl.col("row").first().over("contract_number")
    return [
        Test("missing", "contract_number", number == ""),
        Test(
            "duplicate",
            "contract_number",
            (number != "") & (first != pl.col("row")) & ~pl.col("contradicts"),
            (("first_row", first),),
        ),
        # Which of them is right only the clerk knows; the order of rows must not decide it.
        Test(
            "duplicate-differs",
            "contract_number",
            pl.col("contradicts"),
            (("first_row", first),),
        ),
        *[
            Test("too-long", name, pl.col(name).str.len_chars() > most, _limit(most))
            for name, most in LONGEST.items()
        ],
    ]


def _amounts() -> list[Test]:
    known = pl.col("currency").is_in(sorted(CURRENCIES))
    tests = [
        Test("missing", "principal", pl.col("principal") == ""),
        Test(
            "zero",
            "principal",
            (pl.col("principal") != "")
            & pl.all_horizontal(pl.col(f"minor_{each}").fill_null(1) == 0 for each in AMOUNTS),
        ),
    ]
    for each in AMOUNTS:
        minor, decimals = pl.col(f"minor_{each}"), pl.col(f"decimals_{each}")
        tests += [
            Test("bad-amount", each, minor.is_null()),
            Test("negative", each, minor < 0),
            Test("too-much", each, minor > MOST_MINOR),
            Test(
                "decimals",
                each,
                minor.is_not_null() & known & (decimals > pl.col("exponent")),
                (("decimals", pl.col("exponent")),),
            ),
        ]
    return tests


def _dates(as_of: date) -> list[Test]:
    contract, due = pl.col("contract_on"), pl.col("due_on")
    last = date(as_of.year + YEARS_AHEAD, 1, 1)
    return [
        Test("missing", "due_date", pl.col("due_date") == ""),
        Test("bad-date", "due_date", (pl.col("due_date") != "") & due.is_null()),
        Test("bad-date", "contract_date", (pl.col("contract_date") != "") & contract.is_null()),
        Test("date-out-of-range", "due_date", ~due.is_between(FIRST_DAY, last)),
        Test("date-out-of-range", "contract_date", ~contract.is_between(FIRST_DAY, last)),
        Test("due-before-contract", "due_date", due < contract),
        Test("contract-in-future", "contract_date", (contract > as_of) & (contract < last)),
    ]


def _words(currency: str) -> list[Test]:
    code = pl.col("currency")
    known = code.is_in(sorted(CURRENCIES))
    return [
        Test("missing", "currency", code == ""),
        Test("unknown-currency", "currency", (code != "") & ~known),
        Test("mixed-currency", "currency", known & (code != currency), _fact("currency", currency)),
        Test("unknown-product", "product", _unknown("product", "product_value")),
        Test("unknown-kind", "debtor_kind", _unknown("debtor_kind", "kind_value")),
        Test("unknown-region", "region", _unknown("region", "region_code")),
        Test(
            "bad-hand",
            "hand",
            ~pl.col("hand_number").fill_null(0).is_between(1, MOST_HANDS),
            _limit(MOST_HANDS),
        ),
        Test("bad-rate", "annual_overdue_rate", _unknown("annual_overdue_rate", "rate")),
    ]


def _people() -> list[Test]:
    business = pl.col("kind_value") == PersonKind.BUSINESS
    nobody = (pl.col("id_number") == "") & (
        pl.when(business.fill_null(False))
        .then(pl.col("debtor_reference") == "")
        .otherwise(pl.col("phone") == "")
    )
    nameless = (pl.col("debtor_name") == "") & (pl.col("debtor_reference") == "")
    return [
        Test("no-identity", "id_number", nobody),
        Test("missing", "debtor_name", nameless),
        Test("bad-id", "id_number", pl.col("id_fault")),
        Test("bad-phone", "phone", pl.col("phone_fault")),
        Test("bad-email", "email", pl.col("email_fault")),
        Test("rate-not-known", "annual_overdue_rate", pl.col("rate_fault") == "rate-not-known"),
        Test(
            "rate-without-contract",
            "annual_overdue_rate",
            pl.col("rate_fault") == "rate-without-contract",
        ),
        Test(
            "rate-over-limit",
            "annual_overdue_rate",
            pl.col("rate_fault") == "rate-over-limit",
            (("rule", pl.col("rate_rule")),),
        ),
    ]


def _faults(frame: pl.DataFrame, tests: list[Test]) -> list[Fault]:
    marks = frame.select(
        "row", *[test.when.fill_null(False).alias(str(place)) for place, test in enumerate(tests)]
    )
    found: list[Fault] = []
    for place, test in enumerate(tests):
        if not marks[str(place)].any():
            continue
        facts = frame.select("row", *[expr.alias(name) for name, expr in test.facts])
        for row in facts.filter(marks[str(place)]).iter_rows(named=True):
            found.append(Fault(row.pop("row"), test.column, test.code, row))
    return sorted(found, key=lambda fault: (fault.row, fault.column))


def _rates(frame: pl.DataFrame, lender_kind: str) -> list[pl.Series]:
    answers = [
        _applied(lender_kind, contract_on, rate)
        for contract_on, rate in frame.select("contract_on", "rate").iter_rows()
    ]
    return [
        pl.Series("rate_applied", [_text(each.rate_pct) for each in answers], pl.String),
        pl.Series("rate_fault", [each.fault for each in answers], pl.String),
        pl.Series("rate_rule", [each.rule for each in answers], pl.String),
    ]


def _applied(lender_kind: str, contract_on: date | None, rate: str | None) -> Applied:
    number = Decimal(rate) if rate else None
    if number is not None and number > 100:
        return Applied(None)
    return applied(lender_kind, contract_on, number)


def _id_faults(frame: pl.DataFrame, demo: bool) -> pl.Series:
    business = frame["kind_value"] == PersonKind.BUSINESS
    natural = frame["id_number"].zip_with(~business.fill_null(False), pl.Series([""]))
    firms = frame["id_number"].zip_with(business.fill_null(False), pl.Series([""]))
    return _wrong(natural, lambda each: identity.id_number(each, demo=demo)) | _wrong(
        firms, lambda each: identity.id_number(each, kind=PersonKind.BUSINESS, demo=demo)
    )


def _wrong(column: pl.Series, normal: Callable[[str], str]) -> pl.Series:
    bad = [each for each in column.unique() if each and not _passes(each, normal)]
    return column.is_in(bad)


def _passes(value: str, normal: Callable[[str], str]) -> bool:
    try:
        normal(value)
    except identity.Malformed:
        return False
    return True


def _unknown(written: str, understood: str) -> pl.Expr:
    unknown = (pl.col(written) != "") & pl.col(understood).is_null()
    if written == "annual_overdue_rate":
        return unknown | (pl.col(understood).cast(pl.Float64, strict=False) > 100)
    return unknown


def _contradicts(frame: pl.DataFrame) -> pl.Series:
    """Tell which rows share a contract number with a row that says something else."""
    number = pl.col("contract_number")
    again = frame.filter((number != "") & (pl.len().over(number) > 1)).select(fields())
    differing = again.unique().group_by("contract_number").len().filter(pl.col("len") > 1)
    marks = frame["contract_number"].is_in(differing["contract_number"].to_list())
    return marks.alias("contradicts")


def _currency(frame: pl.DataFrame) -> str:
    known = frame["currency"].filter(frame["currency"].is_in(sorted(CURRENCIES)))
    ranked = known.value_counts().sort("count", "currency", descending=[True, False])
    return str(ranked[0, "currency"]) if ranked.height else "CNY"


def _limit(most: int) -> tuple[tuple[str, pl.Expr], ...]:
    return (("limit", pl.lit(most)),)


def _fact(name: str, value: str) -> tuple[tuple[str, pl.Expr], ...]:
    return ((name, pl.lit(value)),)


def _text(rate: Decimal | None) -> str | None:
    return None if rate is None else str(rate)
