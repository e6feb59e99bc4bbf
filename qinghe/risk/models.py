"""Authenticity flags: raised by rules, decided by people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row


class Flag(Row):
    """One reason to doubt a claim, with the facts that raised it."""

    privacy: ClassVar[Privacy] = Privacy(keep="Five years after the claim is closed.")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLEARED = "cleared", _("Harmless")
        CONFIRMED = "confirmed", _("Confirmed")

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    code = models.TextField()
    facts = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    # Who was the first to hold a grave one harmless, and who decided; labels of the journal.
    proposed_by = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "code"], condition=Q(state="open"), name="risk_flag_once"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by="") | ~Q(state="cleared") | ~Q(decided_by=F("proposed_by")),
                name="risk_flag_two_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["claim"], name="risk_confirmed", condition=Q(state="confirmed"))
        ]


class AutoRelease(Row):
    """
    Claims of one creditor may be released without a reviewer: asked by one person, granted by
    another, up to an amount, with a share that is checked afterwards.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="Five years after it ended.")

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    most_major = models.PositiveIntegerField()
    sample_percent = models.PositiveSmallIntegerField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    granted_by = models.TextField(default="", blank=True)
    granted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor"],
                condition=Q(ended_at__isnull=True),
                name="risk_auto_release_once",
            ),
            models.CheckConstraint(
                condition=Q(granted_at__isnull=True) | ~Q(granted_by=F("asked_by")),
                name="risk_auto_release_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(sample_percent__gte=5, sample_percent__lte=100),
                name="risk_auto_release_sample",
            ),
        ]


class Draw(Row):
    """What one claim drew when it was released without a reviewer: proof that nobody chose."""

    privacy: ClassVar[Privacy] = Privacy(keep="Five years after the claim is closed.")

    claim = models.OneToOneField("claims.Claim", models.PROTECT, related_name="+")
    release = models.ForeignKey(AutoRelease, models.PROTECT, related_name="+")
    day = models.DateField()
    # Which key it was drawn under, by a name that does not tell the key.
    key = models.TextField()
    number = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    sampled = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__lt=F("percent"), sampled=True)
                | Q(number__gte=F("percent"), sampled=False),
                name="risk_draw_decides",
            ),
        ]
