"""Costs of the court that somebody advanced, and what of them came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.cost_terms import AdvanceKind, AdvanceState

KEEP = "Ten years after the year of booking (accounting law)."


class CostAdvance(Row):
    """
    Costs of enforcing one claim that an organisation paid; what the debtor pays refunds them first.

    They are among the costs the claim claims already: an advance makes no debt larger.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    kind = models.TextField(choices=AdvanceKind.choices)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    # The number on the receipt of the court, notary or bailiff.
    receipt = models.TextField()
    state = models.TextField(choices=AdvanceState.choices, default=AdvanceState.TOLD)
    told_by = models.TextField()
    told_at = models.DateTimeField()
    # Counts from here on; somebody of the other side said so.
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    refused_why = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_advance_positive"),
            models.UniqueConstraint(
                fields=["claim", "organisation", "receipt"],
                condition=~Q(state=AdvanceState.REFUSED),
                name="settlement_advance_receipt_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=AdvanceState.AGREED)
                | Q(agreed_at__isnull=False) & ~Q(agreed_by="") & ~Q(agreed_by=F("told_by")),
                name="settlement_advance_two",
            ),
        ]
        indexes = [models.Index(fields=["claim", "agreed_at"], name="settlement_advance_claim")]


class CostRefund(Row):
    """What of one payment went back to whoever had advanced costs."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    payment = models.ForeignKey("settlement.Payment", models.PROTECT, related_name="+")
    advance = models.ForeignKey(CostAdvance, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "advance"], name="settlement_cost_refund_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="settlement_cost_refund_positive"
            ),
        ]
