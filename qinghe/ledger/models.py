"""Accounts with balances, and the transfers that explain every one of them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.ledger.closed import ClosingBalance, Period
from qinghe.ledger.terms import PendingState

__all__ = ["Account", "ClosingBalance", "DayEnd", "Pending", "Period", "Transfer"]

KEEP = "Ten years after the year of booking (accounting law)."


class Account(Row):
    """
    A path such as `claim:0193...:principal` in one currency.

    `balance` is debits minus credits, in minor units. `side` says which sign it may take: an asset
    never falls below zero, a liability never rises above it, a mixed account may do both.
    `moved_on` is the day of its latest transfer. What is pending is set aside, and counts as gone
    where the sign is judged.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    class Side(models.TextChoices):
        DEBIT = "debit"
        CREDIT = "credit"
        MIXED = "mixed"

    path = models.TextField()
    currency = models.CharField(max_length=3)
    side = models.TextField(choices=Side.choices)
    balance = models.BigIntegerField(default=0)
    moved_on = models.DateField(null=True)
    pending_debit = models.BigIntegerField(default=0, db_default=0)
    pending_credit = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "currency"], name="ledger_account_path_once"),
            models.CheckConstraint(
                condition=~Q(side="debit") | Q(balance__gte=F("pending_credit")),
                name="ledger_debit_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(side="credit") | Q(balance__lte=0 - F("pending_debit")),
                name="ledger_credit_not_positive",
            ),
            models.CheckConstraint(
                condition=Q(pending_debit__gte=0, pending_credit__gte=0),
                name="ledger_pending_not_negative",
            ),
        ]


class DayEnd(models.Model):
    """
    What an account held when a day ended on which it had moved.

    Written once it moves on a later day, so the latest day has none: there the balance counts. A
    transfer for a day that is over corrects the rows from that day on.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    balance = models.BigIntegerField()


class Transfer(Row):
    """One amount from the credited to the debited account. Never changed, only reversed."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    # No constraints: the trigger that moves balances wants both accounts, and none is ever deleted.
    debit = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    credit = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The instant it belongs to, where the month of that instant was closed before it was booked.
    meant_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_two_accounts"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_undone_once",
            ),
            models.CheckConstraint(
                condition=Q(meant_at__isnull=True) | Q(meant_at__lt=F("at")),
                name="ledger_meant_before",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="ledger_transfer_subject"),
            # The transfers of an account on one day, without those of its other days.
            models.Index(fields=["debit", "at"], name="ledger_transfer_debit_at"),
            models.Index(fields=["credit", "at"], name="ledger_transfer_credit_at"),
            # A month among years: rows lie in the order they were booked in.
            BrinIndex(fields=["at"], name="ledger_transfer_at", autosummarize=True),
        ]


class Pending(Row):
    """
    An amount set aside for a transfer that is posted later, or never.

    Settled once: posted, wholly or in part, as the transfer of the same id, or let go.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    debit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.TextField(choices=PendingState.choices, default=PendingState.PENDING)
    posted = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_pending_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_pending_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("at")), name="ledger_pending_for_a_while"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at__isnull=True, posted=0)
                | Q(
                    state="posted",
                    settled_at__isnull=False,
                    settled_at__lt=F("expires_at"),
                    settled_at__gte=F("at"),
                    posted__gt=0,
                    posted__lte=F("amount"),
                )
                | Q(state="voided", settled_at__isnull=False, settled_at__gte=F("at"), posted=0)
                | Q(
                    state="timed_out",
                    settled_at__isnull=False,
                    settled_at__gte=F("expires_at"),
                    posted=0,
                ),
                name="ledger_pending_settled_as_it_says",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="ledger_pending_subject"),
            models.Index(
                fields=["expires_at"], condition=Q(state="pending"), name="ledger_pending_due"
            ),
        ]
