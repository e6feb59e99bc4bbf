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


class GiveBackCause(TextChoices):
    UNREACHABLE = "unreachable", _("No address works")
    WRONG_PERSON = "wrong_person", _("The claim or the person is wrong")
    CONFLICT = "conflict", _("We stand on both sides")
    ASKED = "asked", _("The creditor asked for it")
    UNABLE = "unable", _("We cannot work it now")
    OTHER = "other", pgettext_lazy("give-back", "Another reason")


# Not the collector's doing: these never count towards cooling off.
EXCUSED = (
    GiveBackCause.UNREACHABLE,
    GiveBackCause.WRONG_PERSON,
    GiveBackCause.CONFLICT,
    GiveBackCause.ASKED,
)

LIVE = ("active", "suspended")

# An order is shown no finer than at least so many open ones are alike; see migration 0003.
ALIKE = 5

# Lower bounds of the amount bands, in major units; a listing shows the band, never the amount.
BAND_BOUNDS = (0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000)

# How long rows of the market are kept.
KEEP = "Five years after the claim is closed."
