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


class AnsweredByParty(DomainError):
    code = "settlement.objection-same-person"
    status = 403
    text = _("You objected yourself, or stand behind whoever did. Another person must answer.")
