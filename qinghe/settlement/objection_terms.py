"""Words of objections to a line of a statement."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObjectionState(TextChoices):
    OPEN = "open", pgettext_lazy("objection", "Objected to: being looked at")
    UPHOLDING = "upholding", pgettext_lazy("objection", "Found right: a second person must agree")
    UPHELD = "upheld", pgettext_lazy("objection", "Objection right: a correction is due")
    NAMED = "named", pgettext_lazy("objection", "Correction named: a second person must agree")
    CORRECTED = "corrected", pgettext_lazy("objection", "Objection right: corrected by a booking")
    DISMISSED = "dismissed", pgettext_lazy("objection", "Objection answered: the booking stands")


class Ground(TextChoices):
    AMOUNT = "amount", _("The amount is wrong")
    NOT_MINE = "not-mine", _("It has nothing to do with us")
    TWICE = "twice", _("It was booked twice")
    RATE = "rate", _("The rate is not the one agreed")
    OTHER = "other", _("Something else")


LONGEST: Final = 500
# Something is still to be done by the operator.
WAITING: Final = (
    ObjectionState.OPEN,
    ObjectionState.UPHOLDING,
    ObjectionState.UPHELD,
    ObjectionState.NAMED,
)
HAS_CORRECTION: Final = (ObjectionState.NAMED, ObjectionState.CORRECTED)
# Days for the answer, and from the agreement on for the correction.
ANSWER_DAYS: Final = 10
CORRECT_DAYS: Final = 10
