"""Which sign an account may take, told by its path; and what one posting says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from uuid import UUID

from django.db import models

# First match wins. Debit: what is owed to somebody here, never below zero. Credit: what somebody
# here owes, never above zero.
SIDES: tuple[tuple[str, str], ...] = (
    ("claim:*", "debit"),
    ("platform:cash:*", "debit"),
    ("platform:fees*", "credit"),
    # Tax in the platform's fees: owed to the state, and nobody's to lend.
    ("platform:tax*", "credit"),
    ("platform:suspense", "credit"),
    ("platform:payout:*", "credit"),
    ("creditor:*:direct", "debit"),
    ("creditor:*:commission_due", "debit"),
    # Earned by others on money that the creditor received itself, and not covered by it yet.
    ("creditor:*:uncovered", "credit"),
    ("creditor:*:claimed", "credit"),
    ("creditor:*:collected", "credit"),
    # Called for a proven breach: what the holder of the deposit owes, and to whom it will go.
    ("cover:*:called", "debit"),
    ("creditor:*:compensation", "credit"),
    # What an agency owes the platform for introductions.
    ("collector:*:introduction_due", "debit"),
    ("collector:*:payable", "credit"),
    ("collector:*:reserve", "credit"),
    ("debtor:*:refund", "credit"),
    # What an organisation must give back because a payment was reversed after it was paid out.
    ("*:clawback", "debit"),
    ("*:advanced", "credit"),
    # Of the platform itself: what it may lend. Below zero only between two postings of one act.
    ("platform:own", "mixed"),
)


def side_of(path: str) -> str:
    """
    Return the side of an account.

    :raises ValueError: no rule knows such a path
    """
    for pattern, side in SIDES:
        if fnmatchcase(path, pattern):
            return side
    raise ValueError(f"no side is known for the account {path}")


class PendingState(models.TextChoices):
    """What became of an amount that was set aside."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True)
class Posting:
    """One amount, in minor units, from the credited to the debited account."""

    debit: str
    credit: str
    amount: int
    currency: str
    kind: str
    subject: str
    at: datetime
    reverses: UUID | None = None
