"""Collectors who may take nothing for a time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP


class TakingStop(Row):
    """A collector takes no new orders until a day; what it holds it may go on working."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    # Text reference of what asked for it, such as `ruling:0193...`.
    cause = models.TextField(unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="market_stop_period"
            )
        ]
