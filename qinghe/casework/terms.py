"""Words of this room: action codes (what was done) and result codes (what came of it)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Action(TextChoices):
    CALL = "call", _("Phone call")
    MESSAGE = "message", _("Message")
    LETTER = "letter", _("Letter")
    REVIEW = "review", _("File review")
    INBOUND = "inbound", _("Debtor contacted us")


class Result(TextChoices):
    PROMISE = "promise", _("Promise to pay")
    HARDSHIP = "hardship", _("Wants to pay but cannot")
    DISPUTES = "disputes", _("Says the claim is wrong")
    REFUSES = "refuses", _("Does not want to pay")
    CALL_AGAIN = "call_again", _("Asked for another time")
    NOT_REACHED = "not_reached", _("Not reached")
    WRONG_PERSON = "wrong_person", _("Wrong person")
    PAID = "paid", _("Says it is paid")
    INFORMED = "informed", _("Informed")


class PromiseState(TextChoices):
    OPEN = "open", pgettext_lazy("promise", "Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Not kept")
    CANCELLED = "cancelled", _("Cancelled")


class PlanState(TextChoices):
    PROPOSED = "proposed", _("Waiting for the creditor")
    ACTIVE = "active", _("Running")
    COMPLETED = "completed", _("Completed")
    BROKEN = "broken", _("Stopped")
    DECLINED = "declined", _("Not agreed")


class HardshipState(TextChoices):
    OPEN = "open", _("Being looked at")
    GRANTED = "granted", _("Pause granted")
    DECLINED = "declined", _("Not granted")


# Individual repayment agreements run five years at most (CN-HRD-01).
LONGEST_PLAN_MONTHS = 60
LONGEST_PROMISE_DAYS = 60
LONGEST_PAUSE_DAYS = 365

# Days after the due date in which a late payment still keeps a promise or an instalment.
GRACE_DAYS = 3
