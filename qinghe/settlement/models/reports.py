"""What providers report that they settled, as they told it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Ten years after the year of booking (accounting law)."


class ProviderReport(Row):
    """One report of one provider; the same file again changes nothing."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    provider = models.TextField()
    currency = models.CharField(max_length=3)
    sha256 = models.TextField()
    rows = models.IntegerField()
    imported_by = models.TextField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "sha256"], name="settlement_report_once")
        ]


class ProviderLine(Row):
    """One movement at a provider, by its own number; told again it is the same one."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    report = models.ForeignKey(ProviderReport, models.PROTECT, related_name="+")
    provider = models.TextField()
    number = models.TextField()
    kind = models.TextField()
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "number"], name="settlement_provider_line_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, fee__gte=0, kind__in=["paid", "back"]),
                name="settlement_provider_line_sane",
            ),
        ]
        indexes = [models.Index(fields=["provider", "day"], name="settlement_provider_day")]
