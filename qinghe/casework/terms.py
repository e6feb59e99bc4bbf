"""Words of this room: action codes (what was done) and result codes (what came of it)."""

from __future__ import annotations

from datetime import date, timedelta

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
    OFFERED = "offered", pgettext_lazy("early offer", "Open, not answered yet")
    ACCEPTED = "accepted", pgettext_lazy("early offer", "Accepted, to be paid in time")
    KEPT = "kept", pgettext_lazy("early offer", "Paid: the rest is waived")
    LAPSED = "lapsed", pgettext_lazy("early offer", "Over; nothing has changed")
    DECLINED = "declined", pgettext_lazy("early offer", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("early offer", "No longer needed")


class HardshipState(TextChoices):
    OPEN = "open", _("Being looked at")
    GRANTED = "granted", _("Pause granted")
    DECLINED = "declined", _("Not granted")


class HardshipRefusal(TextChoices):
    """Why a pause is not granted; the debtor reads it."""

    NOT_SAID = "not_said", _("What has changed is not clear yet. A sentence or a paper would help.")
    PLAN = "plan", _("Smaller payments would be better than a pause. A plan may be proposed.")
    PAUSED = "paused", _("There was a pause already, and nothing new was told since.")
    NO_LONGER = "no_longer", _("The creditor cannot wait longer with this claim.")


# Individual repayment agreements run five years at most (CN-HRD-01).
LONGEST_PLAN_MONTHS = 60
# An instalment but the last is at least this part (one in so many) of the smallest equal one.
SMALLEST_SHARE = 2
# A rising instalment is at most so many times the first.
STEEPEST = 4
# How often a running plan may be replaced by another within a year.
REPLACED_A_YEAR = 2
LONGEST_OFFER_DAYS = 90
# An offer below this part (one in so many) of the debt says in figures what is waived.
SLIGHT_OFFER = 10
LONGEST_PROMISE_DAYS = 60
LONGEST_PAUSE_DAYS = 365
# Days after a refusal in which another request says something new.
SAME_WORDS_DAYS = 14

# Days after the due date in which a late payment still keeps a promise or an instalment.
GRACE_DAYS = 3
# Whole days after the last payment of a kept plan in which nobody collects what is left.
QUIET_DAYS = 30


def last_chance(day: date) -> date:
    """Return the last day on which money still counts as in time: it may have been on its way."""
    return day + timedelta(days=GRACE_DAYS)


def last_day_of(due_on: date, expected_on: date | None) -> date:
    """Return the last day on which money for an instalment still keeps its plan."""
    return last_chance(max(due_on, expected_on or due_on))
