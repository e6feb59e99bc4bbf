"""Listings, capacity and mandates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import Product, Stage
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import LIVE, ListingState, MandateState, Mode
from qinghe.parties.terms import WORK_LICENCES, LicenceKind

KEEP = "Five years after the claim is closed."


class Listing(Row):
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
                fields=["-commission_rate", "-listed_at", "id"],
                name="market_hall_commission",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["-band", "-listed_at", "id"],
                name="market_hall_band",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["region", "stage"], name="market_hall_region", condition=Q(state="open")
            ),
            models.Index(
                fields=["expires_at"], name="market_listing_due", condition=Q(state="open")
            ),
        ]


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


class Mandate(Row):
    """The right of one collector to work one claim, for a period, under signed terms."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="+")
    mode = models.TextField(choices=Mode.choices)
    state = models.TextField(choices=MandateState.choices, default=MandateState.ACTIVE)
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4)
    terms_version = models.TextField()
    terms_sha256 = models.TextField()
    signed_by = models.UUIDField()
    signed_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state__in=LIVE), name="market_one_live_mandate"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="market_mandate_period"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_at__isnull=True)
                | (~Q(state__in=LIVE) & Q(closed_at__isnull=False)),
                name="market_mandate_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "state"], name="market_mandate_collector"),
            models.Index(
                fields=["ends_at"], name="market_mandate_due", condition=Q(state__in=LIVE)
            ),
            models.Index(
                fields=["collector", "ends_at", "id"],
                name="market_worklist",
                condition=Q(state__in=LIVE),
            ),
        ]
