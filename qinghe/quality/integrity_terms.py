"""Words of the integrity of the market."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RuleCode(TextChoices):
    """What a flag says; the thresholds and their reasons stand in `signs/signs.yaml`."""

    ONE_HAND = "one-hand", _("Two parties, one hand")
    OWN_DEBTOR = "own-debtor", _("The collector's own debtor")
    WASH = "wash", _("Orders that go in a circle")
    HOARDING = "hoarding", _("Orders taken and not worked")
    BID_RING = "bid-ring", _("Bidders who spare each other")
    PRIVATE_ACCOUNT = "private-account", _("Payment to a private account")
    AROUND = "around", _("Settled around the platform")
    PRICE = "price", _("Commission far from the market")
    RATINGS = "ratings", _("Praise from one side")


class SignKind(TextChoices):
    """One fact that speaks for a rule."""

    DEVICE = "device", _("Same browser")
    USER = "user", _("Same person of the staff")
    CODE = "code", _("Same registration number")
    LICENCE = "licence", _("Same licence number")
    DOMAIN = "domain", _("Same e-mail domain")
    ACCOUNT = "account", _("Same bank account")
    PHONE = "phone", _("Same phone number")
    EMAIL = "email", _("Same e-mail address")
    ADDRESS = "address", _("Same postal address")
    OFFICER = "id_number", _("Same responsible person")
    CROSSED = "crossed", _("Its browser opened the debtor's page")
    AGAIN = "again", _("Same claim, same collector, again")
    UNWORKED = "unworked", _("Settled within days without any contact")
    IDLE = "idle", _("Nothing done for two weeks, or until the order was taken back")
    LATE_RETURN = "late-return", _("Given back unworked just before the end")
    INCOMING = "incoming", _("A call of the debtor noted that nothing bears out")
    NEVER_MET = "never-met", _("Bids avoid each other")
    TURNS = "turns", _("Winners take turns")
    GAP = "gap", _("Always the same gap")
    ONLY_WITH = "only-with", _("Bids only where the other bids, and never beats it")
    COMPLAINT = "complaint", _("Complaint: asked to pay privately")
    UPHELD = "upheld", _("Justified complaint: asked to pay privately")
    NOTE = "note", _("A note names a private way to pay")
    DIRECT = "direct", _("Given back, then settled with the creditor")
    LOWERED = "lowered", _("Placed claim lowered after a contact or a promise")
    WITHHELD = "withheld", _("Money received past the platform, as officers found")
    DEAR = "dear", _("Designated far above the usual commission")
    PRAISE = "praise", _("Best marks from the same counterparty")


class FlagState(TextChoices):
    OPEN = "open", pgettext_lazy("integrity", "To be looked at")
    HEARING = "hearing", pgettext_lazy("integrity", "Parties are heard")
    DECIDED = "decided", pgettext_lazy("integrity", "Decided")


class Outcome(TextChoices):
    UNFOUNDED = "unfounded", pgettext_lazy("integrity", "Unfounded")
    WARNING = "warning", pgettext_lazy("integrity", "Warning")
    STOPPED = "stopped", pgettext_lazy("integrity", "No new orders for a time")
    SUSPENDED = "suspended", pgettext_lazy("integrity", "Suspended")
    PROVEN = "proven", pgettext_lazy("integrity", "Proven breach")


class RulingState(TextChoices):
    ASKED = "asked", pgettext_lazy("integrity", "Waits for a second officer")
    DROPPED = "dropped", pgettext_lazy("integrity", "Second officer did not agree")
    STANDING = "standing", pgettext_lazy("integrity", "In force")
    OVERTURNED = "overturned", pgettext_lazy("integrity", "Set aside on appeal")


class Step(TextChoices):
    """What was done about a flag, by the last part of the journal's kind."""

    RAISED = "raised", pgettext_lazy("integrity", "Flag raised")
    HEARD = "heard", pgettext_lazy("integrity", "Organisations asked")
    STATED = "stated", pgettext_lazy("integrity", "Answer given")
    ASKED = "asked", pgettext_lazy("integrity", "Decision asked for")
    AGREED = "agreed", pgettext_lazy("integrity", "Second officer agreed")
    DROPPED = "dropped", pgettext_lazy("integrity", "Second officer did not agree")
    CLOSED = "closed", pgettext_lazy("integrity", "Decided about everybody")
    OBJECTED = "objected", pgettext_lazy("integrity", "Objection")
    SET_ASIDE = "set-aside", pgettext_lazy("integrity", "Decision set aside")
    UPHELD = "upheld", pgettext_lazy("integrity", "Decision stands")
    CALLED = "deposit-called", pgettext_lazy("integrity", "Deposit called")
    RECEIVED = "deposit-received", pgettext_lazy("integrity", "Money of the deposit arrived")


# What stops and suspensions name as their cause, before the ruling's id.
RULING = "ruling:"
