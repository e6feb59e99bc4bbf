"""What closing a month and its papers refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class MonthBlocked(DomainError):
    code = "settlement.month-blocked"
    text = _("Something of this month is open that must be settled first: {matters}.")


class MonthUnexplained(DomainError):
    code = "settlement.month-unexplained"
    status = 422
    text = _("Write a few words about what is open and stays so: {matters}.")


class MonthAsked(DomainError):
    code = "settlement.month-asked"
    text = _("Closing this month was asked for before. A second person confirms it.")


class NoSuchClose(DomainError):
    code = "settlement.no-such-close"
    status = 404
    text = _("There is no such month, or it does not wait any more. Reload the page.")


class CloseBySamePerson(DomainError):
    code = "settlement.close-same-person"
    status = 403
    text = _("A month is closed by two persons who stand apart: you asked for it.")


class NoSuchInvoice(DomainError):
    code = "settlement.no-such-invoice"
    status = 404
    text = _("There is no such invoice.")


class InvoiceCancelled(DomainError):
    code = "settlement.invoice-cancelled"
    text = _("This invoice was taken back before.")


class InvoiceReason(DomainError):
    code = "settlement.invoice-reason"
    status = 422
    text = _("Say in a few words why the invoice is taken back.")
