"""What is refused about objections to a statement, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchLine(DomainError):
    code = "settlement.no-such-line"
    status = 404
    text = _("There is no such line on your statement.")


class ObjectedBefore(DomainError):
    code = "settlement.objected-before"
    text = _("There is an objection to this line already. Its answer stands on the statement.")


class NoSuchObjection(DomainError):
    code = "settlement.no-such-objection"
    status = 404
    text = _("There is no such objection.")


class ObjectionAnswered(DomainError):
    code = "settlement.objection-answered"
    text = _("This objection was answered before.")


class ObjectionWords(DomainError):
    code = "settlement.objection-words"
    status = 422
    text = _("Say in a few words why. The other side reads it.")


class UpheldBySamePerson(DomainError):
    code = "settlement.upheld-same-person"
    status = 403
    text = _("An objection is found right by two persons who stand apart: you were the first.")


class CorrectedBySamePerson(DomainError):
    code = "settlement.corrected-same-person"
    status = 403
    text = _(
        "A correction is agreed to by a second person who stands apart: you named it, or stand "
        "behind whoever did."
    )


class NoCorrection(DomainError):
    code = "settlement.no-correction"
    status = 422
    text = _(
        "Choose a booking that corrects this one: made after the objection, for the same claim or "
        "matter, on an account of the organisation, and not undone since."
    )


class AnsweredByParty(DomainError):
    code = "settlement.objection-same-person"
    status = 403
    text = _("You objected yourself, or stand behind whoever did. Another person must answer.")
