"""Placed claims whose creditors ask for less, and what their collectors say to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.terms import LoweringState

KEEP = "Ten years after the year of booking (accounting law)."


class Lowering(Row):
    """
    A placed claim whose creditor asks for less: perhaps money went past the platform.

    Towards the debtor it stands at once, whatever is decided here. `seen` holds days and counts of
    what the collector had done, never an identity; amounts in minor units. `due` is the part on
    which two officers found commission due; `payment` books it.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("objection", "answer"))

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    seen = models.JSONField()
    # The moment of the last act that lowered it; what lies before was counted.
    lowered_at = models.DateTimeField()
    told_at = models.DateTimeField()
    object_until = models.DateTimeField()
    state = models.TextField(choices=LoweringState.choices, default=LoweringState.TOLD)
    objection = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    objected_at = models.DateTimeField(null=True)
    answer_until = models.DateTimeField(null=True)
    answer = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    due = models.BigIntegerField(default=0)
    reason = models.TextField(default="", blank=True)
    asked_by = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    payment = models.OneToOneField(
        "settlement.Payment", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "lowered_at"], name="settlement_lowering_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, due__gte=0, due__lte=F("amount")),
                name="settlement_lowering_amounts",
            ),
            # Whoever could make a creditor pay alone could be bought alone.
            models.CheckConstraint(
                condition=~Q(state="upheld")
                | Q(due__gt=0, payment__isnull=False)
                & ~Q(asked_by="")
                & ~Q(decided_by="")
                & ~Q(decided_by=F("asked_by")),
                name="settlement_lowering_two",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=True) | Q(state="upheld"),
                name="settlement_lowering_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["told_at"], name="settlement_lowering_told"),
            models.Index(fields=["collector", "-told_at"], name="settlement_lowering_collector"),
            models.Index(fields=["creditor", "-told_at"], name="settlement_lowering_creditor"),
            models.Index(
                fields=["objected_at"],
                name="settlement_lowering_waiting",
                condition=Q(state__in=("objected", "asked")),
            ),
        ]


class LoweringMark(models.Model):
    """Up to which moment the journal was looked at for claims that were lowered."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as the installation runs.")

    name = models.TextField(primary_key=True)
    at = models.DateTimeField()
