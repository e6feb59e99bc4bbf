"""Tables: what people decide about a claim: steps of review, disputes, stopped interest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT

from qinghe.claims.terms import (
    GRANTING,
    DisputeReason,
    DisputeState,
    ObjectionGround,
    ObjectionReason,
    ObjectionState,
    ReviewStep,
    Scan,
    StopGround,
)
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


class Objection(Row):
    """A creditor objects to a rejection: once, and somebody else than who rejected decides."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.OneToOneField("claims.Claim", models.PROTECT, related_name="+")
    ground = models.TextField(choices=ObjectionGround.choices)
    # No names, no numbers of accounts.
    words = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Who rejected, as the journal knows them: two persons when it was held to be invented.
    rejected_by = models.JSONField(default=list)
    state = models.TextField(choices=ObjectionState.choices, default=ObjectionState.OPEN)
    reason = models.TextField(choices=ObjectionReason.choices, default="", blank=True)
    # What the creditor reads.
    answer = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, reason="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="claims_objection_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(reason__in=GRANTING),
                name="claims_objection_reason_fits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="claims_objection_open", condition=Q(state="open")
            )
        ]


class Dispute(Row):
    """The debtor says the claim is wrong; from that second nobody collects."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "statement"))

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    # The latest; a correction takes back nothing of what was said before.
    reason = models.TextField(choices=DisputeReason.choices)
    # Each reason with its moment, in order, from the first correction on; empty before.
    said = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    # Whether the creditor may read the debtor's words; the form has said so before they were sent.
    shared = models.BooleanField(default=False, db_default=False)
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
            models.CheckConstraint(
                condition=Q(said=[]) | Q(reason=KT("said__-1__reason")),
                name="claims_dispute_said_last",
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


class InterestStop(Row):
    """A time in which a claim bears no interest (停息): its first day counts, its last does not."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    ground = models.TextField(choices=StopGround.choices)
    # The law, the ruling or the agreement it stands on; no names.
    source = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="claims_stop_has_a_length"
            ),
            # Stops follow each other: where one ends the next may begin, and never before.
            models.UniqueConstraint(fields=["claim", "since"], name="claims_stop_once"),
        ]


class DisputePaper(Row):
    """A file that a debtor sent with a dispute, such as a receipt; it proves nothing for others."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("filename", "sha256", "report"))

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="+")
    sha256 = models.TextField()
    media_type = models.TextField()
    size = models.PositiveBigIntegerField()
    filename = models.TextField()
    uploaded_at = models.DateTimeField()
    findings = models.JSONField(default=dict)
    report = models.TextField(default="", blank=True)
    scan = models.TextField(choices=Scan.choices)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "sha256"], name="claims_dispute_paper_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="claims_dispute_paper_not_empty"),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="claims_paper_waiting",
                condition=Q(scan=Scan.WAITING),
            )
        ]
