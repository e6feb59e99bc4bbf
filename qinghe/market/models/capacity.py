"""How much a collector may hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy


class Capacity(models.Model):
    """How many live mandates a collector may hold; the row is locked by every taking."""

    privacy: ClassVar[Privacy] = Privacy(keep="While the collector is a member.")

    collector = models.OneToOneField(
        "parties.Organisation", models.PROTECT, primary_key=True, related_name="+"
    )
    limit = models.PositiveIntegerField()
    live = models.PositiveIntegerField(default=0)
    # Highest amount band this collector may take.
    max_band = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(live__lte=F("limit")), name="market_capacity_not_exceeded"
            )
        ]
