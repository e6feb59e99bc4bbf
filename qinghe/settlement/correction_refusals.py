"""What is refused about corrections of commission, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoCommissionThere(DomainError):
    code = "settlement.no-commission-there"
    status = 422
    text = _(
        "Only commission kept from a payment that was received here, and is still booked, is "
        "corrected like this. Correct the booking itself where it was made."
    )


class CorrectionTooLarge(DomainError):
    code = "settlement.correction-too-large"
    status = 422
    text = _("At most {amount} {currency} of this payment can go this way.")


class CorrectionAsked(DomainError):
    code = "settlement.correction-asked"
    text = _("A correction was asked for already. A second person must agree, or drop it.")


class NoSuchCorrection(DomainError):
    code = "settlement.no-such-correction"
    status = 404
    text = _("There is no such correction to decide.")


class CorrectionBySamePerson(DomainError):
    code = "settlement.correction-same-person"
    status = 403
    text = _(
        "Commission is corrected by two persons who stand apart: you asked for it, or stand behind "
        "whoever did."
    )


class CreditorShort(DomainError):
    code = "settlement.creditor-short"
    text = _(
        "Too little is held here for the creditor now. Agree again when money has come, or drop it."
    )
