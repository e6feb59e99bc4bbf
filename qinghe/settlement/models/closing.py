"""Months that two persons close, and the papers that are kept of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.closing_terms import CloseState

KEEP = "Ten years after the year of booking (accounting law)."


class MonthClose(Row):
    """One person asks for a month to be closed, another closes it; what was open stands in it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    month = models.DateField()
    state = models.TextField(choices=CloseState.choices, default=CloseState.ASKED)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    # Why what is open may stay open.
    explanation = models.TextField(default="", db_default="", blank=True)
    confirmed_by = models.TextField(default="", db_default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)
    # What was open when it was closed: matter, currency, how many, how much.
    open_matters = models.JSONField(default=list)
    period = models.OneToOneField("ledger.Period", models.PROTECT, null=True, related_name="+")
    # When all its statements were made.
    stated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"],
                condition=~Q(state=CloseState.DROPPED),
                name="settlement_close_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=CloseState.CLOSED)
                | ~Q(confirmed_by="")
                & ~Q(confirmed_by=F("asked_by"))
                & Q(confirmed_at__isnull=False, period__isnull=False),
                name="settlement_close_two",
            ),
            models.CheckConstraint(
                condition=Q(stated_at__isnull=True) | Q(state=CloseState.CLOSED),
                name="settlement_close_stated",
            ),
        ]


class KeptStatement(Row):
    """
    What one organisation had, moved and has in one closed month: figures first, then its files.

    Never changed; the files, named by their hash, are added once.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    close = models.ForeignKey(MonthClose, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    # As it was called when the statement was made.
    organisation_name = models.TextField()
    currency = models.CharField(max_length=3)
    # In favour of the organisation where positive.
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()
    language = models.TextField()
    pdf = models.TextField(default="", db_default="", blank=True)
    csv = models.TextField(default="", db_default="", blank=True)
    xlsx = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["close", "organisation", "currency"], name="settlement_kept_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(pdf="", csv="", xlsx="") | ~Q(pdf="") & ~Q(csv="") & ~Q(xlsx=""),
                name="settlement_statement_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["close"], name="settlement_statement_to_make", condition=Q(pdf="")
            ),
        ]
