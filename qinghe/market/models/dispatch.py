"""What collectors wish for, what a dispatch window decided, and what it offered to whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.listings import Listing
from qinghe.market.terms import KEEP, OfferState, StandingState


class StandingOrder(Row):
    """
    A collector's wish (长期接单意向): which orders, and how many a week at most.

    Empty lists let everything through; a region is a province or a city. `used` counts what the
    week since `week_on` (a Monday) brought, and the database keeps it within the cap.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("signed_by",))

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    regions = models.JSONField(default=list)
    products = models.JSONField(default=list)
    stages = models.JSONField(default=list)
    max_band = models.PositiveSmallIntegerField(default=7)
    min_commission = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    weekly_cap = models.PositiveIntegerField()
    auto_accept = models.BooleanField(default=False)
    ends_on = models.DateField()
    state = models.TextField(choices=StandingState.choices, default=StandingState.ACTIVE)
    # Who made it: with automatic acceptance the terms are signed in this person's name.
    signed_by = models.UUIDField()
    made_at = models.DateTimeField()
    week_on = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used__lte=F("weekly_cap")), name="market_standing_week_not_exceeded"
            ),
            models.CheckConstraint(
                condition=Q(weekly_cap__gte=1, weekly_cap__lte=10_000),
                name="market_standing_cap_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "state"], name="market_standing_collector"),
        ]


class DispatchRound(Row):
    """
    One dispatch window in one currency; amounts in minor units.

    `bound` is what no assignment could exceed, `relaxed` the same without what deposits cover.
    `scarce` names the collectors whose next place would bring most.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    ran_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    seats = models.PositiveIntegerField()
    pairs = models.PositiveBigIntegerField()
    assigned = models.PositiveIntegerField()
    value = models.BigIntegerField()
    greedy = models.BigIntegerField()
    objective = models.BigIntegerField()
    bound = models.BigIntegerField()
    relaxed = models.BigIntegerField()
    newcomers = models.PositiveIntegerField()
    newcomer_floor = models.PositiveIntegerField()
    newcomer_bonus = models.BigIntegerField()
    seconds = models.FloatField()
    scarce = models.JSONField(default=list)
    version = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-ran_at", "id"], name="market_dispatch_recent")]


class DispatchOffer(Row):
    """
    An order offered to the collector that the window chose; it accepts within the time, or not.

    `explanation` holds the terms of the value, `alternatives` the next best collectors by id and
    why they did not get it; neither knows the debtor.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    round = models.ForeignKey(DispatchRound, models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    standing_order = models.ForeignKey(StandingOrder, models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=OfferState.choices, default=OfferState.OPEN)
    value = models.BigIntegerField()
    explanation = models.JSONField()
    alternatives = models.JSONField(default=list)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    # Why it was declined or lapsed: a reason of the list, or the code of a refusal.
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(state="open"), name="market_one_open_offer"
            ),
            models.UniqueConstraint(fields=["listing", "collector"], name="market_offered_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="market_offer_decided",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("offered_at")), name="market_offer_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["collector", "expires_at", "id"],
                name="market_offer_waiting",
                condition=Q(state="open"),
            ),
            models.Index(fields=["expires_at"], name="market_offer_due", condition=Q(state="open")),
            models.Index(fields=["round", "-value", "id"], name="market_offer_round"),
        ]
