"""Accounts with balances, and the transfers that explain every one of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Ten years after the year of booking (accounting law)."


class Account(Row):
    """
    A path such as `claim:0193...:principal` in one currency.

    `balance` is debits minus credits, in minor units. `side` says which sign it may take: an asset
    never falls below zero, a liability never rises above it, a mixed account may do both.
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "currency"], name="ledger_account_path_once"),
            models.CheckConstraint(
                condition=~Q(side="debit") | Q(balance__gte=0), name="ledger_debit_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(side="credit") | Q(balance__lte=0), name="ledger_credit_not_positive"
            ),
        ]


class Transfer(Row):
    """One amount from the credited to the debited account. Never changed, only reversed."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    debit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_two_accounts"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_undone_once",
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="ledger_transfer_subject")]
