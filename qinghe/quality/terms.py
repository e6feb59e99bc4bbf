"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ComplaintKind(TextChoices):
    TOO_OFTEN = "too_often", _("Contacted too often or at the wrong time")
    RUDE = "rude", _("Insult or threat")
    THIRD_PARTY = "third_party", _("Told somebody else")
    WRONG_CLAIM = "wrong_claim", _("The claim is not mine")
    PRIVATE_PAYMENT = "private_payment", _("Asked to pay to a private account")
    OTHER = "other", _("Something else")


class ComplaintState(TextChoices):
    OPEN = "open", _("Being heard")
    UPHELD = "upheld", _("Justified")
    DISMISSED = "dismissed", _("Not justified")


# Days within which a complaint is answered.
ANSWER_DAYS = 15
# What a hold that a complaint asked for names as its cause, before the complaint's id.
CAUSE = "complaint:"


class InventionState(TextChoices):
    """What became of the finding that a claim never existed."""

    ASKED = "asked", _("Waits for a second officer")
    PROVEN = "proven", _("Proven: the claim never existed")
    DROPPED = "dropped", _("Not proven")


# What the holds on a creditor's other claims name as their cause, before the finding's id.
INVENTION = "invention:"
