"""Who may have an order back first, because it was taken away by a decision that was set aside."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP, RightEnd


class FirstRight(Row):
    """
    One order that ended by a decision set aside since: its collector may have it back first.

    It lasts until a moment, or until its collector takes the order or gives it up, or the creditor
    lets it go with a reason that the collector reads.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.OneToOneField("market.Mandate", models.PROTECT, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.TextField(choices=RightEnd.choices, default="", db_default="", blank=True)
    reason = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("granted_at")), name="market_right_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="market_right_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["claim"], name="market_right_stands", condition=Q(ended_at__isnull=True)
            ),
        ]
