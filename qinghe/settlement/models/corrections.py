"""Corrections of the commission of a payment, each the answer to an objection."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.correction_terms import CorrectionState, Way


class CommissionCorrection(Row):
    """
    A difference in the commission of a payment: one person asks, another agrees, and it is booked.

    `amount` is what the creditor gets back or bears more; `commission` of it is the collector's,
    `fee` the platform's, with the tax contained. The split itself stays as it was.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Ten years after the year of booking (accounting law)."
    )

    objection = models.ForeignKey("settlement.Objection", models.PROTECT, related_name="+")
    payment = models.ForeignKey("settlement.Payment", models.PROTECT, related_name="+")
    way = models.TextField(choices=Way.choices)
    amount = models.BigIntegerField()
    commission = models.BigIntegerField()
    fee = models.BigIntegerField()
    fee_tax = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=CorrectionState.choices, default=CorrectionState.ASKED)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=F("commission") + F("fee"), amount__gt=0)
                & Q(commission__gte=0, fee__gte=0, fee_tax__gte=0, fee_tax__lte=F("fee")),
                name="settlement_correction_sums",
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.BOOKED, agreed_at__isnull=False)
                & ~Q(agreed_by="")
                & ~Q(agreed_by=F("asked_by"))
                | ~Q(state=CorrectionState.BOOKED) & Q(agreed_by="", agreed_at__isnull=True),
                name="settlement_correction_by_two",
            ),
            models.UniqueConstraint(
                fields=["objection"],
                condition=~Q(state=CorrectionState.DROPPED),
                name="settlement_correction_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["payment"],
                name="settlement_correction_of",
                condition=Q(state=CorrectionState.BOOKED),
            )
        ]
