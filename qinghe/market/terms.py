"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mode(TextChoices):
    GRAB = "grab", _("First come")
    DESIGNATED = "designated", _("Designated")
    DISPATCH = "dispatch", _("Dispatched")
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


class OfferState(TextChoices):
    OPEN = "open", pgettext_lazy("offer", "Waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")
    LAPSED = "lapsed", pgettext_lazy("offer", "Lapsed")


class DeclineReason(TextChoices):
    """Why a collector does not want an order it was offered."""

    NO_TIME = "no-time", _("No one is free to work it")
    TERMS = "terms", _("The commission does not fit the work")
    REGION = "region", _("Too far for us")
    KIND = "kind", _("We do not do this kind of claim")
    CONFLICT = "conflict", _("A conflict of interest")
    OTHER = "other", pgettext_lazy("decline", "Another reason")


class StandingState(TextChoices):
    ACTIVE = "active", pgettext_lazy("standing order", "Runs")
    PAUSED = "paused", pgettext_lazy("standing order", "Paused")
    ENDED = "ended", pgettext_lazy("standing order", "Ended")


LIVE = ("active", "suspended")

# Lower bounds of the amount bands, in major units; a listing shows the band, never the amount.
BAND_BOUNDS = (0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000)

# How long rows of the market are kept.
KEEP = "Five years after the claim is closed."
