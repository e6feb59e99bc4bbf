"""Links found by exact match of blind indexes; the shared datum itself stays in the vault."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.graph.terms import TraceKind
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


class Trace(Row):
    """One sign of an organisation, as a keyed hash: nobody can read it back."""

    privacy: ClassVar[Privacy] = Privacy(
        keep="While the organisation works here, then two years.", personal=("digest",)
    )

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    kind = models.TextField(choices=TraceKind.choices)
    digest = models.BinaryField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "digest"], name="graph_trace_once"
            )
        ]
        indexes = [
            models.Index(fields=["kind", "digest"], name="graph_trace_shared"),
            models.Index(fields=["found_at"], name="graph_trace_found"),
        ]


class Crossing(Row):
    """A browser that works for an organisation opened a debtor's door."""

    privacy: ClassVar[Privacy] = Privacy(
        keep="While the person has an open claim.", personal=("person",)
    )

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="graph_crossing_once")
        ]
        indexes = [
            models.Index(fields=["person"], name="graph_crossing_person"),
            models.Index(fields=["found_at"], name="graph_crossing_found"),
        ]
