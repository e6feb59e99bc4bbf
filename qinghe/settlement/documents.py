"""
A statement as a file: PDF to keep, CSV and XLSX to compute with.

The figures are those of the page.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qinghe.kernel.money import to_major
from qinghe.kernel.tables import as_csv, as_sheet
from qinghe.kernel.typeset import typeset
from qinghe.settlement.queries.statements import Statement, StatementLine

TEMPLATE: Final = "qinghe.settlement:statement.typ"


def statement_pdf(statement: Statement, *, at: datetime) -> bytes:
    """Return the statement as a PDF on A4, in the active language."""
    facts = {
        "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "title": _("Statement"),
        "organisation": statement.organisation_name,
        "period": f"{statement.starts_on.isoformat()} – {statement.ends_on.isoformat()}",
        "currency": statement.currency,
        "made": f"{_local(at):%Y-%m-%d %H:%M}",
        "words": _words(),
        "opening": _amount(statement.opening, statement),
        "closing": _amount(statement.closing, statement),
        "recovered": _amount(statement.recovered, statement),
        "parts": [[words, _amount(minor, statement)] for words, minor in parts_of(statement)],
        "lines": [_cells(line, statement) for line in statement.lines],
        "payments": [
            [
                row.paid_on.isoformat(),
                row.claim_number,
                row.source_label,
                _amount(row.amount, statement),
                _amount(row.costs_back + row.costs_own, statement),
                _amount(row.gross_commission, statement),
                _amount(row.tax, statement),
                _amount(row.creditor_share, statement),
            ]
            for row in statement.payments
        ],
    }
    return typeset(TEMPLATE, facts, at=at)


def statement_csv(statement: Statement) -> bytes:
    """Return the bookings of a statement as CSV in UTF-8 with a mark, amounts in major units."""
    return as_csv(_table(statement))


def statement_xlsx(statement: Statement, *, at: datetime) -> bytes:
    """Return the bookings of a statement as a workbook to compute with."""
    return as_sheet(_table(statement), title=statement.organisation_name, at=at)


def parts_of(statement: Statement) -> list[tuple[str, int]]:
    """
    Return what a creditor received itself, the commission of the period and whose it is, in words,
    then what went out and what else moved the balance; the parts of the commission are the whole.
    """
    shares = statement.shares
    theirs = _("Your part") if statement.collects else _("The collector's part")
    out = [(_("Set aside or paid out"), statement.out)] if statement.out else []
    if statement.other:
        out.append((_("Other bookings"), statement.other))
    if statement.aside:
        out.append((_("Set aside, not paid by the last day"), statement.aside))
    own = statement.direct and not statement.collects
    direct = [(_("Of that, received by yourself"), statement.direct)] if own else []
    return [
        *direct,
        (_("Commission, in all"), shares.gross),
        (_("Platform fee"), shares.fee),
        (_("Quality part"), shares.quality),
        (theirs, shares.own),
        *out,
    ]


def _table(statement: Statement) -> list[list[object]]:
    words = _words()
    head = [words[name] for name in ("day", "what", "reference", "claim")]
    sums = [f"{words[name]} ({statement.currency})" for name in ("amount", "balance")]
    opening, closing = _plain(statement.opening, statement), _plain(statement.closing, statement)
    return [
        [*head, *sums, words["objection"]],
        [statement.starts_on.isoformat(), words["opening"], "", "", "", opening, ""],
        *[_bookings(line, statement) for line in statement.lines],
        [statement.ends_on.isoformat(), words["closing"], "", "", "", closing, ""],
    ]


def _bookings(line: StatementLine, statement: Statement) -> list[object]:
    return [
        _local(line.at).date().isoformat(),
        line.text,
        line.reference,
        line.claim_number,
        _plain(line.amount, statement),
        _plain(line.balance, statement),
        line.said,
    ]


def _words() -> dict[str, str]:
    return {
        "period": pgettext("statement", "Period"),
        "currency": _("Currency"),
        "opening": _("Balance before"),
        "closing": _("Balance after"),
        "recovered": _("Recovered in the period"),
        "commission": _("Commission"),
        "bookings": _("Bookings"),
        "payments": _("Payments"),
        "day": _("Day"),
        "what": _("What"),
        "reference": _("Reference"),
        "claim": _("Claim"),
        "amount": _("Amount"),
        "balance": _("Balance"),
        "source": _("Source"),
        "share": _("For the creditor"),
        "costs": pgettext("statement", "Costs back"),
        "tax": pgettext("statement", "Tax in it"),
        "objection": _("Objection"),
        "none": _("Nothing was booked in this period."),
        "made": _("Made on"),
    }


def _cells(line: StatementLine, statement: Statement) -> list[str]:
    return [
        _local(line.at).date().isoformat(),
        " · ".join(part for part in (line.text, line.said) if part),
        line.claim_number or line.reference,
        _amount(line.amount, statement),
        _amount(line.balance, statement),
    ]


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.DISPLAY_ZONE))


def _amount(minor: int, statement: Statement) -> str:
    sign = "\u2212" if minor < 0 else ""
    return f"{sign}{to_major(abs(minor), statement.currency):,}"


def _plain(minor: int, statement: Statement) -> Decimal:
    return to_major(minor, statement.currency)
