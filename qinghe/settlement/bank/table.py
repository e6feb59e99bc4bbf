"""Read a statement that is a table, CSV or XLSX, by a mapping of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from qinghe.claims.intake.read import ROW
from qinghe.kernel.money import to_major
from qinghe.settlement.bank.refusals import BadStatement, BalanceDiffers
from qinghe.settlement.bank.sheets import Line, Sheet, day, minor, plain
from qinghe.settlement.refusals import MissingColumn, UnknownMapping

MAPPINGS: Final = Path(__file__).parent / "mappings"
NEEDED: Final = ("booked_on",)
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


def read_table_sheet(table: pl.DataFrame, mapping: Mapping[str, Any], account: str) -> Sheet:
    """
    Return the statement of a table; a table that names no account is taken as the platform's own.

    :raises MissingColumn: a column the mapping needs is not there
    :raises BadStatement: a field cannot be read
    :raises BalanceDiffers: a running balance does not follow from the entries
    """
    columns = _columns(table, mapping)
    rows = [
        {name: str(row[column] or "").strip() for name, column in columns.items()}
        | {ROW: str(row[ROW])}
        for row in table.iter_rows(named=True)
    ]
    currency = (rows[0].get("currency") or mapping["currency"]) if rows else mapping["currency"]
    lines = [_line(row, mapping, currency) for row in rows]
    sheet = Sheet("table", _account(rows, account), currency, tuple(lines))
    return _balanced(sheet, rows) if "balance" in columns and lines else sheet


def _columns(table: pl.DataFrame, mapping: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, wanted in mapping["columns"].items():
        here = [each for each in wanted if each in table.columns]
        if here:
            found[name] = here[0]
        elif name in NEEDED:
            raise MissingColumn(column=wanted[0])
    if "amount" not in found and not {"credit", "debit"} <= found.keys():
        raise MissingColumn(column=mapping["columns"]["amount"][0])
    return found


def _account(rows: list[dict[str, str]], own: str) -> str:
    named = {row["account"] for row in rows if row.get("account")}
    if len(named) > 1:
        raise BadStatement(row=rows[-1][ROW], field="account")
    return named.pop() if named else own


def _line(row: Row, mapping: Mapping[str, Any], currency: str) -> Line:
    number = int(row[ROW])
    if row.get("currency", currency) != currency:
        raise BadStatement(row=number, field="currency")
    signed = _signed(row, mapping, currency, number)
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


def _signed(row: Row, mapping: Mapping[str, Any], currency: str, number: int) -> int:
    """Return the amount with its sign: two columns, one with a sign, or one with a word."""
    if "amount" in row:
        amount = _minor(row["amount"], currency, number, "amount", negative=True)
        word = row.get("sign", "")
        if word:
            if word not in (*mapping["credit_words"], *mapping["debit_words"]) or amount < 0:
                raise BadStatement(row=number, field="sign")
            amount = amount if word in mapping["credit_words"] else -amount
    else:
        came, went = (
            _minor(row[side], currency, number, side) if row[side] else 0
            for side in ("credit", "debit")
        )
        if came and went:
            raise BadStatement(row=number, field="debit")
        amount = came - went
    if not amount:
        raise BadStatement(row=number, field="amount")
    return amount


def _minor(text: str, currency: str, row: int, field: str, *, negative: bool = False) -> int:
    bare = text.replace(",", "").removeprefix("+").removeprefix("¥")
    return minor(bare, currency, row, field, least=-(10**15) if negative else 0)


def _day(text: str, patterns: list[str], row: int) -> date:
    for pattern in patterns:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        return day(lambda: found, row, "booked_on")  # noqa: B023  called at once
    raise BadStatement(row=row, field="booked_on")


def _balanced(sheet: Sheet, rows: list[dict[str, str]]) -> Sheet:
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
