"""
Invoices: what a closed month gives reason for, and those that were issued.

Tax of the platform is what the books kept of its fees; of a collector it is contained in the sum.
What came back belongs to the month it was earned in: its rate is the one of that month. Agencies
buy from the platform too: introductions (0074).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.money import to_major
from qinghe.kernel.tables import as_csv
from qinghe.ledger.models import Period
from qinghe.parties.queries.taxes import house
from qinghe.parties.roles import Permission, require
from qinghe.rules.vat import contained
from qinghe.settlement.closing_terms import begins, ends
from qinghe.settlement.invoice_terms import InvoiceKind
from qinghe.settlement.models import Invoice
from qinghe.settlement.queries.taxes import rates_of

# What went from buyers to the platform's fees and to collectors in a month, less what came back, by
# the month whose rate holds for it: when the payment came, else when it was meant. Buyers are
# creditors, and agencies by what they owe for introductions. A fee that was booked before its tax
# was kept apart has no rate.
EARNED: Final = """
WITH parties AS (
    SELECT a.id, split_part(a.path, ':', 1) AS part, a.path LIKE 'platform:tax:%%' AS taxes,
        CASE WHEN a.path LIKE 'platform:%%' THEN NULL
            ELSE split_part(a.path, ':', 2)::uuid END AS org,
        a.path LIKE 'creditor:%%' OR a.path LIKE '%%:introduction_due' AS buys
    FROM ledger_account a
    WHERE a.path LIKE 'platform:fees:%%' OR a.path LIKE 'platform:tax:%%'
        OR a.path ~ '^creditor:[^:]+:(collected|uncovered)$'
        OR a.path ~ '^collector:[^:]+:(payable|reserve|introduction_due)$'
), sides AS (
    SELECT t.currency, t.amount, t.subject, t.reverses_id, coalesce(t.meant_at, t.at) AS at,
        d.org AS d_org, c.org AS c_org, d.taxes AS d_taxes, c.taxes AS c_taxes,
        d.buys AS earned,
        t.kind = %(fee)s AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer x WHERE x.subject = t.subject AND x.kind = %(tax)s
        ) AS untaxed
    FROM ledger_transfer t JOIN parties d ON d.id = t.debit_id JOIN parties c ON c.id = t.credit_id
    WHERE d.buys <> c.buys AND t.kind !~ %(costs)s
        AND t.at >= %(since)s::timestamptz AND t.at < %(until)s
), moves AS (
    SELECT CASE WHEN s.earned THEN s.c_org ELSE s.d_org END AS issuer_id,
        CASE WHEN s.earned THEN s.d_org ELSE s.c_org END AS recipient_id, s.currency,
        CASE WHEN s.earned THEN s.amount ELSE -s.amount END AS amount,
        CASE WHEN s.earned THEN s.c_taxes ELSE s.d_taxes END AS taxes, s.untaxed,
        date_trunc('month', coalesce(
            p.received_at,
            (SELECT coalesce(u.meant_at, u.at) FROM ledger_transfer u WHERE u.id = s.reverses_id),
            s.at
        ) AT TIME ZONE %(zone)s)::date AS rated_in
    FROM sides s
    LEFT JOIN settlement_payment p
        ON p.id = substring(s.subject FROM '^payment:(.{36})$')::uuid
)
SELECT m.issuer_id, m.recipient_id, m.currency, m.rated_in, sum(m.amount)::bigint,
    coalesce(sum(m.amount) FILTER (WHERE m.taxes), 0)::bigint, coalesce(i.name, ''),
    coalesce(i.credit_code, ''), m.untaxed, r.name, r.credit_code
FROM moves m JOIN parties_organisation r ON r.id = m.recipient_id
LEFT JOIN parties_organisation i ON i.id = m.issuer_id
GROUP BY m.issuer_id, m.recipient_id, m.currency, m.rated_in, m.untaxed, i.name, i.credit_code,
    i.slug, r.name, r.credit_code, r.slug
ORDER BY i.slug NULLS FIRST, r.slug, m.currency, m.rated_in DESC, m.untaxed
"""


# Costs that go back to a collector are no service of its.
COSTS: Final = r"^(payment\.costs|costs\.covered)"
# The fee for an introduction; its tax has a kind of its own.
INTRODUCED: Final = "introduction.fee"
UNTAXED: Final = Decimal(0)


@dataclass(frozen=True)
class Earned:
    """What one issuer earned from one recipient at one rate; below zero where more came back."""

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
    rate: Decimal

    @property
    def tax(self) -> int:
        """Return the tax in it, in minor units; net is the rest."""
        return contained(self.gross, self.rate) if self.issuer_id else self.kept

    @property
    def between(self) -> tuple[UUID | None, UUID, str]:
        """Return whose invoice it is: issuer, recipient and currency."""
        return (self.issuer_id, self.recipient_id, self.currency)


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
    # The invoice taken back before, in whose place this one stands.
    replaces: str
    cancelled: bool
    reason: str

    @property
    def kind_label(self) -> str:
        return str(InvoiceKind(self.kind).label)

    @property
    def percent(self) -> str:
        return f"{(self.rate * 100).normalize():f} %"


def earned(*, month: date) -> list[Earned]:
    """Return what a closed month gives reason to bill, the platform's own first. Four queries."""
    first = not Period.objects.filter(until__lt=ends(month)).exists()
    facts = {
        "since": "-infinity" if first else begins(month),
        "until": ends(month),
        "costs": COSTS,
        "fee": INTRODUCED,
        "tax": f"{INTRODUCED}_tax",
        "zone": settings.DISPLAY_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(EARNED, facts)
        rows = cursor.fetchall()
    rates = rates_of({(issuer, rated_in) for issuer, _to, _currency, rated_in, *_rest in rows})
    house_name, house_code = house()
    found: dict[tuple[object, ...], Earned] = {}
    for issuer, recipient, currency, rated_in, gross, kept, name, code, untaxed, *buyer in rows:
        rate = UNTAXED if untaxed else rates[issuer, rated_in]
        each = Earned(
            issuer_id=issuer,
            recipient_id=recipient,
            currency=currency,
            gross=gross,
            kept=kept,
            issuer_name=name if issuer else house_name,
            issuer_code=code if issuer else house_code,
            recipient_name=buyer[0],
            recipient_code=buyer[1],
            rate=rate,
        )
        same = found.get((*each.between, rate))
        found[(*each.between, rate)] = _together(same, each) if same else each
    return [each for each in found.values() if each.gross]


def _together(one: Earned, other: Earned) -> Earned:
    return replace(one, gross=one.gross + other.gross, kept=one.kept + other.kept)


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
        _("Cancels"), _("In place of"),
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
        row.replaces,
    ]


def _visible(actor: Actor) -> QuerySet[Invoice]:
    require(actor, Permission.SEE_STATEMENTS)
    rows = Invoice.objects.select_related("close", "cancels", "replaces")
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
        replaces=each.replaces.number if each.replaces else "",
        cancelled=cancelled,
        reason=each.reason,
    )
