"""
Invoices: what a closed month gives reason for, and those that were issued.

Tax of the platform is what the books kept of its fees; of a collector it is contained in the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.money import to_major
from qinghe.kernel.tables import as_csv
from qinghe.ledger.models import Period
from qinghe.parties.roles import Permission, require
from qinghe.rules.vat import contained
from qinghe.settlement.closing_terms import begins, ends
from qinghe.settlement.invoice_terms import InvoiceKind
from qinghe.settlement.models import Invoice

# What went from creditors to the platform's fees and to collectors in a month, less what came back.
EARNED: Final = """
WITH parties AS (
    SELECT a.id, split_part(a.path, ':', 1) AS part, a.path LIKE 'platform:tax:%%' AS taxes,
        CASE WHEN a.path LIKE 'platform:%%' THEN NULL
            ELSE split_part(a.path, ':', 2)::uuid END AS org
    FROM ledger_account a
    WHERE a.path LIKE 'platform:fees:%%' OR a.path LIKE 'platform:tax:%%'
        OR a.path ~ '^creditor:[^:]+:(collected|uncovered)$'
        OR a.path ~ '^collector:[^:]+:(payable|reserve)$'
), moves AS (
    SELECT c.org AS issuer_id, d.org AS recipient_id, t.currency, t.amount, c.taxes
    FROM ledger_transfer t JOIN parties d ON d.id = t.debit_id JOIN parties c ON c.id = t.credit_id
    WHERE d.part = 'creditor' AND c.part <> 'creditor' AND t.kind !~ %(costs)s
        AND t.at >= %(since)s::timestamptz AND t.at < %(until)s
    UNION ALL
    SELECT d.org, c.org, t.currency, -t.amount, d.taxes
    FROM ledger_transfer t JOIN parties d ON d.id = t.debit_id JOIN parties c ON c.id = t.credit_id
    WHERE c.part = 'creditor' AND d.part <> 'creditor' AND t.kind !~ %(costs)s
        AND t.at >= %(since)s::timestamptz AND t.at < %(until)s
)
SELECT m.issuer_id, m.recipient_id, m.currency, sum(m.amount)::bigint,
    coalesce(sum(m.amount) FILTER (WHERE m.taxes), 0)::bigint, coalesce(i.name, ''),
    coalesce(i.credit_code, ''), r.name, r.credit_code
FROM moves m JOIN parties_organisation r ON r.id = m.recipient_id
LEFT JOIN parties_organisation i ON i.id = m.issuer_id
GROUP BY m.issuer_id, m.recipient_id, m.currency, i.name, i.credit_code, i.slug, r.name,
    r.credit_code, r.slug
HAVING sum(m.amount) <> 0
ORDER BY i.slug NULLS FIRST, r.slug, m.currency
"""


# Costs that go back to a collector are no service of its.
COSTS: Final = r"^(payment\.costs|costs\.covered)"


@dataclass(frozen=True)
class Earned:
    """What one issuer earned from one recipient in a month; below zero where more came back."""

    issuer_id: UUID | None
    recipient_id: UUID
    currency: str
    gross: int
    # What the books kept of it as the platform's own tax.
    kept: int
    issuer_name: str
    issuer_code: str
    recipient_name: str
    recipient_code: str

    def tax(self, rate: Decimal) -> int:
        """Return the tax in it, in minor units; net is the rest."""
        return contained(self.gross, rate) if self.issuer_id else self.kept


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice or a credit note; amounts in minor units."""

    id: UUID
    number: str
    kind: str
    month: date
    issuer_name: str
    issuer_code: str
    recipient_name: str
    recipient_code: str
    currency: str
    net: int
    rate: Decimal
    tax: int
    gross: int
    issued_on: date
    issued_at: datetime
    cancels: str
    cancelled: bool
    reason: str

    @property
    def kind_label(self) -> str:
        return str(InvoiceKind(self.kind).label)

    @property
    def percent(self) -> str:
        return f"{(self.rate * 100).normalize():f} %"


def earned(*, month: date) -> list[Earned]:
    """Return what a closed month gives reason to bill, the platform's own first. One query."""
    first = not Period.objects.filter(until__lt=ends(month)).exists()
    since = "-infinity" if first else begins(month)
    with connection.cursor() as cursor:
        cursor.execute(EARNED, {"since": since, "until": ends(month), "costs": COSTS})
        return [Earned(*row) for row in cursor.fetchall()]


def invoices(*, actor: Actor, month: date | None = None, limit: int = 1_000) -> list[InvoiceRow]:
    """
    Return the invoices an actor may see, the newest first. Two queries.

    :raises NotPermitted: the role sees no statements
    """
    rows = _visible(actor).order_by("-year", "-serial")
    if month is not None:
        rows = rows.filter(close__month=month)
    found = list(rows[:limit])
    gone = set(
        Invoice.objects.filter(cancels__in=[each.pk for each in found]).values_list(
            "cancels", flat=True
        )
    )
    return [_row(each, each.pk in gone) for each in found]


def invoice_csv(rows: Sequence[InvoiceRow]) -> bytes:
    """Return invoices as the table that a program for electronic invoices takes in."""
    head = (
        _("Number"), _("Day"), _("Kind"), _("Seller"), _("Seller's tax number"), _("Buyer"),
        _("Buyer's tax number"), _("Net"), _("Tax rate"), _("Tax"), _("Gross"), _("Currency"),
        _("Cancels"),
    )  # fmt: skip
    return as_csv([head, *(_cells(row) for row in rows)])


def _cells(row: InvoiceRow) -> list[object]:
    return [
        row.number,
        row.issued_on.isoformat(),
        row.kind_label,
        row.issuer_name or _("Platform"),
        row.issuer_code,
        row.recipient_name,
        row.recipient_code,
        to_major(row.net, row.currency),
        row.rate,
        to_major(row.tax, row.currency),
        to_major(row.gross, row.currency),
        row.currency,
        row.cancels,
    ]


def _visible(actor: Actor) -> QuerySet[Invoice]:
    require(actor, Permission.SEE_STATEMENTS)
    rows = Invoice.objects.select_related("close", "cancels")
    if actor.role in (Role.OPERATOR, Role.SYSTEM):
        return rows
    return rows.filter(Q(issuer=actor.org_id) | Q(recipient=actor.org_id))


def _row(each: Invoice, cancelled: bool) -> InvoiceRow:
    return InvoiceRow(
        id=each.pk,
        number=each.number,
        kind=each.kind,
        month=each.close.month,
        issuer_name=each.issuer_name,
        issuer_code=each.issuer_code,
        recipient_name=each.recipient_name,
        recipient_code=each.recipient_code,
        currency=each.currency,
        net=each.net,
        rate=each.rate,
        tax=each.tax,
        gross=each.gross,
        issued_on=each.issued_on,
        issued_at=each.issued_at,
        cancels=each.cancels.number if each.cancels else "",
        cancelled=cancelled,
        reason=each.reason,
    )
