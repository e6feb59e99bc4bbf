"""Money on the way out: payouts, the runs that carry them to the bank, and the limits of both."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.payout_terms import FileFormat, PayoutState, RunState

KEEP = "Ten years after the year of booking (accounting law)."
# A run that a second person let go.
LET_GO = (RunState.APPROVED, RunState.SENT, RunState.DONE)


class PayoutRun(Row):
    """
    Payouts of one currency that go to the bank together: one approval, one file.

    A file is made once; its hash leads to the sealed bytes, so that every download is the same.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=RunState.choices, default=RunState.DRAFT)
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    approved_by = models.TextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    # What was approved, and the limit of that day.
    count = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    most = models.BigIntegerField(default=0)
    file_format = models.TextField(choices=FileFormat.choices, default="", blank=True)
    file_sha256 = models.TextField(default="", blank=True)
    # The day the bank was told to pay on.
    executes_on = models.DateField(null=True)
    file_by = models.TextField(default="", blank=True)
    file_at = models.DateTimeField(null=True)
    sent_by = models.TextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    # When the bank had answered for every payout of it.
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(state=RunState.DRAFT),
                name="settlement_run_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("opened_by")),
                name="settlement_run_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(each) for each in LET_GO])
                | ~Q(approved_by="") & Q(count__gt=0, total__gt=0, total__lte=F("most")),
                name="settlement_run_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="", file_at__isnull=True)
                | ~Q(file_sha256="") & ~Q(file_format="") & Q(file_at__isnull=False),
                name="settlement_run_file_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "dropped"]) | ~Q(file_sha256=""),
                name="settlement_run_sent_as_file",
            ),
        ]
        indexes = [models.Index(fields=["-opened_at"], name="settlement_run_opened")]


class VoidedFile(Row):
    """
    A file of a run that must not go to the bank: one person asks, another agrees. Its hash stays.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    run = models.ForeignKey(PayoutRun, models.PROTECT, related_name="+")
    sha256 = models.TextField()
    file_format = models.TextField(choices=FileFormat.choices)
    executes_on = models.DateField(null=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(agreed_at__isnull=True),
                name="settlement_void_one_asked",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="", agreed_at__isnull=True)
                | ~Q(agreed_by="") & ~Q(agreed_by=F("asked_by")) & Q(agreed_at__isnull=False),
                name="settlement_void_two",
            ),
        ]


class Payout(Row):
    """
    Money on the way out to one organisation; a second person approves it.

    Its number is the end-to-end reference in the bank's file: one that the bank sees twice is paid
    once.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("account",))

    number = models.TextField(unique=True)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=PayoutState.choices, default=PayoutState.DRAFT)
    prepared_by = models.TextField()
    prepared_at = models.DateTimeField()
    approved_by = models.TextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    # The run it goes to the bank with, and the account it goes to, fixed when it joined.
    run = models.ForeignKey(PayoutRun, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(
        "parties.SettlementAccount", models.PROTECT, null=True, related_name="+"
    )
    # What the ledger keeps aside of the bank's account from the handing in to the bank's answer.
    held = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="+")
    # Why a person keeps it out of runs.
    kept_out = models.TextField(default="", db_default="", blank=True)
    # Why a person did not let it go.
    dropped_why = models.TextField(default="", db_default="", blank=True)
    # The bank's reason, in the codes of return_codes.py.
    return_code = models.TextField(default="", db_default="", blank=True)
    returned_by = models.TextField(default="", db_default="", blank=True)
    returned_at = models.DateTimeField(null=True)
    # Where no second person agreed: the hash of the file of the bank's answers that told of it.
    answers_sha256 = models.TextField(default="", db_default="", blank=True)
    # When the bank said that it was paid although it had come back, until persons settled that; and
    # the hash of the file that said so, which says it once.
    contradicted_at = models.DateTimeField(null=True)
    contradicted_by = models.TextField(default="", db_default="", blank=True)
    # The returned payout it stands for.
    retry_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_payout_positive"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("prepared_by")),
                name="settlement_payout_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=PayoutState.SENT)
                | Q(run__isnull=False, account__isnull=False, held__isnull=False),
                name="settlement_payout_sent_in_run",
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=True) | Q(kept_out="", account__isnull=False),
                name="settlement_payout_in_or_out",
            ),
            models.CheckConstraint(
                condition=Q(contradicted_at__isnull=True)
                | Q(state=PayoutState.FAILED) & ~Q(contradicted_by=""),
                name="settlement_payout_contradicted",
            ),
        ]
        indexes = [
            models.Index(fields=["run"], name="settlement_payout_run", condition=~Q(run=None)),
            models.Index(
                fields=["account"],
                name="settlement_payout_bounced",
                condition=~Q(return_code=""),
            ),
        ]


class PayoutReturn(Row):
    """
    The word that a payout came back from the bank: one person says so, another agrees.

    With `dropped_at` it was taken back, or a statement settled it first. It stays on record.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="+")
    # The bank's reason, in the codes of return_codes.py, and where that was heard.
    code = models.TextField(default="", blank=True)
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    dropped_by = models.TextField(default="", blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(agreed_at__isnull=True, dropped_at__isnull=True),
                name="settlement_return_one_asked",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="", agreed_at__isnull=True)
                | ~Q(agreed_by="")
                & ~Q(agreed_by=F("asked_by"))
                & Q(agreed_at__isnull=False, dropped_at__isnull=True),
                name="settlement_return_two",
            ),
        ]


class PayoutLimit(Row):
    """How much may go out at once in one currency; what one person asks, another agrees."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    currency = models.CharField(max_length=3)
    per_payout = models.BigIntegerField()
    per_run = models.BigIntegerField()
    # To one organisation on one day.
    per_day = models.BigIntegerField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    # Counts from here on, until a later one is agreed.
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(per_payout__gt=0, per_day__gte=F("per_payout"))
                & Q(per_run__gte=F("per_payout")),
                name="settlement_limit_sane",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="", agreed_at__isnull=True)
                | ~Q(agreed_by="") & ~Q(agreed_by=F("asked_by")) & Q(agreed_at__isnull=False),
                name="settlement_limit_two",
            ),
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(agreed_at__isnull=True),
                name="settlement_limit_one_asked",
            ),
        ]
