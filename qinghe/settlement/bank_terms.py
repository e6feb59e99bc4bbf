"""Words of statements of the bank, and of money whose purpose is not known yet."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Wish(TextChoices):
    """What one person proposes for money in suspense; another agrees."""

    NONE = "", pgettext_lazy("suspense", "Nobody proposed anything")
    ASSIGN = "assign", pgettext_lazy("suspense", "Pays a claim")
    KNOWN = "known", pgettext_lazy("suspense", "In the books already")
    RETURN = "return", pgettext_lazy("suspense", "A payout that came back")


class TwinState(TextChoices):
    """What a person says of two entries that may be the same money."""

    OPEN = "open", pgettext_lazy("twin", "Perhaps the same")
    SAME = "same", pgettext_lazy("twin", "The same money")
    OTHER = "other", pgettext_lazy("twin", "Another payment")


class SendBackState(TextChoices):
    WAITING = "waiting", pgettext_lazy("send-back", "A second person must agree")
    READY = "ready", pgettext_lazy("send-back", "To be sent at the bank")
    DONE = "done", pgettext_lazy("send-back", "Sent back")
    DROPPED = "dropped", pgettext_lazy("send-back", "Not sent, waits again")


# Money of these is set aside, or has left.
GONE: Final = (SendBackState.WAITING, SendBackState.READY, SendBackState.DONE)


class Sign(TextChoices):
    """What made somebody think that an entry pays a claim."""

    NUMBER = "number", pgettext_lazy("suspense", "names its number")
    NEAR = "near", pgettext_lazy("suspense", "its reference, with one mistake")
    PAYER = "payer", pgettext_lazy("suspense", "sent under the debtor's name")
    ORDER = "order", pgettext_lazy("suspense", "an order to pay")
    INSTALMENT = "instalment", pgettext_lazy("suspense", "an instalment")
    PROMISE = "promise", pgettext_lazy("suspense", "a promise")
    OWED = "owed", pgettext_lazy("suspense", "what is owed")


# Ages at which money in suspense is shown apart: days, up to and including.
AGES: Final = ((0, 1), (2, 7), (8, 30), (31, None))
# So many candidates are shown with one entry; more help nobody.
CANDIDATES: Final = 5
