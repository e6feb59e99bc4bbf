"""Tables: a ZIP of papers for many claims, and what becomes of each of its files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.claims.terms import (
    BUNDLE_ENDED,
    BUNDLE_WORKING,
    BundleState,
    EvidenceKind,
    Verdict,
)
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row


class Bundle(Row):
    """
    One ZIP of papers. It lies encrypted under its hash until thirty days after its end.

    `batch` narrows it to the claims of one delivered file; `otherwise` is the kind of files whose
    name tells none. `checked_to` tells how many files were looked
    through.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Five years after its claims are closed; names of files ninety days after the end.",
        personal=("sha256", "filename"),
    )

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    batch = models.ForeignKey("claims.Batch", models.PROTECT, null=True, related_name="+")
    # Whose word it is; null: a command of the operator. Files are added in this person's name.
    by = models.UUIDField(null=True)
    filename = models.TextField()
    sha256 = models.TextField()
    otherwise = models.TextField(choices=EvidenceKind.choices, default="", blank=True)
    state = models.TextField(choices=BundleState.choices, default=BundleState.RECEIVED)
    files = models.PositiveIntegerField()
    checked_to = models.PositiveIntegerField(default=0)
    # Files done in this phase, and how many were done when the worker began who is at it now.
    done = models.PositiveIntegerField(default=0)
    begun_done = models.PositiveIntegerField(default=0)
    # Files by verdict.
    counts = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    worked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BundleState.values), name="claims_bundle_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BUNDLE_ENDED, decided_at__isnull=False)
                | (~Q(state__in=BUNDLE_ENDED) & Q(decided_at__isnull=True)),
                name="claims_bundle_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["creditor", "-uploaded_at"], name="claims_bundle_recent"),
            models.Index(
                fields=["state"],
                name="claims_bundle_working",
                condition=Q(state__in=BUNDLE_WORKING),
            ),
        ]


class BundleFile(Row):
    """
    One file of a ZIP of papers: to which claim it belongs, as what, and if not, why not.

    `digest` is the hash of its content as it was looked through; what is added must be the same.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Ninety days after the end of the ZIP it came in.",
        personal=("name", "digest", "facts"),
    )

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()
    name = models.TextField()
    size = models.PositiveBigIntegerField()
    digest = models.TextField(default="", blank=True)
    claim = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=EvidenceKind.choices, default="", blank=True)
    verdict = models.TextField(choices=Verdict.choices)
    # Why it is not taken: a code, and the sentence in each language.
    code = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "place"], name="claims_bundlefile_once"),
            models.CheckConstraint(
                condition=~Q(verdict__in=("matched", "added")) | Q(claim__isnull=False),
                name="claims_bundlefile_whose",
            ),
        ]
        indexes = [
            models.Index(fields=["bundle", "verdict", "place"], name="claims_bundlefile_verdict"),
        ]
