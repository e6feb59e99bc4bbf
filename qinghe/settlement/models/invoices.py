"""Invoices: numbered without a gap, never changed, taken back only by a credit note."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.invoice_terms import InvoiceKind

KEEP = "Ten years after the year of issue (tax law)."


class Invoice(Row):
    """
    What one party owes for a closed month's service, and paid by deduction, or owes still where it
    was introduced to another (0074); amounts with their tax.

    Without an issuer the platform issues for itself; else it bills in that collector's name.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    year = models.IntegerField()
    serial = models.IntegerField()
    number = models.TextField(unique=True)
    kind = models.TextField(choices=InvoiceKind.choices)
    close = models.ForeignKey("settlement.MonthClose", models.PROTECT, related_name="+")
    issuer = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    # As they were called and registered on the day of issue.
    issuer_name = models.TextField(default="", blank=True)
    issuer_code = models.TextField(default="", blank=True)
    recipient_name = models.TextField()
    recipient_code = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField()
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()
    issued_on = models.DateField()
    issued_by = models.TextField()
    issued_at = models.DateTimeField()
    cancels = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    # One taken back before, of the same matter.
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="settlement_invoice_serial"),
            models.UniqueConstraint(
                fields=["close", "issuer", "recipient", "currency", "rate"],
                condition=Q(cancels__isnull=True, replaces__isnull=True),
                nulls_distinct=False,
                name="settlement_invoice_once",
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")), name="settlement_invoice_sums"
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.CREDIT, gross__lt=0)
                | ~Q(kind=InvoiceKind.CREDIT) & Q(gross__gt=0, cancels__isnull=True),
                name="settlement_invoice_sign",
            ),
            models.CheckConstraint(
                condition=Q(cancels__isnull=True) | ~Q(reason=""),
                name="settlement_invoice_reason",
            ),
            models.CheckConstraint(
                condition=Q(cancels__isnull=True) | Q(replaces__isnull=True),
                name="settlement_invoice_one_matter",
            ),
        ]
