"""
A closed month for the accountants: bookings by day and kind between accounts without persons.

Accounts of claims, debtors and single payouts are told together; an organisation is told by its id.
What the platform keeps in mind for others (what is owed on claims) stands under `Memo`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.kernel.tables import as_csv
from qinghe.ledger.closing import after
from qinghe.ledger.models import Account, Period

# One name for all accounts of a sort: no claim, no debtor and no single payout is told.
TOLD: Final = r"""
told AS (
    SELECT id, currency, side, regexp_replace(regexp_replace(path,
        '^(claim|debtor|cover):[^:]+:', '\1:'),
        '^(platform:(cash:[^:]*|fees|payout)):[^:]+$', '\1') AS name
    FROM ledger_account
)
"""
BOOKED: Final = f"""
WITH {TOLD}
SELECT (t.at AT TIME ZONE %(zone)s)::date, t.kind, t.currency, d.name, min(d.side), c.name,
    min(c.side), count(*), sum(t.amount)::bigint
FROM ledger_transfer t JOIN told d ON d.id = t.debit_id JOIN told c ON c.id = t.credit_id
WHERE t.at >= %(since)s::timestamptz AND t.at < %(until)s AND d.name <> c.name
GROUP BY 1, 2, 3, 4, 6 ORDER BY 1, 2, 3, 4, 6
"""  # noqa: S608  a constant of this module
STOOD: Final = f"""
WITH {TOLD}, last AS (
    SELECT DISTINCT ON (b.account_id) b.account_id, b.balance
    FROM ledger_closingbalance b JOIN ledger_period p ON p.id = b.period_id
    WHERE p.until <= %(until)s ORDER BY b.account_id, p.until DESC
)
SELECT t.name, min(t.side), t.currency, sum(l.balance)::bigint
FROM last l JOIN told t ON t.id = l.account_id GROUP BY t.name, t.currency ORDER BY 1, 3
"""  # noqa: S608  a constant of this module
ROOTS: Final = {
    Account.Side.DEBIT: "Assets",
    Account.Side.CREDIT: "Liabilities",
    Account.Side.MIXED: "Liabilities",
}
FORMATS: Final = ("beancount", "csv")


class MonthNotClosed(DomainError):
    code = "ledger.month-not-closed"
    status = 404
    text = _("This month is not closed. Only a closed month has figures that stay.")


@dataclass(frozen=True)
class Booked:
    """All bookings of one day and kind from one account to another; minor units."""

    day: date
    kind: str
    currency: str
    debit: str
    credit: str
    count: int
    amount: int


@dataclass(frozen=True)
class Month:
    """A closed month as accountants take it over; balances by account and currency."""

    month: date
    root: str
    opening: dict[tuple[str, str], int]
    closing: dict[tuple[str, str], int]
    booked: list[Booked]


def export(*, month: date, fmt: str, zone: str) -> bytes:
    """
    Return a closed month as a beancount file or a CSV journal; always the same bytes.

    :raises MonthNotClosed: it is not
    """
    found = read(month=month, zone=zone)
    return "".join(_beancount(found)).encode() if fmt == "beancount" else _csv(found)


def read(*, month: date, zone: str) -> Month:
    """
    Return a closed month by day, kind and account.

    :raises MonthNotClosed: it is not
    """
    period = Period.objects.filter(month=month).first()
    if period is None:
        raise MonthNotClosed
    last = Period.objects.filter(until__lt=period.until).order_by("-until").first()
    since = last.until if last else "-infinity"
    facts = {"since": since, "until": period.until, "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, facts)
        booked = [
            Booked(day, kind, currency, account(debit, left), account(credit, right), count, total)
            for day, kind, currency, debit, left, credit, right, count, total in cursor.fetchall()
        ]
    opening = _stood(last) if last else {}
    return Month(month, period.root, opening, _stood(period), booked)


def account(path: str, side: str) -> str:
    """Return the name beancount knows an account by, such as `Liabilities:Creditor:1:Collected`."""
    parts = [part.replace("_", "-") for part in path.split(":") if part]
    name = ":".join(part[:1].upper() + part[1:] for part in parts)
    if path.startswith("claim:") or path.endswith(":claimed"):
        name = f"Memo:{name}"
    root = "Income" if path == "platform:fees" else ROOTS[Account.Side(side)]
    return f"{root}:{name}"


def _stood(period: Period) -> dict[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(STOOD, {"until": period.until})
        return {
            (account(path, side), currency): total
            for path, side, currency, total in cursor.fetchall()
        }


def _beancount(month: Month) -> Iterator[str]:
    first, then = month.month, after(month.month)
    names = {name for name, _currency in month.opening.keys() | month.closing.keys()}
    names |= {name for row in month.booked for name in (row.debit, row.credit)}
    days = [row.day for row in month.booked]
    start = min([first, *days])
    yield f"; {first:%Y-%m}, sealed {month.root}\n"
    yield from (f"{start} open {name}\n" for name in sorted(names))
    if month.opening:
        yield f'\n{first} * "opening balances"\n'
        for (name, currency), total in sorted(month.opening.items()):
            if total:
                yield f"  {name}  {_amount(total, currency)}\n"
    for row in month.booked:
        yield f'\n{row.day} * "{row.kind}"\n  bookings: {row.count}\n'
        yield f"  {row.debit}  {_amount(row.amount, row.currency)}\n"
        yield f"  {row.credit}  {_amount(-row.amount, row.currency)}\n"
    yield "\n"
    for (name, currency), total in sorted(month.closing.items()):
        yield f"{then} balance {name}  {_amount(total, currency)}\n"


def _csv(month: Month) -> bytes:
    head = ("day", "kind", "bookings", "debit", "credit", "amount", "currency")
    rows = [
        (
            row.day.isoformat(),
            row.kind,
            row.count,
            row.debit,
            row.credit,
            to_major(row.amount, row.currency),
            row.currency,
        )
        for row in month.booked
    ]
    return as_csv([head, *rows])


def _amount(minor: int, currency: str) -> str:
    return f"{to_major(minor, currency)} {currency}"
