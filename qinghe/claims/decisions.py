"""Tables: what people decide about a claim: each step at the review desk, and disputes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.claims.terms import DisputeReason, DisputeState, ReviewStep
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Five years after the claim is closed (limitation and evidence)."


class Review(Row):
    """One step at the review desk: what was decided about a claim, why and by whom. Append-only."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    step = models.TextField(choices=ReviewStep.choices)
    # A code of `Release`, `Return` or `Rejection`.
    reason = models.TextField()
    # What the creditor reads; no names, no numbers of accounts.
    words = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["claim", "at"], name="claims_review_claim"),
            models.Index(fields=["step", "-at"], name="claims_review_step"),
        ]


class Dispute(Row):
    """The debtor says the claim is wrong; from that second nobody collects."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "statement"))

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    reason = models.TextField(choices=DisputeReason.choices)
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=DisputeState.choices, default=DisputeState.OPEN)
    opened_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    # Until when the creditor must prove the claim, and what it answered (in the vault).
    proof_due_at = models.DateTimeField(null=True)
    proof = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    proved_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_text = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="open"), name="claims_one_open_dispute"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="claims_dispute_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_due_at", "id"],
                name="claims_dispute_open",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["proof_due_at"],
                name="claims_proof_due",
                condition=Q(state="open", proved_at__isnull=True),
            ),
        ]
