"""Sealed bids: the invitation, envelopes that only the opening reads, and what came out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.sealed import Box, Envelope
from qinghe.market.terms import KEEP, BidReason

NEVER_COUNTED = ("withdrawn", "late")


class Invitation(models.Model):
    """
    On which terms bids for a listing are invited.

    `sealed` holds the reserve and the seed of the draw; `commitment` is the hash over both, public
    from the first day. `closes_at` is announced; the box closes soon after it, at a drawn moment.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    listing = models.OneToOneField(Listing, models.PROTECT, primary_key=True, related_name="+")
    closes_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    rule_version = models.TextField()
    costs_version = models.TextField(default="", blank=True)
    # The lowest floor of all bands: no bid below it can have been accepted, whatever was shown.
    floor_rate = models.DecimalField(max_digits=5, decimal_places=4)
    key_id = models.TextField()
    sealed = models.BinaryField()
    commitment = models.TextField()
    # Known once the box is open.
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__gt=F("closes_at")), name="market_bids_open_after_closing"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, closed_at__isnull=True)
                | Q(opened_at__gte=F("opens_at"), closed_at__isnull=False),
                name="market_bids_opened_not_early",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opens_at", "listing"],
                name="market_bids_due",
                condition=Q(opened_at__isnull=True),
            )
        ]


class BidBox(Box):
    """The envelopes of one minute, of all listings."""


class BidEnvelope(Envelope):
    """One hand-in of a bidder: a bid, a better one, or a withdrawal. Nobody can tell which."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    box = models.ForeignKey(BidBox, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(box__isnull=True, place__isnull=True)
                | Q(box__isnull=False, place__isnull=False),
                name="market_envelope_boxed",
            ),
            models.UniqueConstraint(
                fields=["listing", "collector", "turn"], name="market_envelope_turn_once"
            ),
            models.UniqueConstraint(
                fields=["box", "place"],
                name="market_envelope_place_once",
                condition=Q(box__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="market_envelope_unboxed", condition=Q(box__isnull=True)
            ),
            models.Index(fields=["collector", "listing"], name="market_envelope_mine"),
        ]


class Bid(Row):
    """
    What the opening found of one bidder: its last word in time, its rank, and what became of it.

    One that never counted (withdrawn, late) has no rate and no rank.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    envelope = models.ForeignKey(BidEnvelope, models.PROTECT, related_name="+")
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    adjustment = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    rank = models.PositiveIntegerField(null=True)
    reason = models.TextField(choices=BidReason.choices)
    # The refusal of the check that the bidder did not pass, by code.
    detail = models.TextField(default="", blank=True)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "collector"], name="market_bid_once_per_bidder"
            ),
            models.UniqueConstraint(
                fields=["listing"], condition=Q(reason="won"), name="market_one_winner"
            ),
            models.UniqueConstraint(
                fields=["listing", "rank"],
                condition=Q(rank__isnull=False),
                name="market_bid_rank_once",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=NEVER_COUNTED, rate__isnull=True, rank__isnull=True)
                | (
                    ~Q(reason__in=NEVER_COUNTED)
                    & Q(rate__isnull=False, quality_share__isnull=False)
                    & Q(adjustment__isnull=False, rank__isnull=False)
                ),
                name="market_bid_counted",
            ),
            models.CheckConstraint(
                condition=Q(reason="won", mandate__isnull=False)
                | (~Q(reason="won") & Q(mandate__isnull=True)),
                name="market_bid_winner_has_mandate",
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "-opened_at"], name="market_bid_mine"),
            models.Index(fields=["opened_at", "reason"], name="market_bid_reasons"),
        ]


class BidRefusal(models.Model):
    """A bid that was not accepted, kept for its bidder and for the published counts."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    id = models.BigAutoField(primary_key=True)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    reason = models.TextField(choices=BidReason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "collector", "reason"], name="market_bid_refusal_once"
            )
        ]


class CostFigures(models.Model):
    """One version of the cost figures of an operator, as it was put in force; never changed."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as the installation runs.")

    version = models.TextField(primary_key=True)
    text = models.TextField()
    starts_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-starts_at"], name="market_costs_newest")]
