"""Links found by exact match of blind indexes; the shared datum itself stays in the vault."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.terms import DEBTOR_SECRETS


class Link(Row):
    """Two persons share one datum. The smaller id stands left, so a pair appears once per kind."""

    privacy: ClassVar[Privacy] = Privacy(
        keep="While both persons have an open claim.", personal=("left", "right")
    )

    left = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    right = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    kind = models.TextField(choices=DEBTOR_SECRETS)
    source = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right", "kind"], name="graph_link_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="graph_link_ordered"),
        ]
