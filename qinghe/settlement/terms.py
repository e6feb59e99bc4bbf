"""Words of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# A question whether to undo a payment that nobody answered counts no longer than this.
ASKED_DAYS = 14


class PaymentSource(TextChoices):
    CASHIER = "cashier", _("Paid here")
    TRANSFER = "transfer", _("Bank transfer")
    DEBIT = "debit", _("Direct debit")
    CREDITOR = "creditor", _("Reported by the creditor")
    # Two officers found it after a placed claim was lowered. It pays nothing of the debt.
    WITHHELD = "withheld", _("Received past the platform")


# Money the platform itself holds, and need not believe anybody about.
HERE = (PaymentSource.CASHIER, PaymentSource.TRANSFER, PaymentSource.DEBIT)


class PaymentState(TextChoices):
    POSTED = "posted", _("Booked")
    UNMATCHED = "unmatched", _("Waiting to be matched")
    REVERSED = "reversed", _("Reversed")


class OrderState(TextChoices):
    CREATED = "created", _("Waiting for payment")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")


class LoweringState(TextChoices):
    """What became of a placed claim that its creditor lowered."""

    TOLD = "told", pgettext_lazy("lowering", "The collector may object")
    OBJECTED = "objected", pgettext_lazy("lowering", "The creditor is heard")
    ASKED = "asked", pgettext_lazy("lowering", "Waits for a second officer")
    UPHELD = "upheld", pgettext_lazy("lowering", "Commission is due")
    DISMISSED = "dismissed", pgettext_lazy("lowering", "No commission is due")


@dataclass(frozen=True)
class Fee:
    """The platform's part of a commission, from a day on."""

    starts_on: date
    rate: Fraction


# Newest last. A change of fee is a new line, never an edited one.
PLATFORM_FEES = (Fee(date(2000, 1, 1), Fraction(5, 100)),)

# How long the quality part of a commission waits for complaints before it is released.
RESERVE_DAYS = 30
# A placed claim lowered by no more than this part of what was owed is no sign of anything.
SMALL_LOWERING_PERCENT = 2
# A claim lowered so soon after its creditor took it back counts as lowered while it was placed.
LOWERED_AFTER_DAYS = 30
# How far back promises and contacts are told to whoever looks at a lowering.
LOWERING_LOOKS_BACK_DAYS = 30
# How long a collector may object to a lowering, and a creditor answer the objection.
LOWERING_OBJECTION_DAYS = 15
LOWERING_ANSWER_DAYS = 10

# How long a debtor may take at the cashier; money that comes later is still booked.
ORDER_MINUTES = 30


def asked_until(asked_at: datetime | None) -> datetime | None:
    """Return when a question whether to undo a payment lapses; None where nobody asked."""
    return None if asked_at is None else asked_at + timedelta(days=ASKED_DAYS)


def asked_since(at: datetime) -> datetime:
    """Return since when what was asked for can still be agreed to."""
    return at - timedelta(days=ASKED_DAYS)


def fee_on(day: date) -> Fraction:
    """
    Return the platform's part of a commission on a day.

    :raises LookupError: no fee had begun
    """
    begun = [fee.rate for fee in PLATFORM_FEES if fee.starts_on <= day]
    if not begun:
        raise LookupError(f"no platform fee on {day}")
    return begun[-1]
