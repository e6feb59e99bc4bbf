"""Findings that a claim never existed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.quality.terms import InventionState


class Invention(Row):
    """The finding that a claim never existed: one officer asks, another decides."""

    privacy: ClassVar[Privacy] = Privacy(keep="Ten years after the decision.")

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    state = models.TextField(choices=InventionState.choices, default=InventionState.ASKED)
    # What proves it: references of flags and disputes.
    proof = models.JSONField(default=list)
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=~Q(state="dropped"), name="quality_invention_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="quality_invention_decided",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")), name="quality_invention_two_persons"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="quality_invention_asked", condition=Q(state="asked")
            )
        ]
