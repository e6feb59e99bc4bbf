"""Who may work a claim, and under which terms."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.documents import BOTH_SIGNED, Signed
from qinghe.market.models.listings import Listing
from qinghe.market.models.service import BOUNDED, EXCUSED, Watched
from qinghe.market.terms import KEEP, LIVE, MandateState, Mode


class Mandate(Signed, Watched, Row):
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
    # Where it stood when the last payment completed it: there it goes if that money does not stay.
    closed_from = models.TextField(
        choices=MandateState.choices, default="", db_default="", blank=True
    )

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
            models.CheckConstraint(
                condition=Q(closed_from="") | Q(closed_from__in=LIVE, state="completed"),
                name="market_mandate_closed_from",
            ),
            models.CheckConstraint(condition=BOTH_SIGNED, name="market_mandate_signed_by_both"),
            models.CheckConstraint(condition=BOUNDED, name="market_mandate_end_bounded"),
            models.CheckConstraint(condition=EXCUSED, name="market_mandate_excused"),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], name="market_mandate_check", condition=Q(state="active")
            ),
            models.Index(fields=["collector", "state"], name="market_mandate_collector"),
            models.Index(
                fields=["ends_at"], name="market_mandate_due", condition=Q(state__in=LIVE)
            ),
            models.Index(
                fields=["collector", "ends_at", "id"],
                name="market_worklist",
                condition=Q(state__in=LIVE),
            ),
            models.Index(
                fields=["collector", "-closed_at"],
                name="market_mandate_returned",
                condition=Q(state="returned"),
            ),
            # What its creditor has to answer.
            models.Index(
                fields=["creditor", "closed_at"],
                name="market_mandate_excuses",
                condition=Q(excuse="waiting"),
            ),
            # What began or ended lately is looked at, and nothing else.
            BrinIndex(fields=["starts_at"], name="market_mandate_begun", pages_per_range=16),
            models.Index(
                fields=["closed_at"],
                name="market_mandate_ended",
                condition=Q(closed_at__isnull=False),
            ),
        ]
