"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mode(TextChoices):
    GRAB = "grab", _("First come")
    DESIGNATED = "designated", _("Designated")
    OWN_TEAM = "own_team", _("Own team")


class ListingState(TextChoices):
    OPEN = "open", pgettext_lazy("listing", "Open")
    TAKEN = "taken", _("Taken")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class MandateState(TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    RECALLED = "recalled", _("Recalled by the creditor")
    RETURNED = "returned", _("Given back")
    ENDED = "ended", _("Period over")
    COMPLETED = "completed", _("Completed")


class Grade(TextChoices):
    """The ladder (等级) from its lowest step to its highest; what each opens, `quality` decides."""

    STOPPED = "stopped", pgettext_lazy("grade", "Stopped")
    TRAINEE = "trainee", pgettext_lazy("grade", "Trainee")
    JUNIOR = "junior", pgettext_lazy("grade", "Junior")
    REGULAR = "regular", pgettext_lazy("grade", "Regular")
    SENIOR = "senior", pgettext_lazy("grade", "Senior")
    PRINCIPAL = "principal", pgettext_lazy("grade", "Principal")


LIVE = ("active", "suspended")

# Lower bounds of the amount bands, in major units; a listing shows the band, never the amount.
BAND_BOUNDS = (0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000)

# How long rows of the market are kept.
KEEP = "Five years after the claim is closed."
