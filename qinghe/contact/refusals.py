"""Every refusal of this room: a code for machines, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class ContactRefused(DomainError):
    code = "contact.refused"
    text = _("Not now: {sentence} (rule {rule}).")


class NoSuchAttempt(DomainError):
    code = "contact.no-such-attempt"
    status = 404
    text = _("There is no such contact.")


class NotACall(DomainError):
    code = "contact.not-a-call"
    text = _("Only a phone call has an outcome to record.")


class NotSentYet(DomainError):
    code = "contact.not-sent-yet"
    text = _("The call has not been made.")


class OutcomeKnown(DomainError):
    code = "contact.outcome-known"
    text = _("The outcome of this call is recorded already.")


class NoSuchWish(DomainError):
    code = "contact.no-such-wish"
    status = 404
    text = _("There is no such contact wish.")


class WishIncomplete(DomainError):
    code = "contact.wish-incomplete"
    status = 422
    text = _("Choose the channels, or the hours, that your wish is about.")


class NothingKept(DomainError):
    code = "contact.nothing-kept"
    status = 404
    text = _("Nothing was sent, so there is no copy.")


class NoSuchLetter(DomainError):
    code = "contact.no-such-letter"
    status = 404
    text = _("There is no such letter.")


class LetterPrinted(DomainError):
    code = "contact.letter-printed"
    text = _("This letter is printed already.")
