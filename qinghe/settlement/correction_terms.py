"""Words of corrections of the commission of a payment."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CorrectionState(TextChoices):
    ASKED = "asked", pgettext_lazy("correction", "A second person must agree")
    BOOKED = "booked", pgettext_lazy("correction", "Booked")
    DROPPED = "dropped", pgettext_lazy("correction", "Not booked")


class Way(TextChoices):
    BACK = "back", _("too much: back to the creditor")
    MORE = "more", _("too little: more to the collector")


# Bookings of a payment that an objection to commission may be about.
COMMISSION_LINE: Final = r"^payment\.(commission|reserve|fee|fee_tax)(_corrected)?$"
