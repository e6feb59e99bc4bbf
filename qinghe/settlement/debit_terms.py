"""Words and measures of direct debits."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MandateState(TextChoices):
    ACTIVE = "active", pgettext_lazy("debit mandate", "Given")
    CANCELLED = "cancelled", pgettext_lazy("debit mandate", "Cancelled by the debtor")
    BOUNCED = "bounced", pgettext_lazy("debit mandate", "Ended: the bank sent debits back")
    OVER = "over", pgettext_lazy("debit mandate", "Ended with its plan")


class DebitState(TextChoices):
    PLANNED = "planned", pgettext_lazy("debit", "Announced")
    JOINED = "joined", pgettext_lazy("debit", "In a run")
    SENT = "sent", pgettext_lazy("debit", "Handed to the bank")
    COLLECTED = "collected", pgettext_lazy("debit", "Collected")
    # The bank took it though nothing was to be taken any more: the debtor's own money again.
    UNDUE = "undue", pgettext_lazy("debit", "Collected in vain: goes back")
    RETURNED = "returned", pgettext_lazy("debit", "Sent back by the bank")
    DROPPED = "dropped", pgettext_lazy("debit", "Not collected")


class DebitRunState(TextChoices):
    DRAFT = "draft", pgettext_lazy("run", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("run", "Approved")
    SENT = "sent", pgettext_lazy("run", "Handed to the bank")
    DONE = "done", pgettext_lazy("run", "Answered by the bank")
    DROPPED = "dropped", pgettext_lazy("run", "Given up")


class WhyNot(TextChoices):
    """Why a debit may not be collected."""

    MANDATE = "mandate", _("The debtor cancelled, or the mandate has ended.")
    PLAN = "plan", _("The plan does not run any more.")
    HOLD = "hold", _("Contact is on hold: a dispute, a hardship, a pause or the like.")
    PAID = "paid", _("The instalment is paid, or less of it is open.")
    ABOVE = "above", _("It is above what the debtor allowed.")
    UNTOLD = "untold", _("The debtor was not told in time.")
    NOT_YET = "not-yet", _("Its day is further ahead.")
    PAST = "past", _("Its day has passed; the debtor is told of a new one first.")


# The bank's reasons, where they say something else of a debit than of a payout.
RETURN_WORDS: Final = {
    "AM04": _("The account did not hold enough"),
    "MS02": _("The holder refused the debit"),
    "AC03": _("The account number is wrong"),
}
# Each of these keeps a debit planned; the others drop it.
LATER: Final = (WhyNot.HOLD, WhyNot.UNTOLD, WhyNot.NOT_YET, WhyNot.PAST)
LIVE: Final = (DebitState.PLANNED, DebitState.JOINED, DebitState.SENT)
# So many whole days lie between what the debtor is told and the day of a debit.
TOLD_AHEAD_DAYS: Final = 5
# Instalments that fall due within so many days are announced.
PLANNED_AHEAD: Final = timedelta(days=14)
# A run takes debits whose day is so near.
TAKEN_AHEAD: Final = timedelta(days=3)
# How many days after it falls due an instalment may be collected, as the debtor chooses.
MOST_DAYS_AFTER: Final = 10
# An instalment waits for its debit so many days after it fell due, and no longer.
WAITED_DAYS: Final = 30
# So many working days after its day the bank has answered a debit, or is not waited for any more.
ANSWERED_IN: Final = 10
# So many days the bank has to send back what it took in vain; then the platform sends it.
UNDUE_DAYS: Final = 10
# After so many debits in a row that came back the mandate ends; whoever wants it gives it anew.
MOST_RETURNS: Final = 2
# The text that was agreed to; a changed text is a new version.
TEXT: Final = "2026-12.2"
NOTICE: Final = "debit_notice"
RETURNED: Final = "debit_returned"
REPLACED: Final = "debit_replaced"
# So many days after it ended with a replaced plan nobody is told any more.
REPLACED_TOLD_DAYS: Final = 14
# So many days after it came back nobody is told any more: the page has said it all along.
RETURN_TOLD_DAYS: Final = 7
