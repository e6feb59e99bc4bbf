"""Words of this room; every attempt is always in one of these named states."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mode(TextChoices):
    HUMAN = "human", _("By a person")
    ONE_WAY = "one_way", _("One-way message")


class ContactPurpose(TextChoices):
    COLLECT = "collect", _("About the claim")
    REPLY = "reply", _("Reply to the debtor")
    LEGAL_NOTICE = "legal_notice", _("Notice required by law")


# The wording by which the platform tells a debtor of a claim; the challenge window counts from it.
FIRST_NOTICE = "first_notice"


class AttemptState(TextChoices):
    REFUSED = "refused", _("Refused by a rule")
    PERMITTED = "permitted", _("Permitted, waiting to be sent")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped before sending")


# A refused attempt reached nobody, and a stopped one is known not to have been sent.
SILENT: Final = (AttemptState.REFUSED, AttemptState.CANCELLED)


class LetterState(TextChoices):
    """How far a typeset letter is; only what was posted has left the house."""

    WAITING = "waiting", pgettext_lazy("letter", "To be printed")
    PRINTED = "printed", pgettext_lazy("letter", "Printed")
    POSTED = "posted", pgettext_lazy("letter", "Posted")
    VOID = "void", pgettext_lazy("letter", "Void, not to be sent")


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


class HouseState(TextChoices):
    """Of a version of the operator's own pack; whether it is in force, its period says."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class HouseStage(TextChoices):
    """What a version is at a moment: its state, or where the moment lies in its period."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waits for a second person")
    COMING = "coming", _("Approved, to come")
    ACTIVE = "active", _("In force")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class OverrideState(TextChoices):
    ASKED = "asked", _("Waits for a second person")
    APPROVED = "approved", _("May be sent once")
    USED = "used", pgettext_lazy("notice", "Sent")
    REFUSED = "refused", _("Not approved")


class OverrideStage(TextChoices):
    """What a request is at a moment."""

    ASKED = "asked", _("Waits for a second person")
    APPROVED = "approved", _("May be sent once")
    USED = "used", pgettext_lazy("notice", "Sent")
    REFUSED = "refused", _("Not approved")
    EXPIRED = "expired", _("Its day is over")


class OverrideReason(TextChoices):
    """Why the law requires a notice now; nothing else sets a rule aside."""

    DATA_BREACH = "data_breach", _("Personal data of the person was affected")
    COURT = "court", _("A court or an authority ordered it")
    CORRECTION = "correction", _("An earlier notice was wrong")
    DEADLINE = "deadline", _("A legal period for the notice ends")


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
