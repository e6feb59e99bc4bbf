"""Several claims offered as one order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP, ListingState, Mode


class Package(Row):
    """
    A case package (案件包): orders on the same terms that one collector takes as a whole.

    Each claim keeps a listing of its own, so that recall and give-back go claim by claim.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    creditor_kind = models.TextField()
    mode = models.TextField(choices=Mode.choices)
    state = models.TextField(choices=ListingState.choices, default=ListingState.OPEN)
    currency = models.CharField(max_length=3)
    size = models.PositiveIntegerField()
    # The sum claimed, in minor units, rounded so that no single claim can be worked out.
    about = models.BigIntegerField()
    max_band = models.PositiveSmallIntegerField()
    # Counts by region, stage, band and product; no figure below five stands alone.
    composition = models.JSONField()
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4)
    period_days = models.PositiveSmallIntegerField()
    designated_to = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    listed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("listed_at")), name="market_package_period"
            )
        ]
        indexes = [
            models.Index(
                fields=["-listed_at", "id"], name="market_package_open", condition=Q(state="open")
            ),
            models.Index(fields=["creditor", "-listed_at"], name="market_package_creditor"),
        ]
