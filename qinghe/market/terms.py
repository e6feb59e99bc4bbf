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
    BID = "bid", _("Sealed bids")
    PACKAGE = "package", _("Package")


class ListingState(TextChoices):
    OPEN = "open", pgettext_lazy("listing", "Open")
    TAKEN = "taken", _("Taken")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class PackageState(TextChoices):
    OPEN = "open", pgettext_lazy("package", "Open")
    TAKEN = "taken", pgettext_lazy("package", "Taken")
    WITHDRAWN = "withdrawn", pgettext_lazy("package", "Withdrawn")
    ENDED = "ended", pgettext_lazy("package", "Ended")


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
    # Told instead of what would say too much; kept of no bid.
    NOT_CHOSEN = "not_chosen", _("Did not get the order")
    OUT_OF_REACH = (
        "out_of_reach",
        _("The order's place or amount lies outside the registration, amount band or deposit"),
    )


class ReturnReason(TextChoices):
    """Why an order came back; the last three are the platform's own."""

    NO_CONTACT = "no_contact", _("Not reached by any lawful way")
    REFUSES = "refuses", _("Reached, and does not want to pay")
    CANNOT_PAY = "cannot_pay", _("Reached, and cannot pay")
    DISPUTED = "disputed", _("Says the claim is not right")
    PAPERS = "papers", _("Papers or facts are missing")
    CONFLICT = "conflict", _("Conflict of interest")
    NO_ROOM = "no_room", _("No people or no time for it")
    PAY_TOO_LOW = "pay_too_low", _("The commission does not cover the work")
    OTHER = "other", _("Something else")
    FIRST_ACTION = "first_action", _("No first action in time")
    IDLE = "idle", _("Left lying too long")
    REPORT = "report", _("No report in time")


# What a service level that was missed twice returns; nobody chooses these.
AUTOMATIC = (ReturnReason.FIRST_ACTION, ReturnReason.IDLE, ReturnReason.REPORT)
# The collector's own doing: these count towards cooling off.
OWN_DOING = (ReturnReason.NO_ROOM, ReturnReason.PAY_TOO_LOW, ReturnReason.OTHER, *AUTOMATIC)


class Excuse(TextChoices):
    """Whether a reason outside the collector holds; only a word that somebody else gave excuses."""

    WAITING = "waiting", pgettext_lazy("excuse", "Waits for the creditor's word; counts until then")
    PROVEN = "proven", pgettext_lazy("excuse", "Borne out by what is on record; does not count")
    CONFIRMED = "confirmed", pgettext_lazy("excuse", "Confirmed; does not count")
    REFUSED = "refused", pgettext_lazy("excuse", "Not confirmed; counts")


# A return for a reason outside the collector that nobody else bears out, or not yet.
NOT_EXCUSED = (Excuse.WAITING, Excuse.REFUSED)


class ExtensionKind(TextChoices):
    """What a debtor does that lengthens a mandate; an attempt to reach somebody never does."""

    PROMISE = "promise", _("Promise made by the debtor")
    TOLD_PROMISE = "told_promise", _("Promise noted by the collector")
    PLAN = "plan", _("Plan agreed")
    PAYMENT = "payment", _("Payment arrived")


class Outlook(TextChoices):
    """How a collector sees a case, in its report to the creditor."""

    FULL = "full", _("Will probably pay in full")
    PARTS = "parts", _("Will probably pay in parts")
    OPEN = "open", _("Not clear yet")
    POOR = "poor", _("Will probably not pay")
    UNREACHED = "unreached", _("Not reached yet")


class NextStep(TextChoices):
    """What a collector means to do next."""

    CONTACT = "contact", _("Try to reach the person")
    AWAIT = "await", _("Wait for a promise or a payment")
    OFFER_PLAN = "offer_plan", _("Offer a plan")
    CLEAR_UP = "clear_up", _("Clear up an objection with the creditor")
    GIVE_BACK = "give_back", _("Give the order back")


class Measure(TextChoices):
    """What the quality part of a commission is measured by."""

    COMPLAINTS = "complaints", _("No justified complaint")
    PROMISES = "promises", _("Promises that were kept")
    REFUSALS = "refusals", _("Requests that the gate let through")
    DOCUMENTATION = "documentation", _("Calls whose outcome is on record")


class Grade(TextChoices):
    """The ladder (等级) from its lowest step to its highest; what each opens, `quality` decides."""

    STOPPED = "stopped", pgettext_lazy("grade", "Stopped")
    TRAINEE = "trainee", pgettext_lazy("grade", "Trainee")
    JUNIOR = "junior", pgettext_lazy("grade", "Junior")
    REGULAR = "regular", pgettext_lazy("grade", "Regular")
    SENIOR = "senior", pgettext_lazy("grade", "Senior")
    PRINCIPAL = "principal", pgettext_lazy("grade", "Principal")


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

# An order is shown no finer than at least so many open ones are alike; see migration 0003.
ALIKE = 5

# Lower bounds of the amount bands, in major units; a listing shows the band, never the amount.
BAND_BOUNDS = (0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000)

# A package holds at least so many orders, so that what is told of it is told of five alike.
SMALLEST_PACKAGE = ALIKE
LARGEST_PACKAGE = 500

# How long rows of the market are kept.
KEEP = "Five years after the claim is closed."


# Why the orders of a suspended collector end, as their parties read it.
STOPPED = "collector-suspended"
# How long an order that a decision set aside took away is kept for its collector.
FIRST_RIGHT_DAYS = 5


class RightEnd(TextChoices):
    """Why a first right to an order is over before its day."""

    OFFERED = "offered", pgettext_lazy("right", "Offered back")
    GIVEN_UP = "given-up", pgettext_lazy("right", "Given up by the collector")
    LET_GO = "let-go", pgettext_lazy("right", "Let go by the creditor")
