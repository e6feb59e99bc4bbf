"""
Read MT940, the SWIFT customer statement.

Strict, and therefore our own: the known library reads `12,5XNTRF` as an amount and a kind, and
passes over what it does not know. Here one character too many names its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from qinghe.settlement.bank.refusals import BadStatement, StatementCut
from qinghe.settlement.bank.sheets import Line, Sheet, day, minor, plain

TAG: Final = re.compile(r":(\d{2}[A-Z]?):(.*)")
# Value day, entry day, sign (R: reversed), currency's third letter, amount, kind, references.
ENTRY: Final = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<sign>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,12},\d{0,3})"
    r"(?P<kind>[NFS][A-Z0-9]{3})(?P<own>[^/\n]{0,16}(?:/[^/\n]+)*)(?://(?P<bank>[^\n]{1,34}))?"
)
BALANCE: Final = re.compile(r"(?P<sign>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<amount>[\d,]+)")
# Of :86: as banks structure it: ?20 to ?29 and ?60 to ?63 are words, ?32 and ?33 the name.
PART: Final = re.compile(r"\?(\d\d)")
WORDS: Final = {*range(20, 30), *range(60, 64)}
NAME: Final = {32, 33}
ACCOUNT: Final = {31, 38}
# Banks write these where they have no number.
NONE: Final = {"", "NONREF"}


@dataclass
class _Open:
    """A statement while it is read."""

    row: int
    last: int = 0
    account: str = ""
    number: str = ""
    currency: str = ""
    opening: int | None = None
    closing: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    lines: list[Line] = field(default_factory=list)

    def sheet(self) -> Sheet:
        if not self.account or not self.currency:
            raise BadStatement(row=self.row, field=":25:" if not self.account else ":60F:")
        if self.closing is None:
            # A message that was cut off would be taken for a whole one.
            raise StatementCut(row=self.last)
        lines = tuple(self.lines)
        numbers = (self.number, self.opening, self.closing, self.starts_on, self.ends_on)
        return Sheet("MT940", self.account, self.currency, lines, *numbers)


def read_mt940(text: str) -> list[Sheet]:
    """
    Return the statements of an MT940 file.

    :raises BadStatement: a field cannot be read
    :raises StatementCut: a message without its closing balance
    """
    found: list[_Open] = []
    for row, tag, value in _fields(text):
        if tag == "20":
            found.append(_Open(row))
        elif not found:
            raise BadStatement(row=row, field=f":{tag}:")
        else:
            _take(found[-1], tag, value, row)
            found[-1].last = row
    return [each.sheet() for each in found]


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    """Return (row, tag, value); a value goes on over the lines that begin no tag."""
    row, tag, value = 0, "", list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        line = line.strip("\r")
        begins = TAG.fullmatch(line.partition("}{4:")[2] or line)
        if begins or line.startswith(("-", "{")) or not line:
            if tag:
                yield row, tag, "\n".join(value)
            tag = ""
        if begins:
            row, tag, value = number, begins[1], [begins[2]]
        elif tag:
            value.append(line)
        elif line.strip() and not line.startswith(("-", "{")):
            raise BadStatement(row=number, field="?")
    if tag:
        yield row, tag, "\n".join(value)


def _take(into: _Open, tag: str, value: str, row: int) -> None:
    if tag == "25":
        into.account = value.strip()
    elif tag == "28C":
        into.number = value.strip()
    elif tag in ("60F", "60M"):
        into.currency, into.opening, into.starts_on = _balance(value, row, tag)
    elif tag in ("62F", "62M"):
        currency, into.closing, into.ends_on = _balance(value, row, tag)
        if currency != into.currency:
            raise BadStatement(row=row, field=f":{tag}:")
    elif tag == "61":
        into.lines.append(_entry(into, value, row))
    elif tag == "86" and into.lines and into.closing is None:
        into.lines[-1] = _told(into.lines[-1], value)


def _entry(into: _Open, value: str, row: int) -> Line:
    head, _newline, more = value.partition("\n")
    found = ENTRY.fullmatch(head)
    if found is None or not into.currency:
        raise BadStatement(row=row, field=":61:")
    valued = _day(found["value"], row)
    return Line(
        row=row,
        booked_on=_booked(valued, found["entry"], row),
        value_on=valued,
        amount=_minor(found["amount"], into.currency, row, ":61:"),
        # A reversed debit is money that came back.
        credit=found["sign"] in ("C", "RD"),
        reference="" if (found["bank"] or "").strip() in NONE else found["bank"].strip(),
        text=plain(["" if found["own"].strip() in NONE else found["own"], more]),
    )


def _told(line: Line, value: str) -> Line:
    """Add what :86: says: parts that are numbered, or plain words."""
    pieces = PART.split(value.replace("\n", ""))
    parts = list(zip(map(int, pieces[1::2]), pieces[2::2], strict=True))
    if not parts:
        words, name, account = [value], "", ""
    else:
        words = ["".join(text for number, text in parts if number in WORDS)]
        name = "".join(text for number, text in parts if number in NAME)
        account = "".join(text for number, text in parts if number in ACCOUNT)
    told = plain([line.text, *words])
    return Line(
        line.row,
        line.booked_on,
        line.value_on,
        line.amount,
        line.credit,
        line.reference,
        told,
        plain([name]),
        plain([account]),
    )


def _balance(value: str, row: int, tag: str) -> tuple[str, int, date]:
    found = BALANCE.fullmatch(value.strip())
    if found is None:
        raise BadStatement(row=row, field=f":{tag}:")
    amount = _minor(found["amount"], found["currency"], row, f":{tag}:", least=0)
    signed = amount if found["sign"] == "C" else -amount
    return found["currency"], signed, _day(found["day"], row)


def _minor(text: str, currency: str, row: int, field: str, *, least: int = 1) -> int:
    if text.count(",") != 1:
        raise BadStatement(row=row, field=field)
    return minor(text.replace(",", "."), currency, row, field, least=least)


def _day(text: str, row: int) -> date:
    year, month, number = int(text[:2]), int(text[2:4]), int(text[4:])
    return day(lambda: date(2000 + year, month, number), row, ":61:")


def _booked(valued: date, text: str | None, row: int) -> date:
    """Return the day of entry, which has no year: the one next to the value day."""
    if not text:
        return valued
    month, number = int(text[:2]), int(text[2:])

    def near() -> date:
        years = (valued.year - 1, valued.year, valued.year + 1)
        return min((date(y, month, number) for y in years), key=lambda d: abs(d - valued))

    if (month, number) == (2, 29):
        return valued
    return day(near, row, ":61:")
