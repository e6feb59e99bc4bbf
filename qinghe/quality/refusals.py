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
