"""
The files of a kept statement: PDF to keep, CSV and XLSX to compute with. All of the same bookings.

The PDF has one line for all that was booked of one matter at one moment, the tables one for each
booking; the balance before, plus the lines, is the balance after in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qinghe.claims.days import day_of
from qinghe.kernel.money import to_major
from qinghe.kernel.tables import as_csv, as_sheet
from qinghe.kernel.typeset import Press
from qinghe.settlement.queries.monthly import Booking, KeptRow
from qinghe.settlement.queries.statements import StatementLine

TEMPLATE: Final = "qinghe.settlement:monthly.typ"
# A longer table is set without marks for screen readers, which cost nine tenths of the time; the
# page, the CSV and the workbook say the same.
TAGGED: Final = 200


@dataclass(frozen=True)
class Files:
    """The three files of one statement."""

    pdf: bytes
    csv: bytes
    xlsx: bytes


class Unbalanced(RuntimeError):
    """The bookings of a statement do not lead from its opening to its closing balance."""


def files_of(row: KeptRow, bookings: Sequence[Booking], *, at: datetime, press: Press) -> Files:
    """
    Return the files of a statement in its language; equal facts give equal bytes.

    :raises Unbalanced: the bookings do not lead from the opening to the closing balance
    """
    if row.opening + sum(each.line.amount for each in bookings) != row.closing:
        raise Unbalanced(row.number)
    with translation.override(row.language):
        table = _table(row, bookings)
        facts = _facts(row, bookings)
        tagged = len(bookings) <= TAGGED
        return Files(
            pdf=press.typeset(facts, at=at, tagged=tagged),
            csv=as_csv(table),
            xlsx=as_sheet(table, title=row.number, at=at),
        )


def _table(row: KeptRow, bookings: Sequence[Booking]) -> list[list[object]]:
    words = _words()
    head: list[object] = [words[name] for name in ("day", "what", "reference", "claim")]
    head += [f"{words[name]} ({row.currency})" for name in ("amount", "balance")]
    opening, closing = _major(row.opening, row), _major(row.closing, row)
    return [
        [*head, words["meant"]],
        [f"{row.month:%Y-%m-01}", words["opening"], row.number, "", "", opening, ""],
        *[
            [
                day_of(each.line.at).isoformat(),
                each.line.text,
                each.line.reference,
                each.line.claim_number,
                _major(each.line.amount, row),
                _major(each.line.balance, row),
                day_of(each.meant_at).isoformat() if each.meant_at else "",
            ]
            for each in bookings
        ],
        [f"{row.month:%Y-%m}", words["closing"], row.number, "", "", closing, ""],
    ]


def _facts(row: KeptRow, bookings: Sequence[Booking]) -> dict[str, object]:
    return {
        "lang": "zh" if row.language.startswith("zh") else "en",
        "title": _("Monthly statement"),
        "number": row.number,
        "organisation": row.organisation_name,
        "month": f"{row.month:%Y-%m}",
        "currency": row.currency,
        "root": row.root,
        "words": _words(),
        "sums": _sums(row, bookings),
        "lines": _lines(row, bookings),
    }


def _sums(row: KeptRow, bookings: Sequence[Booking]) -> list[list[str]]:
    words, sums = _words(), dict[str, tuple[int, int]]()
    for each in bookings:
        count, total = sums.get(each.line.text, (0, 0))
        sums[each.line.text] = (count + 1, total + each.line.amount)
    return [
        [words["opening"], "", _shown(row.opening, row)],
        *[[text, f"{count:,}", _shown(total, row)] for text, (count, total) in sums.items()],
        [words["closing"], "", _shown(row.closing, row)],
    ]


def _lines(row: KeptRow, bookings: Sequence[Booking]) -> list[list[str]]:
    """Return one line for what was booked of one matter at one moment: money first, then parts."""
    found = []
    matters = groupby(bookings, key=lambda each: (each.line.at, each.line.reference))
    for (at, reference), group in matters:
        parts = [each.line for each in group]
        plus = sum(part.amount for part in parts if part.amount > 0)
        minus = sum(part.amount for part in parts if part.amount < 0)
        found.append(
            [
                day_of(at).isoformat(),
                _text(parts),
                parts[0].claim_number or reference,
                _shown(plus, row) if plus else "",
                _shown(minus, row) if minus else "",
                _shown(parts[-1].balance, row),
            ]
        )
    return found


def _text(parts: Sequence[StatementLine]) -> str:
    """Return what a line of several bookings is, with what was kept from it."""
    kept = {part.kind for part in parts if part.amount < 0}
    if parts[0].kind != "payment.collected" or not kept:
        return parts[0].text
    fits = kept <= {"payment.commission", "payment.reserve", "payment.fee", "payment.fee_tax"}
    words = _("{what}, less commission") if fits else _("{what}, less commission and costs")
    return words.format(what=parts[0].text)


def _words() -> dict[str, str]:
    return {
        "number": _("Number"),
        "organisation": _("Organisation"),
        "month": _("Month"),
        "currency": _("Currency"),
        "root": _("Seal of the month"),
        "summary": _("Summary"),
        "opening": _("Balance before"),
        "closing": _("Balance after"),
        "bookings": _("Bookings"),
        "day": _("Day"),
        "what": _("What"),
        "count": pgettext("statement", "How many"),
        "reference": _("Reference"),
        "claim": _("Claim"),
        "amount": _("Amount"),
        "balance": _("Balance"),
        "plus": pgettext("statement", "In your favour"),
        "minus": pgettext("statement", "Deducted"),
        "meant": pgettext("statement", "Belongs to"),
        "none": _("Nothing was booked in this period."),
    }


def _major(minor: int, row: KeptRow) -> Decimal:
    return to_major(minor, row.currency)


def _shown(minor: int, row: KeptRow) -> str:
    sign = "\u2212" if minor < 0 else ""
    return f"{sign}{to_major(abs(minor), row.currency):,}"
