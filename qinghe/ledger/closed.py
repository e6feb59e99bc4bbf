"""Closed months: what stood in the books when a month ended, and nothing may enter it any more."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Ten years after the year of booking (accounting law)."


class Period(Row):
    """
    A month that is closed: from `until` back no transfer is written, whoever asks.

    `root` is the hash of its transfers and closing balances over the root of the month before, so
    that one figure stands for all books up to this day.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    month = models.DateField(unique=True)
    until = models.DateTimeField(unique=True)
    transfers = models.BigIntegerField()
    previous = models.TextField(default="", blank=True)
    root = models.TextField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_period_month"),
            models.CheckConstraint(
                condition=Q(closed_at__gte=F("until")), name="ledger_period_over"
            ),
        ]


class ClosingBalance(Row):
    """What an account moved in a closed month and what stood on it then; only if it moved."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    # No constraint: its check would lock the account, for which a posting that waits for the close
    # may hold the lock.
    account = models.ForeignKey(
        "ledger.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debits = models.BigIntegerField()
    credits = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "period"], name="ledger_closed_once"),
        ]
