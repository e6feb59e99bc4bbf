"""Fees that a provider or the bank kept, booked from the platform's own money."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.fee_terms import FeeState


class Fee(Row):
    """
    What a provider kept of a day it settled, or a charge that the bank's statement tells.

    A provider's fee has no entry, the bank's has no provider. One person asks, another agrees.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Ten years after the year of booking (accounting law)."
    )

    provider = models.TextField(default="", blank=True)
    day = models.DateField()
    entry = models.ForeignKey(
        "settlement.StatementEntry", models.PROTECT, null=True, related_name="+"
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.TextField(default="", blank=True)
    state = models.TextField(choices=FeeState.choices, default=FeeState.ASKED)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_fee_positive"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True) & ~Q(provider="")
                | Q(entry__isnull=False, provider=""),
                name="settlement_fee_whose",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")), name="settlement_fee_two"
            ),
            models.CheckConstraint(
                condition=~Q(state=FeeState.BOOKED) | ~Q(agreed_by=""),
                name="settlement_fee_agreed",
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=~Q(state=FeeState.DROPPED) & Q(entry__isnull=False),
                name="settlement_fee_entry_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "currency", "day"],
                condition=Q(state=FeeState.ASKED, entry__isnull=True),
                name="settlement_fee_asked_once",
            ),
        ]
