"""What this room refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchComplaint(DomainError):
    code = "quality.no-such-complaint"
    status = 404
    text = _("There is no such complaint.")


class ComplaintDecided(DomainError):
    code = "quality.complaint-decided"
    text = _("This complaint was decided before.")


class NothingHeld(DomainError):
    code = "quality.nothing-held"
    text = _("No contact is stopped by a decided complaint here: there is nothing to lift.")


class HandUnknown(DomainError):
    code = "quality.hand-unknown"
    text = _("Several hands worked this claim. Say whose act it was, or that it was none of them.")


class NotAHand(DomainError):
    code = "quality.not-a-hand"
    text = _("This mandate is none of the claim complained about.")


class HappenedLater(DomainError):
    code = "quality.happened-later"
    status = 422
    text = _("The day it happened lies in the future.")


class ReasonMissing(DomainError):
    code = "quality.reason-missing"
    text = _("Write the reason for the decision: the person who complained will read it.")


class NoSuchInvention(DomainError):
    code = "quality.no-such-invention"
    status = 404
    text = _("There is no such finding.")


class NoProof(DomainError):
    code = "quality.no-proof"
    text = _(
        "Nothing on file proves it yet: confirm a grave warning, or accept the dispute of a debtor "
        "who never borrowed this."
    )


class AccusedAlready(DomainError):
    code = "quality.accused-already"
    text = _("This was asked for already. A second officer decides it.")


class InventionDecided(DomainError):
    code = "quality.invention-decided"
    text = _("This finding was decided before.")


class SecondOfficer(DomainError):
    code = "quality.second-officer"
    text = _("Another officer must decide: you asked for it, or your accounts are not independent.")


class NoSuchCollector(DomainError):
    code = "quality.no-such-collector"
    status = 404
    text = _("There is no such collector.")


class StepTooHigh(DomainError):
    code = "quality.step-too-high"
    status = 422
    text = _(
        "Experience elsewhere opens steps up to “{most}” only. The steps above are earned here."
    )


class NothingToRate(DomainError):
    code = "quality.nothing-to-rate"
    status = 404
    text = _("There is no ended mandate of yours to rate here.")


class RatingClosed(DomainError):
    code = "quality.rating-closed"
    text = _("The time to rate this mandate is over. Ratings that were given can be read now.")


class RatedAlready(DomainError):
    code = "quality.rated-already"
    text = _("You have rated this mandate. A rating is never changed.")


class BadMarks(DomainError):
    code = "quality.bad-marks"
    status = 422
    text = _("Answer all four questions, each from 1 to 5.")


class NothingToFeel(DomainError):
    code = "quality.nothing-to-feel"
    status = 404
    text = _("There is no such contact.")


class SignalGiven(DomainError):
    code = "quality.signal-given"
    text = _("You have told us about this contact already. Thank you.")


class NothingToAppeal(DomainError):
    code = "quality.nothing-to-appeal"
    status = 404
    text = _("There is no decision here that your organisation could appeal.")


class AppealedAlready(DomainError):
    code = "quality.appealed-already"
    text = _("This was appealed before. Each decision is looked at again once.")


class AppealTooLate(DomainError):
    code = "quality.appeal-too-late"
    text = _("An appeal is made within {days} days. This decision stands.")


class NoSuchAppeal(DomainError):
    code = "quality.no-such-appeal"
    status = 404
    text = _("There is no such appeal.")


class AppealDecided(DomainError):
    code = "quality.appeal-decided"
    text = _("This appeal was decided before.")


class ReasonDoesNotFit(DomainError):
    code = "quality.reason-does-not-fit"
    status = 422
    text = _("This reason does not go with the decision. Choose one from the list beside it.")


class OtherOfficer(DomainError):
    code = "quality.other-officer"
    status = 403
    text = _(
        "Another officer must decide this appeal: you made the first decision, or your accounts "
        "are not independent."
    )
