"""Words of this room; every attempt is always in one of these named states."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mode(TextChoices):
    HUMAN = "human", _("By a person")
    ONE_WAY = "one_way", _("One-way message")


class ContactPurpose(TextChoices):
    COLLECT = "collect", _("About the claim")
    REPLY = "reply", _("Reply to the debtor")
    LEGAL_NOTICE = "legal_notice", _("Notice required by law")


class AttemptState(TextChoices):
    REFUSED = "refused", _("Refused by a rule")
    PERMITTED = "permitted", _("Permitted, waiting to be sent")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped before sending")


class Outcome(TextChoices):
    """As in the rule packs: what counts against which budget is decided there."""

    TALK = "talk", _("Talked")
    DELIVERED = "delivered", _("Delivered")
    NO_ANSWER = "no_answer", _("Not answered")
    BUSY = "busy", _("Busy")
    VOICEMAIL = "voicemail", _("Mailbox")
    NOT_IN_SERVICE = "not_in_service", _("Number out of service")
    DROPPED = "dropped", _("Cut off")
    FAILED = "failed", _("Technical failure")


class WishKind(TextChoices):
    """What a debtor may ask of contact; same words as the rule packs use."""

    CHANNEL = "channel", _("Not by these channels")
    TIME = "time", _("Only at these times")
    WORKPLACE = "workplace", _("Not at work")
    CEASE_ALL = "cease_all", _("Do not contact me at all")


class MailingState(TextChoices):
    """How far one message to many persons is."""

    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
