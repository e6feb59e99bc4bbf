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


class ReasonMissing(DomainError):
    code = "quality.reason-missing"
    text = _("Write the reason for the decision: the person who complained will read it.")
