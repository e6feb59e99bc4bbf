"""What a collector asks a second officer to look at again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.quality.models.complaints import KEEP, Complaint
from qinghe.quality.models.ratings import Rating
from qinghe.quality.terms import AppealAbout, AppealGround, AppealReason, AppealState

TARGETS = ("complaint", "standing", "rating", "pause")


def _about(about: str, target: str) -> Q:
    """Return that an appeal is about one thing of its kind, and about nothing else."""
    return Q(about=about, **{f"{name}__isnull": name != target for name in TARGETS})


class Appeal(Row):
    """One appeal about one thing; each thing is appealed once, and another officer decides."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("statement",))

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    about = models.TextField(choices=AppealAbout.choices)
    complaint = models.OneToOneField(Complaint, models.PROTECT, null=True, related_name="+")
    standing = models.OneToOneField("market.Standing", models.PROTECT, null=True, related_name="+")
    rating = models.OneToOneField(Rating, models.PROTECT, null=True, related_name="+")
    pause = models.OneToOneField("market.TakingStop", models.PROTECT, null=True, related_name="+")
    ground = models.TextField(choices=AppealGround.choices)
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=AppealState.choices, default=AppealState.OPEN)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    # The officer of the first decision, as the journal knows them; nobody, when a rule decided.
    first_officer = models.TextField(default="", blank=True)
    reason = models.TextField(choices=AppealReason.choices, default="", blank=True)
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    # Firms that were found to be another hand (`other_firm`).
    others = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_about("complaint", "complaint")
                | _about("demotion", "standing")
                | _about("rating", "rating")
                | _about("pause", "pause"),
                name="quality_appeal_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, reason="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="quality_appeal_decided",
            ),
            models.CheckConstraint(
                condition=Q(first_officer="") | ~Q(decided_by=F("first_officer")),
                name="quality_appeal_second_officer",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="quality_appeal_due", condition=Q(state="open"))
        ]
