"""What is refused about costs that somebody advanced, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoCosts(DomainError):
    code = "settlement.no-costs"
    status = 404
    text = _("There is no such claim, or your organisation has no part in it.")


class NoSuchAdvance(DomainError):
    code = "settlement.no-such-advance"
    status = 404
    text = _("There is no such advance, or it is not yours to decide.")


class AdvanceDecided(DomainError):
    code = "settlement.advance-decided"
    text = _("This advance was decided before.")


class AdvanceTooMuch(DomainError):
    code = "settlement.advance-too-much"
    status = 422
    text = _(
        "At most {open} {currency} of the costs of this claim are owed and not advanced by somebody"
        " already. An advance makes no debt larger."
    )


class AdvanceTwice(DomainError):
    code = "settlement.advance-twice"
    text = _("Costs with this receipt were told before.")


class AdvanceIncomplete(DomainError):
    code = "settlement.advance-incomplete"
    status = 422
    text = _("Give an amount above zero, the day it was paid, not one to come, and the receipt.")


class RefusalNeedsWords(DomainError):
    code = "settlement.advance-refusal-words"
    status = 422
    text = _("Say why you do not agree. The other side reads it.")
