"""Words of payouts: states, formats of bank files, limits, and why something is not paid yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PayoutState(TextChoices):
    DRAFT = "draft", pgettext_lazy("payout", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("payout", "Approved")
    SENT = "sent", pgettext_lazy("payout", "Handed to the bank")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Returned by the bank")
    DROPPED = "dropped", pgettext_lazy("payout", "Not paid, payable again")


# What still keeps money aside.
UNDER_WAY: Final = (PayoutState.DRAFT, PayoutState.APPROVED, PayoutState.SENT)
# What a run collects: what was approved alone is approved anew, with the run.
COLLECTED: Final = (PayoutState.DRAFT, PayoutState.APPROVED)
# What counts against the limit of a day: all but what came back or never went.
COUNTED: Final = (PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID)


class RunState(TextChoices):
    DRAFT = "draft", pgettext_lazy("run", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("run", "Approved")
    SENT = "sent", pgettext_lazy("run", "Handed to the bank")
    DONE = "done", pgettext_lazy("run", "Answered by the bank")
    DROPPED = "dropped", pgettext_lazy("run", "Given up")


class FileFormat(TextChoices):
    """How a bank takes a run."""

    PAIN_09 = "pain.001.001.09", _("ISO 20022 pain.001.001.09")
    PAIN_03 = "pain.001.001.03", _("ISO 20022 pain.001.001.03")
    CHINESE = "cn-csv", _("Chinese bank, batch payment (CSV, GB18030)")


class NotNow(TextChoices):
    """Why a payout cannot go out with a run now."""

    NO_ACCOUNT = "no-account", _("No bank account was declared.")
    NOT_PROVEN = "not-proven", _("The bank account is not proven yet.")
    CHANGED = "changed", _("The bank account was changed less than three days ago.")
    BOUNCED = (
        "bounced",
        _("The bank returned money from this account. Declare and prove an account anew."),
    )
    CONTRADICTED = (
        "contradicted",
        _("A payout came back, and the bank says that it left. It is being looked at first."),
    )
    STANDING = "standing", _("The organisation's standing does not let it be paid.")
    KEPT_OUT = "kept-out", _("Somebody kept it out of the run.")
    OVER_PAYOUT = "over-payout", _("It is above the limit of one payout.")
    OVER_DAY = "over-day", _("It is above what one organisation may be paid in a day.")
    RUN_FULL = "run-full", _("The run is full. It goes with the next one.")


@dataclass(frozen=True)
class Limits:
    """The most that may go out, in minor units: one payout, one run, one organisation and day."""

    per_payout: int
    per_run: int
    per_day: int


# Until two persons agreed on others.
DEFAULT_LIMITS: Final = Limits(per_payout=200_000_000, per_run=2_000_000_000, per_day=500_000_000)
