"""Judge every row of a file: all faults of all rows, and the rows that have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from qinghe.claims.intake import agreed
from qinghe.claims.intake.columns import ColumnMapping
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.parse import AMOUNTS, as_written, typed
from qinghe.claims.intake.rates import Applied, applied
from qinghe.claims.intake.read import ROW
from qinghe.claims.intake.strangers import refuse_phones_in_text
from qinghe.claims.intake.texts import plain
from qinghe.parties import tabular
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
_NO_CONTRACTS: Final = pl.DataFrame(
    schema={"contract_number": pl.String, "first_row": pl.UInt32, "data": pl.UInt64}
)
_NO_COUNTS: Final = pl.DataFrame(schema={"currency": pl.String, "rows": pl.UInt32})


@dataclass(frozen=True)
class Test:
    """One thing that may be wrong: the rows where `when` holds have the fault."""

    code: str
    column: str
    when: pl.Expr
    facts: tuple[tuple[str, pl.Expr], ...] = ()


@dataclass(frozen=True)
class Whole:
    """What only the whole file tells: how many rows it has, its currency, and which contract
    numbers stand in it more than once (`contract_number`, `first_row`, and whether the rows say
    different things, `contradicts`)."""

    rows: int
    currency: str
    twice: pl.DataFrame


@dataclass(frozen=True)
class Checked:
    """
    The outcome for rows of a file: how many, faults in row order, and the sound rows, typed.

    `voice`, `number` and `mail` are telephone, identity number and e-mail in their normal form.
    """

    read: int
    faults: tuple[Fault, ...]
    sound: pl.DataFrame
    currency: str


def whole_of(tables: Iterable[pl.DataFrame], mapping: ColumnMapping) -> Whole:
    """Return what the pieces of a file tell together; only hashes and two columns are kept."""
    contracts: list[pl.DataFrame] = []
    counts: list[pl.DataFrame] = []
    rows = 0
    for table in tables:
        rows += table.height
        chosen = as_written(table, mapping)
        # The same amount written in two ways is no contradiction.
        amounts = [each for each in (*AMOUNTS, *agreed.MONEY) if each in chosen.columns]
        contracts.append(
            chosen.select(
                "contract_number",
                pl.col("row").alias("first_row"),
                pl.struct(pl.exclude("row", *amounts), *map(plain, map(pl.col, amounts)))
                .hash()
                .alias("data"),
            )
        )
        counts.append(chosen["currency"].value_counts(name="rows"))
    numbers = pl.concat(contracts) if contracts else _NO_CONTRACTS
    twice = (
        numbers.filter(pl.col("contract_number") != "")
        .filter(pl.col("contract_number").is_duplicated())
        .group_by("contract_number")
        .agg(pl.col("first_row").min(), (pl.col("data").n_unique() > 1).alias("contradicts"))
    )
    return Whole(rows, _currency(pl.concat(counts) if counts else _NO_COUNTS), twice)


def check(
    table: pl.DataFrame,
    mapping: ColumnMapping,
    *,
    as_of: date,
    lender_kind: str,
    demo: bool,
    whole: Whole | None = None,
) -> Checked:
    """
    Return what is wrong with each row of a file or of a piece of it, and the sound rows.

    :raises PhonesInText: telephone numbers stand where they have no business
    """
    refuse_phones_in_text(table, mapping.columns, ROW)
    whole = whole or whole_of([table], mapping)
    frame = typed(table, mapping)
    business = (frame["kind_value"] == PersonKind.BUSINESS).fill_null(False)
    frame = frame.with_columns(
        tabular.id_numbers(frame["id_number"], business=business, demo=demo).alias("number"),
        tabular.phones(frame["phone"], demo=demo).alias("voice"),
        tabular.emails(frame["email"]).alias("mail"),
        business.alias("business"),
    )
    rates, pair = _rates(frame, lender_kind), ["contract_on", "rate"]
    frame = frame.join(rates, on=pair, how="left", nulls_equal=True, maintain_order="left")
    frame = frame.join(whole.twice, on="contract_number", how="left", maintain_order="left")
    frame = agreed.with_terms(frame, mapping)
    tests = [*_texts(), *_amounts(), *_dates(as_of), *_words(whole.currency), *_people()]
    told = agreed.faults(mapping, as_of=as_of, lender_kind=lender_kind)
    tests += [Test(*each) for each in told]
    faults = _faults(frame, tests)
    named = [Fault(f.row, mapping.columns.get(f.column, f.column), f.code, f.facts) for f in faults]
    bad = {fault.row for fault in faults}
    sound = frame.filter(~pl.col("row").is_in(sorted(bad))) if bad else frame
    return Checked(frame.height, tuple(named), sound, whole.currency)


def _texts() -> list[Test]:
    number = pl.col("contract_number")
    first = pl.col("first_row")
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
        Test("bad-id", "id_number", pl.col("number").is_null()),
        Test("bad-phone", "phone", pl.col("voice").is_null()),
        Test("bad-email", "email", pl.col("mail").is_null()),
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


def _rates(frame: pl.DataFrame, lender_kind: str) -> pl.DataFrame:
    """Return what may be applied of each rate that occurs, by the day of the contract."""
    pairs = frame.select("contract_on", "rate").unique()
    answers = [_applied(lender_kind, *pair) for pair in pairs.iter_rows()]
    return pairs.with_columns(
        pl.Series("rate_applied", [_text(each.rate_pct) for each in answers], pl.String),
        pl.Series("rate_fault", [each.fault for each in answers], pl.String),
        pl.Series("rate_rule", [each.rule for each in answers], pl.String),
    )


def _applied(lender_kind: str, contract_on: date | None, rate: str | None) -> Applied:
    number = Decimal(rate) if rate else None
    if number is not None and number > 100:
        return Applied(None)
    return applied(lender_kind, contract_on, number)


def _unknown(written: str, understood: str) -> pl.Expr:
    unknown = (pl.col(written) != "") & pl.col(understood).is_null()
    if written == "annual_overdue_rate":
        return unknown | (pl.col(understood).cast(pl.Float64, strict=False) > 100)
    return unknown


def _currency(counts: pl.DataFrame) -> str:
    known = counts.filter(pl.col("currency").is_in(sorted(CURRENCIES)))
    ranked = known.group_by("currency").agg(pl.col("rows").sum())
    # Of two that are equally frequent the same one, whatever the order of the rows.
    ranked = ranked.sort("rows", "currency", descending=[True, False])
    return str(ranked[0, "currency"]) if ranked.height else "CNY"


def _limit(most: int) -> tuple[tuple[str, pl.Expr], ...]:
    return (("limit", pl.lit(most)),)


def _fact(name: str, value: str) -> tuple[tuple[str, pl.Expr], ...]:
    return ((name, pl.lit(value)),)


def _text(rate: Decimal | None) -> str | None:
    return None if rate is None else str(rate)
