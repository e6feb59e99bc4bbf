"""Words of a month that is closed: what stands in the way, and what may wait."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.ledger.closing import after


class CloseState(TextChoices):
    ASKED = "asked", pgettext_lazy("month", "Waits for a second person")
    CLOSED = "closed", pgettext_lazy("month", "Closed")
    DROPPED = "dropped", pgettext_lazy("month", "Taken back")


class Weight(TextChoices):
    """What an open matter means for closing the month."""

    BLOCKS = "blocks", pgettext_lazy("month", "Must be settled first")
    EXPLAIN = "explain", pgettext_lazy("month", "Must be explained")
    WAITS = "waits", pgettext_lazy("month", "May wait")


class Matter(TextChoices):
    """What may be open when a month ends."""

    BOOKS = "books", _("Accounts whose balance is not the sum of their bookings")
    DRAFTS = "drafts", _("Payouts that wait for approval")
    RECEIPTS = "receipts", _("Money recorded that nobody confirmed")
    UNMATCHED = "unmatched", _("Payments that belong to no claim yet")
    SUSPENSE = "suspense", _("Money that waits to be explained")
    BANK = "bank", _("Books and bank differ, and nothing explains it")
    FEES = "fees", _("Fees that providers kept, not booked yet")
    LEFT_BANK = "left-bank", _("Money that left the bank, to be explained")
    LEFT_TWICE = (
        "left-twice",
        _("Left the bank under a number of ours, more than the books let go"),
    )
    NOTED = "noted", _("Money that left the bank, explained by a note alone")
    SENDING_BACK = "sending-back", _("Money on its way back to the sender")
    OBJECTIONS = "objections", _("Objections to statements, not settled")
    TAKEN_BACK = "taken-back", _("Money a provider took back, not booked yet")
    ON_THE_WAY = "on-the-way", _("Approved payouts the bank has not paid")
    REFUNDS = "refunds", _("Refunds on their way")
    DEBITS = "debits", _("Money of direct debits that is to go back")
    UNCOVERED = "uncovered", _("Commission that creditors have not covered")
    RESERVES = "reserves", _("Quality parts that wait")


WEIGHTS: Final[dict[str, Weight]] = {
    Matter.BOOKS: Weight.BLOCKS,
    Matter.DRAFTS: Weight.BLOCKS,
    Matter.RECEIPTS: Weight.BLOCKS,
    Matter.UNMATCHED: Weight.EXPLAIN,
    Matter.SUSPENSE: Weight.EXPLAIN,
    Matter.BANK: Weight.EXPLAIN,
    Matter.FEES: Weight.EXPLAIN,
    Matter.LEFT_BANK: Weight.EXPLAIN,
    Matter.LEFT_TWICE: Weight.EXPLAIN,
    Matter.TAKEN_BACK: Weight.EXPLAIN,
    Matter.DEBITS: Weight.EXPLAIN,
}


def first_day(day: date) -> date:
    return day.replace(day=1)


def ends(month: date) -> datetime:
    """Return the instant at which a local month ends."""
    return datetime.combine(after(month), time(), ZoneInfo(settings.DISPLAY_ZONE))


def begins(month: date) -> datetime:
    """Return the instant at which a local month begins."""
    return datetime.combine(month, time(), ZoneInfo(settings.DISPLAY_ZONE))
