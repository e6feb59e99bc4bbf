"""Refusals of the information mode."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class ConsentMissing(DomainError):
    code = "market.consent-missing"
    status = 422
    text = _("Agree to the text about the directory first: nobody is listed without it.")


class NotInDirectory(DomainError):
    code = "market.not-in-directory"
    text = _("Your organisation is not in the directory. Join it first.")


class BadEntry(DomainError):
    code = "market.bad-entry"
    status = 422
    text = _("This cannot be used here: {field}. Correct it and send it again.")


class NoSuchRequest(DomainError):
    code = "market.no-such-request"
    status = 404
    text = _("There is no such request for quotation.")


class NobodyFits(DomainError):
    code = "market.nobody-fits"
    text = _("No listed agency is registered for all these regions and does this kind of claim.")


class TooManyAsked(DomainError):
    code = "market.too-many-asked"
    status = 422
    text = _("Choose at most {limit} agencies, or ask all that fit.")


class AgencyNotFit(DomainError):
    code = "market.agency-not-fit"
    status = 422
    text = _("One of the agencies is not listed any more, or does not fit. Choose again.")


class BadDeadline(DomainError):
    code = "market.bad-deadline"
    status = 422
    text = _("The deadline must lie between {hours} hours and {days} days from now.")


class QuotesClosed(DomainError):
    code = "market.quotes-closed"
    text = _("This request takes no answers any more.")


class QuotesSealed(DomainError):
    code = "market.quotes-sealed"
    text = _("The answers are sealed until the deadline, for everybody.")


class TooManyQuotes(DomainError):
    code = "market.too-many-quotes"
    text = _("An answer may be changed {limit} times; yours has been.")


class GoesAround(DomainError):
    code = "market.goes-around"
    status = 422
    text = _(
        "Leave out numbers, addresses and offers to settle elsewhere. The platform hands over"
        " contact persons once both sides agree."
    )


class NoSuchIntroduction(DomainError):
    code = "market.no-such-introduction"
    status = 404
    text = _("There is no such introduction.")


class IntroductionOver(DomainError):
    code = "market.introduction-over"
    text = _("This introduction was answered before, or its time is over.")


class NotChoosable(DomainError):
    code = "market.not-choosable"
    text = _("Another agency is being introduced, or this quotation cannot be chosen any more.")


class NotIntroduced(DomainError):
    code = "market.not-introduced"
    text = _("Contact persons open only after both sides have agreed.")


class ComplaintWaits(DomainError):
    code = "market.complaint-waits"
    text = _("You have complained of this already. An officer is looking at it.")
