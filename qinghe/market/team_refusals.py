"""Refusals of a team's own queues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NotALead(DomainError):
    code = "market.not-a-lead"
    status = 403
    text = _("Only a lead of the team may do this.")


class NoSuchMember(DomainError):
    code = "market.no-such-member"
    status = 404
    text = _("There is no such member of the team.")


class NoSuchQueue(DomainError):
    code = "market.no-such-queue"
    status = 404
    text = _("There is no such queue.")


class BadTeam(DomainError):
    code = "market.bad-team"
    status = 422
    text = _("This cannot be used here: {field}. Correct it and send it again.")


class QueueNameTaken(DomainError):
    code = "market.queue-name-taken"
    text = _("There is a queue of this name. Choose another.")


class AlreadyInTeam(DomainError):
    code = "market.already-in-team"
    text = _("This account is in the team already.")


class LastLead(DomainError):
    code = "market.last-lead"
    text = _("The team needs a lead. Let the operator name another one first.")


class MoveNeedsReason(DomainError):
    code = "market.move-needs-reason"
    status = 422
    text = _("Say why the case moves.")


class MemberFull(DomainError):
    code = "market.member-full"
    text = _("{held} of {capacity} places are taken, and this debtor has {cases} cases.")


class NotInTeamHands(DomainError):
    code = "market.not-in-team-hands"
    status = 404
    text = _("The team holds no such case now.")
