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
    REPLACED = "replaced", _("Replaced by a new plan")
    WITHDRAWN = "withdrawn", pgettext_lazy("plan", "Taken back")


class Rhythm(TextChoices):
    """How the instalments of a plan follow each other."""

    EQUAL = "equal", _("The same amount every month")
    GRADUATED = "graduated", _("Small at first, then rising by steps")
    SEASONAL = "seasonal", _("By the seasons: other amounts in chosen months")


class OfferRole(TextChoices):
    """Who offers to take less for an early settlement."""

    COLLECTOR = "collector", _("Collector")
    CREDITOR = "creditor", _("Creditor")


class EarlyState(TextChoices):
    ASKED = "asked", _("Waiting for the creditor")
    OFFERED = "offered", pgettext_lazy("early offer", "Open to you")
    ACCEPTED = "accepted", pgettext_lazy("early offer", "Accepted, to be paid in time")
    KEPT = "kept", pgettext_lazy("early offer", "Paid: the rest is waived")
    LAPSED = "lapsed", pgettext_lazy("early offer", "Over; nothing has changed")
    DECLINED = "declined", pgettext_lazy("early offer", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("early offer", "No longer needed")


class HardshipState(TextChoices):
    OPEN = "open", _("Being looked at")
    GRANTED = "granted", _("Pause granted")
    DECLINED = "declined", _("Not granted")


# Individual repayment agreements run five years at most (CN-HRD-01).
LONGEST_PLAN_MONTHS = 60
# How often a running plan may be replaced by another within a year.
REPLACED_A_YEAR = 2
LONGEST_OFFER_DAYS = 90
LONGEST_PROMISE_DAYS = 60
LONGEST_PAUSE_DAYS = 365

# Days after the due date in which a late payment still keeps a promise or an instalment.
GRACE_DAYS = 3
