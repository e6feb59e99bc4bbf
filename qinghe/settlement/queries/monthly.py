"""
Statements of a closed month, for all organisations at once: figures, then the bookings of some.

Whose account it is stands in its path; what moves between two accounts of one organisation changes
nothing for it. Amounts are in minor units, positive when in favour of the organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.models import Period
from qinghe.parties.filestore import load_file
from qinghe.parties.roles import Permission, require
from qinghe.settlement.closing_terms import begins, ends
from qinghe.settlement.models import KeptStatement
from qinghe.settlement.queries.statements import StatementLine
from qinghe.settlement.refusals import NoStatement

FORMATS: Final = ("pdf", "csv", "xlsx")
# The accounts whose sum is what the platform owes an organisation.
OWNED: Final = """
owned AS (
    SELECT a.id, a.currency, split_part(a.path, ':', 2)::uuid AS organisation_id
    FROM ledger_account a
    WHERE a.path ~ '^creditor:[^:]+:(collected|commission_due|clawback)$'
        OR a.path ~ '^collector:[^:]+:(payable|clawback|introduction_due)$'
)
"""
FIGURES: Final = f"""
WITH {OWNED}, stood AS (
    SELECT o.organisation_id, o.currency, last.*
    FROM owned o CROSS JOIN LATERAL (
        SELECT b.balance, CASE WHEN p.until = %(until)s THEN b.credits - b.debits ELSE 0 END
            AS moved, p.until = %(until)s AS touched
        FROM ledger_closingbalance b JOIN ledger_period p ON p.id = b.period_id
        WHERE b.account_id = o.id AND p.until <= %(until)s ORDER BY p.until DESC LIMIT 1
    ) AS last
)
SELECT g.id, g.name, s.currency, (-sum(s.balance) - sum(s.moved))::bigint, (-sum(s.balance))::bigint
FROM stood s JOIN parties_organisation g ON g.id = s.organisation_id
GROUP BY g.id, g.name, g.slug, s.currency HAVING bool_or(s.touched) OR sum(s.balance) <> 0
ORDER BY g.slug, s.currency
"""  # noqa: S608  a constant of this module
LINES: Final = f"""
WITH {OWNED}, mine AS (
    SELECT o.* FROM owned o JOIN unnest(%(organisations)s::uuid[]) AS w (id)
        ON w.id = o.organisation_id
), moves AS (
    SELECT m.organisation_id, t.*, -t.amount AS signed FROM mine m
    JOIN ledger_transfer t ON t.debit_id = m.id
    WHERE t.at >= %(since)s::timestamptz AND t.at < %(until)s
    UNION ALL SELECT m.organisation_id, t.*, t.amount FROM mine m
    JOIN ledger_transfer t ON t.credit_id = m.id
    WHERE t.at >= %(since)s::timestamptz AND t.at < %(until)s
), named AS (
    SELECT m.*, substring(m.subject FROM '^(?:cover:)?payment:(.{{36}})$')::uuid AS payment_id,
        substring(m.subject FROM '^payout:(.{{36}})$')::uuid AS payout_id,
        substring(m.subject FROM '^introduction:(.{{36}})$')::uuid AS introduction_id,
        count(*) OVER (PARTITION BY m.organisation_id, m.id) AS sides
    FROM moves m
)
SELECT n.organisation_id, n.currency, n.at, n.kind,
    coalesce(p.reference, o.number, r.number, ''), coalesce(c.number, ''), n.signed, n.meant_at
FROM named n
LEFT JOIN settlement_payment p ON p.id = n.payment_id
LEFT JOIN claims_claim c ON c.id = p.claim_id
LEFT JOIN settlement_payout o ON o.id = n.payout_id
LEFT JOIN market_introduction i ON i.id = n.introduction_id
LEFT JOIN market_quoterequest r ON r.id = i.request_id
WHERE n.sides = 1
ORDER BY n.organisation_id, n.currency, n.at, n.subject, n.signed < 0, n.kind, abs(n.signed), n.id
"""  # noqa: S608  a constant of this module

Purse = tuple[UUID, str]


@dataclass(frozen=True)
class Figures:
    """One organisation and currency at a month's end."""

    organisation_id: UUID
    organisation_name: str
    currency: str
    opening: int
    closing: int


@dataclass(frozen=True)
class Booking:
    """One booking of a statement; `meant_at` where it belongs to a month that was closed."""

    line: StatementLine
    meant_at: datetime | None


@dataclass(frozen=True)
class KeptRow:
    """A kept statement: its number, figures and the hashes of its files; empty: not made yet."""

    id: UUID
    number: str
    month: date
    organisation_id: UUID
    organisation_name: str
    currency: str
    opening: int
    closing: int
    language: str
    root: str
    pdf: str
    csv: str
    xlsx: str


def figures(*, month: date) -> list[Figures]:
    """Return every organisation that had, moved or has something in a closed month. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"until": ends(month)})
        return [Figures(*row) for row in cursor.fetchall()]


def bookings(*, month: date, openings: Mapping[Purse, int]) -> dict[Purse, list[Booking]]:
    """Return per organisation and currency its bookings of a closed month, oldest first."""
    first = not Period.objects.filter(until__lt=ends(month)).exists()
    facts = {
        "organisations": list({organisation for organisation, _currency in openings}),
        # What was booked before the first closed month is closed with it.
        "since": "-infinity" if first else begins(month),
        "until": ends(month),
    }
    found: dict[Purse, list[Booking]] = {purse: [] for purse in openings}
    with connection.cursor() as cursor:
        cursor.execute(LINES, facts)
        for organisation, currency, at, kind, reference, claim, signed, meant in cursor:
            purse = (organisation, currency)
            if purse not in found:
                continue
            own = found[purse]
            before = own[-1].line.balance if own else openings[purse]
            line = StatementLine(at, kind, reference, claim, signed, before + signed)
            own.append(Booking(line, meant))
    return found


def kept(*, actor: Actor, month: date | None = None, limit: int = 400) -> list[KeptRow]:
    """
    Return the kept statements an actor may see, the newest month first.

    :raises NotPermitted: the role sees no statements
    """
    rows = _visible(actor).order_by("-close__month", "number")
    if month is not None:
        rows = rows.filter(close__month=month)
    return [row_of(each) for each in rows[:limit]]


def kept_file(*, statement_id: UUID, fmt: str, actor: Actor) -> tuple[KeptRow, bytes]:
    """
    Return a kept statement and one of its files, always the same bytes.

    :raises NotPermitted: the role sees no statements
    :raises NoStatement: unknown, another organisation's, or its files are not made yet
    """
    found = _visible(actor).filter(pk=statement_id).first()
    if found is None or fmt not in FORMATS or not (digest := getattr(found, fmt)):
        raise NoStatement
    return row_of(found), load_file(digest)


def _visible(actor: Actor) -> QuerySet[KeptStatement]:
    require(actor, Permission.SEE_STATEMENTS)
    rows = KeptStatement.objects.select_related("close__period")
    wide = actor.role in (Role.OPERATOR, Role.SYSTEM)
    return rows if wide else rows.filter(organisation=actor.org_id)


def row_of(each: KeptStatement) -> KeptRow:
    """Return a kept statement as a row, with the seal of its month."""
    period = each.close.period
    return KeptRow(
        id=each.pk,
        number=each.number,
        month=each.close.month,
        organisation_id=each.organisation_id,
        organisation_name=each.organisation_name,
        currency=each.currency,
        opening=each.opening,
        closing=each.closing,
        language=each.language,
        root=period.root if period else "",
        pdf=each.pdf,
        csv=each.csv,
        xlsx=each.xlsx,
    )
