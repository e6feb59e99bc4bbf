"""Orders that were given back, and whether for a reason that counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.market.models.mandates import Mandate
from qinghe.market.terms import KEEP, GiveBackCause


class GiveBack(models.Model):
    """One order given back by its collector."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.OneToOneField(Mandate, models.PROTECT, primary_key=True, related_name="+")
    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    cause = models.TextField(choices=GiveBackCause.choices)
    excused = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["collector", "at"], name="market_give_back_recent")]
