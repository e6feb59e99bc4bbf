"""Refusals of this room that pages foretell: queries name them, services raise them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoCertificate(DomainError):
    code = "parties.no-certificate"
    status = 403
    text = _(
        "You need a valid collector's certificate for this. Sit the exam under Certificate; "
        "it takes half an hour."
    )


class NotAssured(DomainError):
    code = "parties.not-assured"
    status = 403
    text = _(
        "This needs assurance level {needed}; {organisation} has level {level}. "
        "The page about the organisation says what is missing."
    )


class StandingLapsed(DomainError):
    code = "parties.standing-lapsed"
    status = 403
    text = _(
        "A licence, an authority or a review of {organisation} ended on {ended_on}. "
        "Work stops until it is renewed."
    )
