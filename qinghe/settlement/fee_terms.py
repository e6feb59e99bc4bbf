"""Words of fees that a provider or the bank kept."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class FeeState(TextChoices):
    ASKED = "asked", pgettext_lazy("fee", "A second person must agree")
    BOOKED = "booked", pgettext_lazy("fee", "Booked")
    DROPPED = "dropped", pgettext_lazy("fee", "Not booked")
