"""Words of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# A question whether to undo a payment that nobody answered counts no longer than this.
ASKED_DAYS = 14


class PaymentSource(TextChoices):
    CASHIER = "cashier", _("Paid here")
    CREDITOR = "creditor", _("Reported by the creditor")


class PaymentState(TextChoices):
    POSTED = "posted", _("Booked")
    UNMATCHED = "unmatched", _("Waiting to be matched")
    REVERSED = "reversed", _("Reversed")


class OrderState(TextChoices):
    CREATED = "created", _("Waiting for payment")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")


class PayoutState(TextChoices):
    DRAFT = "draft", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Returned by the bank")


@dataclass(frozen=True)
class Fee:
    """The platform's part of a commission, from a day on."""

    starts_on: date
    rate: Fraction


# Newest last. A change of fee is a new line, never an edited one.
PLATFORM_FEES = (Fee(date(2000, 1, 1), Fraction(5, 100)),)

# How long the quality part of a commission waits for complaints before it is released.
RESERVE_DAYS = 30
# How long a debtor may take at the cashier; money that comes later is still booked.
ORDER_MINUTES = 30


def fee_on(day: date) -> Fraction:
    """
    Return the platform's part of a commission on a day.

    :raises LookupError: no fee had begun
    """
    begun = [fee.rate for fee in PLATFORM_FEES if fee.starts_on <= day]
    if not begun:
        raise LookupError(f"no platform fee on {day}")
    return begun[-1]
