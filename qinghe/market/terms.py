"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mode(TextChoices):
    GRAB = "grab", _("First come")
    DESIGNATED = "designated", _("Designated")
    OWN_TEAM = "own_team", _("Own team")
    BID = "bid", _("Sealed bids")


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


class BidReason(TextChoices):
    """What became of a bid, or why one was not accepted: told to its bidder, counted for all."""

    WON = "won", pgettext_lazy("bid", "Won")
    OUTRANKED = "outranked", _("Another bid stood before it by the published rule")
    ABOVE_RESERVE = "above_reserve", _("Above the highest commission the creditor accepts")
    BELOW_FLOOR = "below_floor", _("Below the bare cost of working the order")
    NO_LICENCE = "no_licence", _("No valid registration for the region")
    NO_STANDING = "no_standing", _("The bidder's review, standing or certificate does not suffice")
    NO_CAPACITY = "no_capacity", _("No free place for one more order")
    OVER_BAND = "over_band", _("Larger than the bidder may take")
    OVER_EXPOSURE = "over_exposure", _("The bidder's deposit does not cover it")
    CONFLICT = "conflict", _("Bidder and creditor are one hand")
    WITHDRAWN = "withdrawn", pgettext_lazy("bid", "Withdrawn by the bidder")
    LATE = "late", _("Handed in after the box had closed")
    TERMS_CHANGED = "terms_changed", _("The terms of mandate changed after the bid was signed")
    STOPPED = "stopped", _("The claim or its creditor was stopped, so nobody got it")


LIVE = ("active", "suspended")

# Lower bounds of the amount bands, in major units; a listing shows the band, never the amount.
BAND_BOUNDS = (0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000)

# How long rows of the market are kept.
KEEP = "Five years after the claim is closed."
