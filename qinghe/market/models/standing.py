"""What the market says of a collector: its grade, what that opens, and its record in figures."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP, Grade


class Standing(Row):
    """
    One version of a collector's standing; the floor of quality finds it and writes it here.

    `ratio`, `low` and `high` are justified complaints per 5,000 accounts with a 95 % interval; none
    of them stands when too few accounts were worked to say anything.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    grade = models.TextField(choices=Grade.choices)
    ladder = models.TextField()
    max_band = models.PositiveSmallIntegerField()
    open_cap = models.PositiveIntegerField()
    package_cap = models.PositiveIntegerField()
    upheld = models.PositiveIntegerField()
    # Rounded to two digits: a figure that changed every day would say no more.
    worked = models.PositiveIntegerField()
    ratio = models.DecimalField(max_digits=9, decimal_places=1, null=True)
    low = models.DecimalField(max_digits=9, decimal_places=1, null=True)
    high = models.DecimalField(max_digits=9, decimal_places=1, null=True)
    # Mean of the creditors' blind ratings, 1 to 5, and of how many creditors.
    score = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    raters = models.PositiveIntegerField(default=0)
    # The gate of conduct that keeps the next step shut, when one does.
    gate = models.TextField(default="", blank=True)
    # Why this version began: a step up or down, a restored grade, or new figures.
    cause = models.TextField()
    review_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collector"], condition=Q(ends_at__isnull=True), name="market_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="market_standing_period",
            ),
            models.CheckConstraint(
                condition=Q(ratio__isnull=True, low__isnull=True, high__isnull=True)
                | Q(low__lte=F("ratio"), ratio__lte=F("high")),
                name="market_standing_interval",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
                name="market_standing_score",
            ),
        ]
        indexes = [models.Index(fields=["collector", "-starts_at"], name="market_standing_of")]
