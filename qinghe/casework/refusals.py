"""Every refusal of this room: a code for machines, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class ForeignAttempt(DomainError):
    code = "casework.foreign-attempt"
    status = 404
    text = _("There is no such contact on this claim.")


class NumberInNote(DomainError):
    code = "casework.number-in-note"
    status = 422
    text = _("Please leave out phone and account numbers: notes hold none.")


class BadAmount(DomainError):
    code = "casework.bad-amount"
    status = 422
    text = _("The amount must be more than zero and not more than is owed.")


class BadDay(DomainError):
    code = "casework.bad-day"
    status = 422
    text = _("Choose a day from today on, at most {days} days ahead.")


class PromiseOpen(DomainError):
    code = "casework.promise-open"
    text = _("There is a promise already, until {due_on}.")


class NoSuchPromise(DomainError):
    code = "casework.no-such-promise"
    status = 404
    text = _("There is no such promise.")


class CallBackRefused(DomainError):
    code = "casework.call-back-refused"
    text = _("No call at that time: {sentence} (rule {rule}).")


class PlanTooLong(DomainError):
    code = "casework.plan-too-long"
    status = 422
    text = _("A plan runs {months} months at most. Please name a larger monthly amount.")


class BadShape(DomainError):
    code = "casework.bad-shape"
    status = 422
    text = _(
        "Say by how much and after how many months the amount rises; or choose some months of the"
        " year, not all. In the others nothing is paid, unless an amount is named for them."
    )


class InstalmentTooSmall(DomainError):
    code = "casework.instalment-too-small"
    status = 422
    text = _(
        "Every instalment but the last is at least {least}. By the seasons, the other months may"
        " also be free."
    )


class PlanTooSteep(DomainError):
    code = "casework.plan-too-steep"
    status = 422
    text = _(
        "Every instalment but the last is at least {least}, and none is more than {times} times the"
        " first. With these steps the first must be {first} or more."
    )


class PlanTooHeavy(DomainError):
    code = "casework.plan-too-heavy"
    status = 422
    text = _("An instalment is larger than what can be spared each month. Please make it smaller.")


class ReplacedTooOften(DomainError):
    code = "casework.replaced-too-often"
    text = _("A running plan can be replaced {times} times a year.")


class PlanExists(DomainError):
    code = "casework.plan-exists"
    text = _("There is a plan already.")


class PlanContested(DomainError):
    code = "casework.plan-contested"
    text = _(
        "This claim is contested: nothing need be paid until that is decided, so no plan can be"
        " proposed now. It can be once there is an answer, or once the dispute is taken back."
    )


class NoSuchPlan(DomainError):
    code = "casework.no-such-plan"
    status = 404
    text = _("There is no such plan.")


class PlanDecided(DomainError):
    code = "casework.plan-decided"
    text = _("This plan has been decided already.")


class HardshipExists(DomainError):
    code = "casework.hardship-exists"
    text = _("You have told us already. We are looking at it.")


class NoSuchHardship(DomainError):
    code = "casework.no-such-hardship"
    status = 404
    text = _("There is no such request.")


class NoReason(DomainError):
    code = "casework.no-reason"
    status = 422
    text = _("Say why the pause is not granted: the debtor reads it.")


class SameWords(DomainError):
    code = "casework.same-words"
    status = 422
    text = _(
        "This was answered on {day}. Please say what is new, or ask again from {again} on. You may"
        " also propose a plan."
    )


class HardshipDecided(DomainError):
    code = "casework.hardship-decided"
    text = _("This request has been decided already.")


class ClaimOver(DomainError):
    code = "casework.claim-over"
    text = _("The claim is closed. Nothing more needs to be done.")


class BadAuthority(DomainError):
    code = "casework.bad-authority"
    status = 422
    text = _("Each row needs a discount from 0 to 100 per cent and 1 to {days} days.")


class NotAnOffer(DomainError):
    code = "casework.not-an-offer"
    status = 422
    text = _("An offer must be above zero and below what is owed.")


class MuchWaived(DomainError):
    code = "casework.much-waived"
    status = 422
    text = _(
        "This settles everything for less than a tenth of what is owed: {waives} would be waived."
        " Check the sum; if it is meant so, say that so much is waived."
    )


class EarlyOfferOpen(DomainError):
    code = "casework.early-offer-open"
    text = _("There is an offer already.")


class NoSuchEarlyOffer(DomainError):
    code = "casework.no-such-early-offer"
    status = 404
    text = _("There is no such offer.")


class EarlyOfferOver(DomainError):
    code = "casework.early-offer-over"
    text = _("This offer is no longer open. Nothing else has changed.")


class ConsentBySamePerson(DomainError):
    code = "casework.consent-same-person"
    status = 403
    text = _("You made this offer. Beyond your authority somebody else consents to it.")
