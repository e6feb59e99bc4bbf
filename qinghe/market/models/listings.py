"""Orders as the hall shows them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import Product, Stage
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.documents import Offered
from qinghe.market.terms import KEEP, ListingState, Mode
from qinghe.parties.terms import WORK_LICENCES, LicenceKind


class Listing(Offered, Row):
    """
    What the hall shows of a claim. By construction there is no column for an identity.

    `band` is the index into `BAND_BOUNDS`; `region` a city code, never finer.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    creditor_kind = models.TextField()
    mode = models.TextField(choices=Mode.choices)
    state = models.TextField(choices=ListingState.choices, default=ListingState.OPEN)
    region = models.TextField(default="", blank=True)
    product = models.TextField(choices=Product.choices)
    stage = models.TextField(choices=Stage.choices)
    hand = models.PositiveSmallIntegerField(default=1)
    currency = models.CharField(max_length=3)
    band = models.PositiveSmallIntegerField()
    evidence_count = models.PositiveSmallIntegerField(default=0)
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4)
    # Under a commission plan the rate of each band, since the own one would tell the band.
    band_rates = ArrayField(models.DecimalField(max_digits=5, decimal_places=4), null=True)
    # Part of the commission that hangs on quality, not on money (0.2 = a fifth).
    quality_share = models.DecimalField(max_digits=5, decimal_places=4)
    period_days = models.PositiveSmallIntegerField()
    licence = models.TextField(choices=WORK_LICENCES, default=LicenceKind.COLLECTION)
    designated_to = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    listed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="open"), name="market_one_open_listing"
            ),
            models.CheckConstraint(
                condition=Q(commission_rate__gte=0, commission_rate__lt=1),
                name="market_rate_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("listed_at")), name="market_listing_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-listed_at", "id"],
                name="market_hall_recent",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["expires_at"], name="market_listing_due", condition=Q(state="open")
            ),
        ]
