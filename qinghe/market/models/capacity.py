"""How much a collector may hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy


class Capacity(models.Model):
    """
    How many live mandates a collector may hold; the row is locked by every taking.

    `limit` and `max_band` are what counts: the lower of what the operator granted and what the
    grade allows. A limit never falls below what is held, and goes above the grant only with an
    order that comes back; it follows as mandates end.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="While the collector is a member.")

    collector = models.OneToOneField(
        "parties.Organisation", models.PROTECT, primary_key=True, related_name="+"
    )
    limit = models.PositiveIntegerField()
    live = models.PositiveIntegerField(default=0)
    # Highest amount band this collector may take.
    max_band = models.PositiveSmallIntegerField(default=7)
    # What the operator granted; nothing says: the limit itself.
    granted = models.PositiveIntegerField(null=True)
    granted_band = models.PositiveSmallIntegerField(null=True)
    # What the grade allows; nothing says: not graded yet.
    graded = models.PositiveIntegerField(null=True)
    graded_band = models.PositiveSmallIntegerField(null=True)
    # Tries to take an order on one day that its place or its amount ended.
    tried_on = models.DateField(null=True)
    tried = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__isnull=True) | Q(limit__lte=F("granted")) | Q(limit=F("live")),
                name="market_capacity_as_granted",
            ),
            models.CheckConstraint(
                condition=Q(live__lte=F("limit")), name="market_capacity_not_exceeded"
            ),
        ]
