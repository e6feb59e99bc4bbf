"""Words of money that goes back, by our own will or by the provider's."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RefundCause(TextChoices):
    EXCESS = "excess", _("More than was owed")
    MISTAKE = "mistake", _("Paid by mistake")


class RefundState(TextChoices):
    WAITING = "waiting", _("A second person must agree")
    READY = "ready", pgettext_lazy("refund", "To be sent")
    SENT = "sent", pgettext_lazy("refund", "With the provider")
    DONE = "done", pgettext_lazy("refund", "Given back")
    FAILED = "failed", pgettext_lazy("refund", "Refused by the provider")
    DROPPED = "dropped", pgettext_lazy("refund", "No longer due")


# What still has to happen to a refund; at most one such per payment.
LIVE: Final = (RefundState.WAITING, RefundState.READY, RefundState.SENT, RefundState.FAILED)
# What left for its payer, or may have left already.
REFUNDED: Final = (RefundState.SENT, RefundState.DONE)


class DisputeKind(TextChoices):
    CHARGEBACK = "chargeback", _("Taken back through the bank")
    REFUND = "refund", _("Given back at the provider")
    COMPLAINT = "complaint", _("Complaint at the provider")


class DisputeState(TextChoices):
    OPEN = "open", pgettext_lazy("dispute", "Open")
    REVERSED = "reversed", pgettext_lazy("dispute", "Payment undone")
    WON = "won", pgettext_lazy("dispute", "Money came back")
    ENDED = "ended", pgettext_lazy("dispute", "Ended, nothing to undo")


# How long until a refund is asked for again: from a minute to a day.
RETRY_FIRST: Final = timedelta(minutes=1)
RETRY_LONGEST: Final = timedelta(hours=24)


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, a day at most."""
    # Capped before it is doubled: twelve doublings pass a day, and fifty no calendar holds.
    return min(RETRY_FIRST * (1 << min(max(tries - 1, 0), 12)), RETRY_LONGEST)
