"""Claims, their lines, batches, evidence, disputes and holds."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qinghe.claims.contract import (
    ContractFee,
    ContractPayment,
    ContractTerms,
    LimitationAct,
    StagedTerms,
    Verification,
)
from qinghe.claims.decisions import Dispute, Review
from qinghe.claims.terms import (
    ENDED,
    OPEN_STATES,
    WORKING,
    BatchState,
    ClaimState,
    Component,
    EvidenceKind,
    HoldKind,
    Product,
    ReviewQueue,
    Scan,
    Stage,
)
from qinghe.claims.title import Duplicate, IdentityDoubt, Title
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

__all__ = [
    "Batch",
    "Claim",
    "ContractFee",
    "ContractPayment",
    "ContractTerms",
    "DebtorReference",
    "Dispute",
    "Duplicate",
    "Evidence",
    "Hold",
    "IdentityDoubt",
    "LimitationAct",
    "Line",
    "Mapping",
    "Review",
    "RowError",
    "StagedTerms",
    "Title",
    "Verification",
]

KEEP = "Five years after the claim is closed (limitation and evidence)."


class Mapping(Row):
    """A saved column mapping of one creditor: field -> column, with formats."""

    privacy: ClassVar[Privacy] = Privacy(keep="While the creditor uses it.")

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    name = models.TextField()
    columns = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "name"], name="claims_mapping_once")
        ]


class Batch(Row):
    """One delivered file. The file itself lies encrypted under its hash; counts live here."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("sha256",))

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    filename = models.TextField()
    sha256 = models.TextField()
    mapping = models.JSONField(default=dict)
    as_of = models.DateField()
    state = models.TextField(choices=BatchState.choices, default=BatchState.CHECKED)
    read = models.PositiveIntegerField(default=0)
    valid = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    # Sound rows by ageing stage on `as_of`.
    stages = models.JSONField(default=dict)
    # How far the work is: rows of the whole file, the last row that was checked, whether all valid
    # rows lie ready to be taken over, and the last of those that was taken over.
    rows = models.PositiveIntegerField(default=0)
    checked_to = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(default=False)
    merged_to = models.PositiveIntegerField(default=0)
    # Rows done in this phase, and how many were done when the worker began who is at it now.
    done = models.PositiveIntegerField(default=0)
    begun_done = models.PositiveIntegerField(default=0)
    # Whether the creditor chose to take the sound rows although others have errors.
    partial = models.BooleanField(default=False)
    begun_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    # Why the file could not be read, code and sentence; never a value of the file.
    failure = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values), name="claims_batch_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, decided_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(decided_at__isnull=True)),
                name="claims_batch_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(read=F("accepted") + F("rejected") + F("unchanged")),
                name="claims_batch_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["creditor", "-uploaded_at"], name="claims_batch_recent"),
            models.Index(
                fields=["state"],
                name="claims_batch_working",
                condition=Q(state__in=WORKING),
            ),
        ]


class Staged(models.Model):
    """
    One sound row of a batch, ready to become a claim; personal data sealed as the vault keeps it.

    The table is not logged: whatever it holds can be made again from the sealed file, and a crash
    of the database that empties it is noticed by the count in the batch. Ids of all rows that a
    staged row becomes have its `stem` and a last digit of their own.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Until the batch is decided, seven days at most.",
        personal=(
            "debtor_key", "doubts", "name_sealed", "name_blind", "name_masked", "number_sealed",
            "number_blind", "number_masked", "voice_sealed", "voice_blind", "voice_masked",
            "mail_sealed", "mail_blind", "mail_masked", "place_sealed", "place_blind",
            "place_masked",
        ),
    )  # fmt: skip

    pk = models.CompositePrimaryKey("batch_id", "row")
    batch_id = models.UUIDField()
    row = models.PositiveIntegerField()
    stem = models.UUIDField()
    contract_number = models.TextField()
    fingerprint = models.BinaryField()
    debtor_key = models.TextField()
    kind = models.TextField()
    product = models.TextField()
    hand = models.PositiveSmallIntegerField()
    region = models.TextField()
    zones = models.JSONField()
    zone = models.TextField()
    currency = models.CharField(max_length=3)
    contract_on = models.DateField(null=True)
    due_on = models.DateField()
    rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    costs = models.BigIntegerField()
    stage = models.TextField()
    stage_changes_on = models.DateField(null=True)
    key_id = models.TextField()
    # What is odd about the person, told from the row alone: codes with commas between.
    doubts = models.TextField()
    name_sealed = models.BinaryField(null=True)
    # One per key of the blind index, the newest first.
    name_blind = ArrayField(models.BinaryField(), null=True)
    name_masked = models.TextField(null=True)  # noqa: DJ001
    number_sealed = models.BinaryField(null=True)
    # One per key of the blind index, the newest first.
    number_blind = ArrayField(models.BinaryField(), null=True)
    number_masked = models.TextField(null=True)  # noqa: DJ001
    voice_sealed = models.BinaryField(null=True)
    voice_blind = models.BinaryField(null=True)
    voice_masked = models.TextField(null=True)  # noqa: DJ001
    mail_sealed = models.BinaryField(null=True)
    mail_blind = models.BinaryField(null=True)
    mail_masked = models.TextField(null=True)  # noqa: DJ001
    place_sealed = models.BinaryField(null=True)
    place_blind = models.BinaryField(null=True)
    place_masked = models.TextField(null=True)  # noqa: DJ001


class RowError(models.Model):
    """Why one row of a batch was refused: row, column, reason, fix. Never the value itself."""

    privacy: ClassVar[Privacy] = Privacy(keep="Ninety days after the batch was decided.")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    column = models.TextField()
    code = models.TextField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["batch", "row"], name="claims_rowerror_batch")]


class Correction(Row):
    """
    One cell of a batch that a clerk set right before the decision: who and when.

    Neither the old nor the new value is here; the new one lies sealed like the file itself, under
    a hash that nobody can guess (the sealed text begins with a random word).
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("sha256",))

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    column = models.TextField()
    sha256 = models.TextField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    # Counted within the batch: of two texts for one cell the later one holds.
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="claims_correction_once")
        ]
        indexes = [models.Index(fields=["batch", "row"], name="claims_correction_batch")]


class DebtorReference(Row):
    """How one creditor names a person in its own books (customer number)."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "reference"))

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
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

    number = models.TextField(unique=True)
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    debtor = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
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
    principal = models.BigIntegerField()
    interest = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    state = models.TextField(choices=ClaimState.choices, default=ClaimState.SUBMITTED)
    stage = models.TextField(choices=Stage.choices)
    stage_changes_on = models.DateField(null=True)
    challenge_ends_at = models.DateTimeField(null=True)
    # When the notice of the challenge window left; before it nobody may collect.
    noticed_at = models.DateTimeField(null=True)
    review = models.TextField(choices=ReviewQueue.choices, db_default=ReviewQueue.NEW)
    # Since when it stands in this queue of the review desk; null: since it was created.
    review_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Why it was rejected or withdrawn: a code of `Rejection`, words, or both.
    ended_because = models.TextField(db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "contract_number"], name="claims_contract_once"
            ),
            models.CheckConstraint(
                condition=Q(principal__gte=0) & Q(interest__gte=0) & Q(costs__gte=0),
                name="claims_open_not_negative",
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
            models.Index(fields=["-created_at", "-id"], name="claims_newest"),
            models.Index(fields=["creditor", "-created_at", "-id"], name="claims_creditor_newest"),
            models.Index(
                fields=["review", "created_at", "id"],
                name="claims_review_queue",
                condition=Q(state="submitted") | Q(review="sample"),
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

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
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
            models.Index(
                fields=["ends_at"],
                name="claims_hold_ending",
                condition=Q(lifted_at__isnull=True, ends_at__isnull=False),
            ),
        ]
