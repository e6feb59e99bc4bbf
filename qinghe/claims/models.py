"""Claims, their lines, batches, evidence, disputes and holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.claims.batch import Batch, Correction, Mapping, RemovedFile, RowError, Staged
from qinghe.claims.bundle import Bundle, BundleFile
from qinghe.claims.contract import (
    ContractFee,
    ContractPayment,
    ContractTerms,
    LimitationAct,
    StagedTerms,
    Verification,
)
from qinghe.claims.decisions import Dispute, DisputePaper, InterestStop, Objection, Review
from qinghe.claims.terms import (
    OPEN_STATES,
    ClaimState,
    Component,
    EvidenceKind,
    HoldKind,
    PayOrder,
    Product,
    ReviewQueue,
    Scan,
    Security,
    Stage,
)
from qinghe.claims.title import Duplicate, IdentityDoubt, Title
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

__all__ = [
    "Batch",
    "Bundle",
    "BundleFile",
    "Claim",
    "ContractFee",
    "ContractPayment",
    "ContractTerms",
    "Correction",
    "DebtorReference",
    "Dispute",
    "DisputePaper",
    "Duplicate",
    "Evidence",
    "Hold",
    "IdentityDoubt",
    "InterestStop",
    "LimitationAct",
    "Line",
    "Mapping",
    "Objection",
    "RemovedFile",
    "Review",
    "RowError",
    "Staged",
    "StagedTerms",
    "Title",
    "Verification",
]

KEEP = "Five years after the claim is closed (limitation and evidence)."


class DebtorReference(Row):
    """How one creditor names a person in its own books (customer number)."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "reference"))

    creditor = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    reference = models.TextField()
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "reference"], name="claims_reference_once")
        ]


class Claim(Row):
    """
    One debt under one contract. The open amounts mirror the ledger and change only with it.

    `stage` is as of the last change; `stage_changes_on` is the next day it will be wrong (null when
    it cannot change), so a sweep finds just the rows to touch and no days past due are stored.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("debtor",))

    number = models.TextField()
    # Both are the first of an index below.
    creditor = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    debtor = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    contract_number = models.TextField()
    fingerprint = models.BinaryField()
    product = models.TextField(choices=Product.choices)
    # Times the claim was outsourced before plus one (手别).
    hand = models.PositiveSmallIntegerField(default=1)
    # How often it was assigned before it came to this creditor; each link needs its paper.
    assignments = models.PositiveSmallIntegerField(default=0, db_default=0)
    region = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=3)
    contract_on = models.DateField(null=True)
    due_on = models.DateField()
    # Agreed overdue rate, percent a year; already cut to the lawful cap at intake.
    overdue_rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    interest_to = models.DateField()
    # What a payment pays first, where it was agreed otherwise than the law has it.
    pays_first = models.TextField(choices=PayOrder.choices, default=PayOrder.LAW, db_default="law")
    security = models.TextField(choices=Security.choices, default=Security.NONE, db_default="none")
    principal = models.BigIntegerField()
    interest = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    # Of it, what went through the cashier: the platform saw it and need not believe anybody.
    proven = models.BigIntegerField(default=0, db_default=0)
    state = models.TextField(choices=ClaimState.choices, default=ClaimState.SUBMITTED)
    stage = models.TextField(choices=Stage.choices)
    stage_changes_on = models.DateField(null=True)
    challenge_ends_at = models.DateTimeField(null=True)
    # New, or changed since doubts were last looked for.
    unseen = models.BooleanField(default=True, db_default=True)
    # When the notice of the challenge window left; before it nobody may collect.
    noticed_at = models.DateTimeField(null=True)
    # Since when its creditor is asked for a way to tell the debtor, and when it was reminded.
    untold_since = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    review = models.TextField(choices=ReviewQueue.choices, db_default=ReviewQueue.NEW)
    # Since when it stands in this queue of the review desk; null: since it was created.
    review_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Where it stood when it was settled: a payment undone leads back there and never further.
    closed_from = models.TextField(db_default="", blank=True, choices=ClaimState.choices)
    # Why it was rejected or withdrawn: a code of `Rejection`, words, or both.
    ended_because = models.TextField(db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="claims_number_once"),
            models.UniqueConstraint(
                fields=["creditor", "contract_number"], name="claims_contract_once"
            ),
            models.CheckConstraint(
                condition=Q(principal__gte=0) & Q(interest__gte=0) & Q(costs__gte=0),
                name="claims_open_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(pays_first__in=PayOrder.values, security__in=Security.values),
                name="claims_payment_terms_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(principal=0, interest=0, costs=0),
                name="claims_closed_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("created_at")),
                name="claims_closed_after_created",
            ),
        ]
        indexes = [
            models.Index(
                fields=["stage_changes_on"],
                name="claims_stage_due",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["creditor", "state", "stage"], name="claims_creditor_state"),
            models.Index(fields=["debtor"], name="claims_debtor"),
            # Read from their ends, where new claims are added.
            models.Index(fields=["created_at", "id"], name="claims_by_age"),
            models.Index(fields=["creditor", "created_at", "id"], name="claims_creditor_by_age"),
            models.Index(
                fields=["review", "created_at", "id"],
                name="claims_review_queue",
                condition=Q(state="submitted") | Q(review="sample"),
            ),
            models.Index(
                fields=["id"], name="claims_unseen", condition=Q(state="submitted", unseen=True)
            ),
            models.Index(
                fields=["untold_since"],
                name="claims_untold",
                condition=Q(untold_since__isnull=False),
            ),
            models.Index(
                fields=["challenge_ends_at"],
                name="claims_challenge_due",
                condition=Q(state="challenge"),
            ),
        ]

    @property
    def owed(self) -> int:
        """Return all open components together, in minor units."""
        return self.principal + self.interest + self.costs


class Line(Row):
    """One term of the amount: what, how much, and where it comes from. Append-only."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", db_index=False)
    component = models.TextField(choices=Component.choices)
    kind = models.TextField()
    amount = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    booked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["claim", "booked_at"], name="claims_line_claim")]


class Evidence(Row):
    """
    One file that proves something about a claim; content lies encrypted under its hash.

    Append-only, in the database too: a better file is added and the old one is marked as replaced.
    What may change is what the scanner says, and once, that and why it was replaced.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("filename", "sha256", "report"))

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    kind = models.TextField(choices=EvidenceKind.choices)
    sha256 = models.TextField()
    media_type = models.TextField()
    size = models.PositiveBigIntegerField()
    filename = models.TextField()
    uploaded_at = models.DateTimeField()
    # What was found in it, as codes and numbers: pages, points, what a PDF may set off, the
    # verdict on each signature. Names of signers are in the report.
    findings = models.JSONField(default=dict, db_default={})
    # Hash of the sealed report with the signers' names; empty when there is no signature.
    report = models.TextField(default="", db_default="", blank=True)
    scan = models.TextField(choices=Scan.choices, default=Scan.UNCHECKED, db_default=Scan.UNCHECKED)
    scanned_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)
    superseded_because = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "sha256"], name="claims_evidence_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="claims_evidence_not_empty"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | ~Q(superseded_because=""),
                name="claims_evidence_replaced_why",
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="claims_evidence_same"),
            models.Index(
                fields=["uploaded_at"],
                name="claims_evidence_waiting",
                condition=Q(scan=Scan.WAITING),
            ),
        ]


class Hold(Row):
    """
    Stops outreach, for one claim or (claim null) for everything about the person.

    Several holds may stand at once; outreach is open again when none is left.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person",))

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=HoldKind.choices)
    # Text reference of what asked for it, e.g. `dispute:0193...`.
    cause = models.TextField()
    placed_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=Q(lifted_at__isnull=True), name="claims_hold_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="claims_hold_period",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], name="claims_hold_live", condition=Q(lifted_at__isnull=True)
            ),
            # Debtors that must be told anew.
            models.Index(
                fields=["claim"],
                name="claims_hold_bounced",
                condition=Q(kind="bounced", lifted_at__isnull=True),
            ),
            models.Index(
                fields=["ends_at"],
                name="claims_hold_ending",
                condition=Q(lifted_at__isnull=True, ends_at__isnull=False),
            ),
        ]
