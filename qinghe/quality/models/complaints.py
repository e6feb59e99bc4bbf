"""Complaints and what followed from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.quality.terms import ComplaintKind, ComplaintState

KEEP = "Five years after the decision."


class Complaint(Row):
    """One complaint, with a number the person can quote and a day by which it is answered."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "statement"))

    number = models.TextField(unique=True)
    person = models.ForeignKey("parties.Person", models.PROTECT, null=True, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, null=True, related_name="+")
    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    kind = models.TextField(choices=ComplaintKind.choices)
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=ComplaintState.choices, default=ComplaintState.OPEN)
    # When it happened, as the person tells; nobody may know.
    happened_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    decided_at = models.DateTimeField(null=True)
    decision_text = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="quality_complaint_decided",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="quality_complaint_due", condition=Q(state="open")
            ),
            models.Index(fields=["collector", "opened_at"], name="quality_complaint_collector"),
        ]


class Sanction(Row):
    """A mandate suspended because a complaint was justified."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "mandate"], name="quality_sanction_once")
        ]
