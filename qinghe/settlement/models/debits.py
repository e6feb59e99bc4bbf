"""Direct debits: what a debtor allows, each debit, and the runs that carry them to the bank."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.debit_terms import (
    MOST_DAYS_AFTER,
    DebitRunState,
    DebitState,
    MandateState,
)

KEEP = "Ten years after the year of booking (accounting law)."


class DebitMandate(Row):
    """
    A debtor allows that instalments of one plan are taken from an account, until it says no more.

    Account and holder are in the vault; they leave it for the bank's file alone.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Fourteen months after the last debit (the payer's right to object), then erased.",
        personal=("person", "holder", "account"),
    )

    number = models.TextField(unique=True)
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    plan = models.ForeignKey("casework.Plan", models.PROTECT, related_name="+")
    holder = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    account = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    bank = models.TextField()
    # The most that one debit may take, and how many days after the due day it comes.
    most = models.BigIntegerField()
    days_after = models.PositiveSmallIntegerField(default=0)
    text_version = models.TextField()
    state = models.TextField(choices=MandateState.choices, default=MandateState.ACTIVE)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state=MandateState.ACTIVE),
                name="settlement_debit_mandate_one",
            ),
            models.CheckConstraint(
                condition=Q(most__gt=0, days_after__lte=MOST_DAYS_AFTER),
                name="settlement_debit_mandate_sane",
            ),
            models.CheckConstraint(
                condition=Q(state=MandateState.ACTIVE, ended_at__isnull=True)
                | ~Q(state=MandateState.ACTIVE) & Q(ended_at__isnull=False),
                name="settlement_debit_mandate_ended",
            ),
        ]


class DebitRun(Row):
    """Debits of one currency that go to the bank together: one approval, one file."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=DebitRunState.choices, default=DebitRunState.DRAFT)
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    approved_by = models.TextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    count = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    file_sha256 = models.TextField(default="", blank=True)
    file_at = models.DateTimeField(null=True)
    sent_by = models.TextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(state__in=[DebitRunState.DRAFT, DebitRunState.APPROVED]),
                name="settlement_debit_run_one",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("opened_by")),
                name="settlement_debit_run_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent", "done"]) | ~Q(approved_by=""),
                name="settlement_debit_run_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "done"]) | ~Q(file_sha256=""),
                name="settlement_debit_run_file",
            ),
        ]


class Debit(Row):
    """
    One debit for one instalment; its number is the reference in the bank's file.

    An instalment is tried once: what came back is for the debtor to pay, and nobody tries again.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    mandate = models.ForeignKey(DebitMandate, models.PROTECT, related_name="+")
    instalment = models.ForeignKey("casework.Instalment", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    collects_on = models.DateField()
    state = models.TextField(choices=DebitState.choices, default=DebitState.PLANNED)
    planned_at = models.DateTimeField()
    # The message that told the debtor; what was refused told nobody.
    notice = models.ForeignKey("contact.Attempt", models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey(DebitRun, models.PROTECT, null=True, related_name="+")
    payment = models.OneToOneField(
        "settlement.Payment", models.PROTECT, null=True, related_name="+"
    )
    return_code = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    # The message that told the debtor that it came back.
    return_notice = models.ForeignKey(
        "contact.Attempt", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_debit_positive"),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=~Q(state=DebitState.DROPPED),
                name="settlement_debit_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["joined", "sent", "collected", "undue", "returned"])
                | Q(run__isnull=False, notice__isnull=False),
                name="settlement_debit_told_and_in_run",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=True) | Q(state__in=["collected", "returned"]),
                name="settlement_debit_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["mandate", "collects_on"], name="settlement_debit_mandate"),
            models.Index(
                fields=["collects_on"],
                name="settlement_debit_live",
                condition=Q(state__in=["planned", "joined", "sent"]),
            ),
        ]
