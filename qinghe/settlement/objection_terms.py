"""Words of objections to a line of a statement."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObjectionState(TextChoices):
    OPEN = "open", pgettext_lazy("objection", "Objected to: being looked at")
    UPHELD = "upheld", pgettext_lazy("objection", "Objection right: corrected by a booking")
    DISMISSED = "dismissed", pgettext_lazy("objection", "Objection answered: the booking stands")


class Ground(TextChoices):
    AMOUNT = "amount", _("The amount is wrong")
    NOT_MINE = "not-mine", _("It has nothing to do with us")
    TWICE = "twice", _("It was booked twice")
    RATE = "rate", _("The rate is not the one agreed")
    OTHER = "other", _("Something else")


LONGEST: Final = 500
