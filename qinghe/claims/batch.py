"""Tables: a delivered file, its rows on the way to claims, and what was wrong with them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import ENDED, WORKING, BatchState
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

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


class RemovedFile(models.Model):
    """A refused file whose content was removed; its hash says for ever which one it was."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    sha256 = models.TextField(primary_key=True)
    at = models.DateTimeField()
