"""Authenticity flags: raised by rules, decided by people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "code"], condition=Q(state="open"), name="risk_flag_once"
            )
        ]
