"""Read a statement that is a table, CSV or XLSX, by a mapping of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from qinghe.claims.intake.currencies import code_of
from qinghe.claims.intake.read import ROW
from qinghe.kernel.money import to_major, ungrouped
from qinghe.settlement.bank.refusals import (
    BadStatement,
    BalanceDiffers,
    StatementColumns,
    field_label,
)
from qinghe.settlement.bank.rows import columns_of, missing_in, words_of
from qinghe.settlement.bank.sheets import Line, Sheet, day, minor, plain
from qinghe.settlement.refusals import UnknownMapping

MAPPINGS: Final = Path(__file__).parent / "mappings"
TEMPLATE: Final = (
    "booked_on", "credit", "debit", "balance", "currency", "reference", "payer", "payer_account",
    "text",
)  # fmt: skip
# What banks write where there is nothing.
NOTHING: Final = ("-", "--", "—", "－", "/")
# Words stay as they are: an entry without a number is known by them.
WORDS: Final = ("text", "payer", "payer_account")
Row = Mapping[str, str]


def mapping_names() -> list[str]:
    """Return the names of the mappings of statements that come with the product."""
    return sorted(path.stem for path in MAPPINGS.glob("*.yaml"))


@cache
def mapping_named(name: str) -> dict[str, Any]:
    """
    Return a mapping by name.

    :raises UnknownMapping: there is none
    """
    if name not in mapping_names():
        raise UnknownMapping
    found: dict[str, Any] = yaml.safe_load((MAPPINGS / f"{name}.yaml").read_text("utf-8"))
    return found


def template_of(name: str) -> bytes:
    """
    Return an empty statement as CSV, under the names that a mapping knows.

    :raises UnknownMapping: there is none
    """
    columns = mapping_named(name)["columns"]
    head = ",".join(columns[each][1] for each in TEMPLATE)
    return f"\ufeff{head}\r\n".encode()


def read_table_sheet(table: pl.DataFrame, mapping: Mapping[str, Any], account: str) -> Sheet:
    """
    Return the statement of a table; a table that names no account is taken as the platform's own.

    :raises StatementColumns: a column the mapping needs is not there
    :raises BadStatement: a field cannot be read
    :raises BalanceDiffers: a running balance does not follow from the entries
    """
    columns = columns_of(table.columns, mapping)
    if missing := missing_in(columns):
        raise StatementColumns.of(missing, mapping)
    words = words_of(table.columns, mapping)
    rows = [
        {name: _cell(row[column], name) for name, column in columns.items()}
        | {"text": _words(row, words), ROW: str(row[ROW])}
        for row in table.iter_rows(named=True)
    ]
    currency = (rows[0].get("currency") or mapping["currency"]) if rows else mapping["currency"]
    bare = Sheet("table", _account(rows, account), currency, ())
    return _one_of([partial(_read, bare, rows, mapping, way) for way in _ways(rows, mapping)], rows)


def _read(bare: Sheet, rows: Sequence[Row], mapping: Mapping[str, Any], doubled: bool) -> Sheet:
    lines = [_line(row, mapping, bare.currency, doubled) for row in rows]
    sheet = replace(bare, lines=tuple(lines))
    told = any(row.get("balance") for row in rows)
    return _balanced(sheet, rows) if told else sheet


def _ways(rows: Sequence[Row], mapping: Mapping[str, Any]) -> tuple[bool, ...]:
    """
    Return how a minus beside a word for the side may be meant: as a reversal, or said twice over.

    Said twice over it stands beside every debit and no credit; then only a balance can tell.
    """
    words = mapping["debit_words"]
    told = {
        (row["sign"] in words, "-" in row["amount"])
        for row in rows
        if row.get("sign") and "amount" in row
    }
    unsure = (True, True) in told and told <= {(True, True), (False, False)}
    return (False, True) if unsure else (False,)


def _one_of(ways: list[Callable[[], Sheet]], rows: Sequence[Row]) -> Sheet:
    found: list[Sheet] = []
    fault: BalanceDiffers | None = None
    for way in ways:
        try:
            found.append(way())
        except BalanceDiffers as differs:
            fault = fault or differs
    if len(found) > 1:
        minus = next(row for row in rows if "-" in row["amount"])
        raise BadStatement(row=minus[ROW], field=field_label("sign"))
    if not found and fault is not None:
        raise fault
    return found[0]


def _cell(told: object, name: str) -> str:
    text = str(told or "").strip()
    if text in NOTHING and name not in WORDS:
        return ""
    return code_of(text) if name == "currency" else text


def _words(row: Mapping[str, object], columns: list[str]) -> str:
    """Return the words of all columns: a bank says its own in one, and the payer's in another."""
    told = [_cell(row[column], "text") for column in columns]
    said = [text for text in told if text not in NOTHING] or told[:1]
    return " ".join(text for text in dict.fromkeys(said) if text)


def _account(rows: Sequence[Row], own: str) -> str:
    named = {row["account"] for row in rows if row.get("account")}
    if len(named) > 1:
        raise BadStatement(row=rows[-1][ROW], field=field_label("account"))
    return named.pop() if named else own


def _line(row: Row, mapping: Mapping[str, Any], currency: str, doubled: bool) -> Line:
    number = int(row[ROW])
    if row.get("currency", currency) != currency:
        raise BadStatement(row=number, field=field_label("currency"))
    signed = _signed(row, mapping, currency, number, doubled)
    booked = _day(row["booked_on"], mapping["dates"], number)
    value = row.get("value_on", "")
    return Line(
        row=number,
        booked_on=booked,
        value_on=_day(value, mapping["dates"], number) if value else booked,
        amount=abs(signed),
        credit=signed > 0,
        reference=row.get("reference", ""),
        text=plain([row.get("text", "")]),
        payer=plain([row.get("payer", "")]),
        payer_account=plain([row.get("payer_account", "")]),
    )


def _signed(row: Row, mapping: Mapping[str, Any], currency: str, number: int, doubled: bool) -> int:
    """
    Return the amount with its sign: two columns, one with a sign, or one with a word.

    A minus on one side is money on the other: a bank undoes an entry so.
    """
    if "amount" in row:
        amount = _minor(row["amount"], currency, number, "amount", negative=True)
        word = row.get("sign", "")
        if word:
            if word not in (*mapping["credit_words"], *mapping["debit_words"]):
                raise BadStatement(row=number, field=field_label("sign"))
            amount = abs(amount) if doubled else amount
            amount = amount if word in mapping["credit_words"] else -amount
    else:
        came, went = (
            _minor(row[side], currency, number, side, negative=True) if row[side] else 0
            for side in ("credit", "debit")
        )
        if came and went:
            raise BadStatement(row=number, field=field_label("debit"))
        amount = came - went
    if not amount:
        # Named as the file names it: one column, or one for what came and one for what went.
        columns = ("amount",) if "amount" in row else ("credit", "debit")
        raise BadStatement(row=number, field="/".join(map(field_label, columns)))
    return amount


def _minor(text: str, currency: str, row: int, field: str, *, negative: bool = False) -> int:
    try:
        bare = ungrouped(text).removeprefix("+").lstrip("¥￥ ")
    except ValueError:
        raise BadStatement(row=row, field=field_label(field)) from None
    return minor(bare, currency, row, field_label(field), least=-(10**15) if negative else 0)


def _day(text: str, patterns: list[str], row: int) -> date:
    for pattern in patterns:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        return day(lambda: found, row, field_label("booked_on"))  # noqa: B023  called at once
    raise BadStatement(row=row, field=field_label("booked_on"))


def _balanced(sheet: Sheet, rows: Sequence[Row]) -> Sheet:
    """Follow the running balance, oldest first or newest first, and tell where it breaks."""
    told = [
        _minor(row["balance"], sheet.currency, int(row[ROW]), "balance", negative=True)
        for row in rows
    ]
    for order in (1, -1):
        lines, after = sheet.lines[::order], told[::order]
        opening = after[0] - lines[0].signed
        running = opening
        for line, balance in zip(lines, after, strict=True):
            running += line.signed
            if running != balance:
                break
        else:
            return replace(sheet, opening=opening, closing=running)
    total = told[0] - sheet.lines[0].signed + sum(line.signed for line in sheet.lines)
    raise BalanceDiffers(
        counted=f"{to_major(total, sheet.currency)}",
        told=f"{to_major(told[-1], sheet.currency)}",
        currency=sheet.currency,
    )
