"""Issue the invoices of a closed month, and take one back by a credit note."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.closing_refusals import (
    InvoiceCancelled,
    InvoiceReason,
    NoSuchClose,
    NoSuchInvoice,
)
from qinghe.settlement.closing_terms import CloseState
from qinghe.settlement.invoice_terms import InvoiceKind
from qinghe.settlement.models import Invoice, MonthClose
from qinghe.settlement.queries.invoices import Earned, earned

# One row of numbers at a time, for each year: the trigger takes the same lock.
LOCK: Final = "SELECT pg_advisory_xact_lock(20567, %s)"
LONGEST: Final = 500


@verb("settlement.issue-invoices")
def issue_invoices(*, close_id: UUID, actor: Actor, at: datetime) -> int:
    """
    Issue what a closed month gives reason for, one for each rate: the platform's fees, which
    creditors pay and agencies for introductions, and commission in the name of its collector. Where
    more came back than was earned it is a credit note. What stands is not issued again; in place of
    what was taken back a new one is, with the names of this day. Return how many this made.

    :raises NotPermitted: the actor does not prepare payouts
    :raises NoSuchClose: unknown, or not closed
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    closed = MonthClose.objects.filter(pk=close_id, state=CloseState.CLOSED)
    close = closed.select_for_update().first()
    if close is None:
        raise NoSuchClose
    day = day_of(at)
    serial = _last_serial(day.year)
    # After the lock of the numbers, which whoever takes one back holds too.
    by = {"issued_by": actor.label, "issued_at": at}
    rows = [
        _invoice(each, close, before, serial=serial + place, day=day, **by)
        for place, (each, before) in enumerate(_missing(close), start=1)
    ]
    if not rows:
        return 0
    Invoice.objects.bulk_create(rows, batch_size=2_000)
    record(
        kind="invoice.issued",
        subject=f"month:{close.month:%Y-%m}",
        actor=actor,
        at=at,
        numbers=[row.number for row in rows],
    )
    return len(rows)


@verb("settlement.cancel-invoice")
def cancel_invoice(*, invoice_id: UUID, reason: str, actor: Actor, at: datetime) -> Invoice:
    """
    Take an invoice back by a credit note over the same amounts; the invoice itself stays.

    :raises NotPermitted: the actor does not approve payouts
    :raises InvoiceReason: no reason was given
    :raises NoSuchInvoice: unknown, or itself a credit note
    :raises InvoiceCancelled: taken back before
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    if not (words := reason.strip()[:LONGEST]):
        raise InvoiceReason
    invoice = _lock(invoice_id)
    if Invoice.objects.filter(cancels=invoice).exists():
        raise InvoiceCancelled
    day = day_of(at)
    told = {name: getattr(invoice, name) for name in TAKEN_OVER}
    note = Invoice.objects.create(
        **told,
        **_numbered(_last_serial(day.year) + 1, day),
        kind=InvoiceKind.CREDIT,
        net=-invoice.net,
        tax=-invoice.tax,
        gross=-invoice.gross,
        issued_on=day,
        issued_by=actor.label,
        issued_at=at,
        cancels=invoice,
        reason=words,
    )
    record(
        kind="invoice.cancelled",
        subject=f"invoice:{invoice.number}",
        actor=actor,
        at=at,
        note=note.number,
        reason=words,
    )
    return note


TAKEN_OVER: Final = (
    "close_id", "issuer_id", "recipient_id", "issuer_name", "issuer_code", "recipient_name",
    "recipient_code", "currency", "rate",
)  # fmt: skip


def _lock(invoice_id: UUID) -> Invoice:
    known = Invoice.objects.filter(pk=invoice_id).exclude(kind=InvoiceKind.CREDIT)
    year = known.values_list("year", flat=True).first()
    if year is None:
        raise NoSuchInvoice
    # Rows that never change cannot be locked by what changes them; their numbers can.
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [year])
    return known.get()


def _last_serial(year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [year])
    return Invoice.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0


def _numbered(serial: int, day: date) -> dict[str, Any]:
    return {"year": day.year, "serial": serial, "number": f"FP-{day.year}-{serial:06}"}


def _missing(close: MonthClose) -> list[tuple[Earned, Invoice | None]]:
    """Return what no standing invoice bills, each with the one taken back in its place before."""
    made: dict[tuple[object, ...], Invoice] = {}
    standing: Counter[tuple[object, ...]] = Counter()
    gone = set(
        Invoice.objects.filter(close=close, cancels__isnull=False).values_list("cancels", flat=True)
    )
    rows = Invoice.objects.filter(close=close, cancels__isnull=True).order_by("issued_at", "serial")
    for each in rows:
        between = (each.issuer_id, each.recipient_id, each.currency)
        made[(*between, each.rate)] = each
        standing[between] += 0 if each.pk in gone else each.gross
    found = earned(month=close.month)
    due: Counter[tuple[object, ...]] = Counter()
    for one in found:
        due[one.between] += one.gross
    wanted = [(one, made.get((*one.between, one.rate))) for one in found]
    return [
        (one, before)
        for one, before in wanted
        # What was billed whole in another way before, of all rates together, is not billed twice.
        if standing[one.between] != due[one.between] and (before is None or before.pk in gone)
    ]


def _invoice(
    each: Earned, close: MonthClose, before: Invoice | None, *, serial: int, day: date, **by: Any
) -> Invoice:
    kind = InvoiceKind.COMMISSION if each.issuer_id else InvoiceKind.FEE
    return Invoice(
        **_numbered(serial, day),
        **by,
        kind=kind if each.gross > 0 else InvoiceKind.CREDIT,
        close=close,
        replaces=before,
        issuer_id=each.issuer_id,
        recipient_id=each.recipient_id,
        issuer_name=each.issuer_name,
        issuer_code=each.issuer_code,
        recipient_name=each.recipient_name,
        recipient_code=each.recipient_code,
        currency=each.currency,
        net=each.gross - each.tax,
        rate=each.rate,
        tax=each.tax,
        gross=each.gross,
        issued_on=day,
    )
