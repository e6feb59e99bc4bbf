"""The information mode: who is listed, requests for quotation under seal, introductions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import Product, Stage
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.sealed import Box, Envelope
from qinghe.market.quoting import CountBand, NoQuote, PassedOver, QuoteState, SizeBand, SumBand
from qinghe.market.terms import KEEP


class DirectoryEntry(Row):
    """
    An agency that agreed to be listed, until it leaves; who never agreed has no row.

    Name and telephone of its contact person lie in the vault and open by an introduction only.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("contact_name", "contact_phone"))

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    # What it works; an empty list means all.
    products = ArrayField(models.TextField(choices=Product.choices), default=list)
    stages = ArrayField(models.TextField(choices=Stage.choices), default=list)
    size = models.TextField(choices=SizeBand.choices)
    contact_name = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    contact_phone = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    consent = models.TextField()
    agreed_by = models.UUIDField()
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collector"], condition=Q(ended_at__isnull=True), name="market_listed_once"
            ),
            models.CheckConstraint(condition=~Q(consent=""), name="market_listed_by_consent"),
        ]


class QuoteRequest(Row):
    """A portfolio in bands, about which chosen agencies are asked until an hour."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("contact_name", "contact_phone"))

    number = models.TextField(unique=True)
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    product = models.TextField(choices=Product.choices)
    stage = models.TextField(choices=Stage.choices)
    count_band = models.TextField(choices=CountBand.choices)
    sum_band = models.TextField(choices=SumBand.choices)
    regions = ArrayField(models.TextField())
    # Everybody that fitted was asked, not a choice of the creditor.
    everybody = models.BooleanField()
    state = models.TextField(choices=QuoteState.choices, default=QuoteState.OPEN)
    contact_name = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    contact_phone = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("asked_at")), name="market_quote_period"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(opened_at__gte=F("closes_at")),
                name="market_quotes_opened_not_early",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "withdrawn"), opened_at__isnull=True)
                | Q(state__in=("opened", "closed"), opened_at__isnull=False),
                name="market_quotes_state_opened",
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], name="market_quotes_due", condition=Q(state="open")),
            models.Index(fields=["creditor", "-asked_at"], name="market_quotes_of"),
        ]


class QuoteInvite(Row):
    """One agency that was asked; nothing here tells whether it answered."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "collector"], name="market_quote_asked_once")
        ]
        indexes = [models.Index(fields=["collector", "request"], name="market_quote_asked_me")]


class QuoteBox(Box):
    """The envelopes of one minute, of all requests."""


class QuoteEnvelope(Envelope):
    """One hand-in of an agency: a quotation, a better one, a refusal, or its withdrawal."""

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="+")
    box = models.ForeignKey(QuoteBox, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "collector", "turn"], name="market_quote_turn_once"
            ),
            models.CheckConstraint(
                condition=Q(box__isnull=True, place__isnull=True)
                | Q(box__isnull=False, place__isnull=False),
                name="market_quote_boxed",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="market_quote_unboxed", condition=Q(box__isnull=True)),
            models.Index(fields=["collector", "request"], name="market_quote_mine"),
        ]


class Quotation(Row):
    """What the opening found of one agency: its last word, a quotation or a refusal."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    envelope = models.OneToOneField(QuoteEnvelope, models.PROTECT, related_name="+")
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    period_days = models.PositiveSmallIntegerField(null=True)
    first_action_days = models.PositiveSmallIntegerField(null=True)
    report_days = models.PositiveSmallIntegerField(null=True)
    sentence = models.TextField(default="", blank=True)
    refused = models.TextField(choices=NoQuote.choices, default="", blank=True)
    passed = models.TextField(choices=PassedOver.choices, default="", blank=True)
    passed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "collector"], name="market_quotation_once"),
            models.CheckConstraint(
                condition=(Q(refused="") & Q(rate__isnull=False, quality_share__isnull=False))
                | (~Q(refused="") & Q(rate__isnull=True)),
                name="market_quotation_or_refusal",
            ),
        ]
        indexes = [models.Index(fields=["collector", "-opened_at"], name="market_quotation_mine")]
