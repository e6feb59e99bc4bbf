"""Introductions: two contact persons, after both sides agreed; what came of it; complaints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.information import Quotation, QuoteRequest
from qinghe.market.quoting import (
    IntroComplaintKind,
    IntroComplaintState,
    IntroState,
    NoQuote,
    Signed,
)
from qinghe.market.terms import KEEP


class Introduction(Row):
    """
    One quotation that its creditor accepted; made once the agency agreed too.

    `terms` is the text of both sides as it was that day, `terms_sha256` its hash. No claim hangs on
    it: what the two sign is theirs.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("agency_name", "agency_phone"))

    quotation = models.OneToOneField(Quotation, models.PROTECT, related_name="+")
    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    state = models.TextField(choices=IntroState.choices, default=IntroState.PROPOSED)
    terms = models.TextField()
    terms_sha256 = models.TextField()
    fee = models.BigIntegerField()
    fee_currency = models.TextField()
    fee_version = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    agreed_by = models.UUIDField(null=True)
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    declined = models.TextField(choices=NoQuote.choices, default="", blank=True)
    agency_name = models.ForeignKey(
        "parties.VaultItem", models.PROTECT, null=True, related_name="+"
    )
    agency_phone = models.ForeignKey(
        "parties.VaultItem", models.PROTECT, null=True, related_name="+"
    )
    creditor_says = models.TextField(choices=Signed.choices, default="", blank=True)
    creditor_said_at = models.DateTimeField(null=True)
    collector_says = models.TextField(choices=Signed.choices, default="", blank=True)
    collector_said_at = models.DateTimeField(null=True)
    fee_received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=("proposed", "made")),
                name="market_one_live_introduction",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="made",
                    agreed_at__isnull=False,
                    agency_name__isnull=False,
                    agency_phone__isnull=False,
                )
                | (~Q(state="made") & Q(agreed_at__isnull=True, agency_name__isnull=True)),
                name="market_introduced_by_both",
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="market_introduction_fee"),
            models.CheckConstraint(
                condition=Q(lapses_at__gt=F("proposed_at")), name="market_introduction_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"],
                name="market_introduction_due",
                condition=Q(state="proposed"),
            ),
            models.Index(fields=["collector", "-proposed_at"], name="market_introduced_agency"),
            models.Index(fields=["creditor", "-proposed_at"], name="market_introduced_creditor"),
        ]

    @property
    def is_live(self) -> bool:
        """Tell whether it waits for the agency, or was made."""
        return self.state in (IntroState.PROPOSED, IntroState.MADE)

    @property
    def differ(self) -> bool:
        """Tell whether one side says signed and the other says not: somebody settles around."""
        says = {self.creditor_says, self.collector_says} - {""}
        return len(says) > 1


class IntroductionComplaint(Row):
    """What one side holds against the other after an introduction; an officer decides."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("words",))

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="+")
    by = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    against = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    kind = models.TextField(choices=IntroComplaintKind.choices)
    words = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=IntroComplaintState.choices, default=IntroComplaintState.OPEN)
    opened_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["introduction", "by", "kind"],
                condition=Q(state="open"),
                name="market_intro_complaint_once",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="market_intro_complaint_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], name="market_intro_complaints", condition=Q(state="open")
            )
        ]
