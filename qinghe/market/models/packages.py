"""Orders of one creditor that are taken together or not at all (案件包)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.documents import Offered
from qinghe.market.models.listings import Listing
from qinghe.market.terms import ALIKE, KEEP, PackageState


class Package(Offered, Row):
    """
    What is offered together, on one commission. Its orders are listings of the mode `package`.

    `size` counts the orders it began with; below `minimum` open ones it ends.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    creditor_kind = models.TextField()
    state = models.TextField(choices=PackageState.choices, default=PackageState.OPEN)
    currency = models.CharField(max_length=3)
    size = models.PositiveSmallIntegerField()
    minimum = models.PositiveSmallIntegerField()
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4)
    period_days = models.PositiveSmallIntegerField()
    signed_name = models.TextField()
    listed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum__gte=ALIKE, size__gte=F("minimum")),
                name="market_package_size",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="market_package_closed",
            ),
            models.CheckConstraint(
                condition=Q(state="taken", taken_by__isnull=False)
                | (~Q(state="taken") & Q(taken_by__isnull=True)),
                name="market_package_taken_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-listed_at", "id"],
                name="market_package_open",
                condition=Q(state="open"),
            ),
            models.Index(fields=["creditor", "-listed_at"], name="market_package_creditor"),
        ]


class PackageItem(models.Model):
    """
    One order of a package. It is in it as long as its listing is open.

    `paid` is what had been paid on the claim when it was bundled: more later takes it out.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    listing = models.OneToOneField(Listing, models.PROTECT, primary_key=True, related_name="+")
    package = models.ForeignKey(Package, models.PROTECT, related_name="items")
    paid = models.BigIntegerField()
