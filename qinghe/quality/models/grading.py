"""Where the grading of each collector stands, and experience that was recognised."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import Grade
from qinghe.quality.models.complaints import KEEP


class Grading(models.Model):
    """One row per graded collector; whoever grades locks it before looking."""

    privacy: ClassVar[Privacy] = Privacy(keep="While the collector is a member.")

    collector = models.OneToOneField(
        "parties.Organisation", models.PROTECT, primary_key=True, related_name="+"
    )
    looked_at = models.DateTimeField()
    # The first day on which the same facts would give another answer.
    due_on = models.DateField(db_index=True)
    # What was found, by the names of `ladder.Facts`, for the page that explains it.
    facts = models.JSONField(default=dict)


class Recognition(Row):
    """Experience elsewhere that an officer examined; it opens steps and never outweighs conduct."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    collector = models.OneToOneField("parties.Organisation", models.PROTECT, related_name="+")
    step = models.TextField(choices=Grade.choices)
    reason = models.TextField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()
