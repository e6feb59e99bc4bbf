"""What this room refuses about providers and money that goes back, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchProvider(DomainError):
    code = "settlement.no-such-provider"
    status = 404
    text = _("This way to pay is not offered here. Choose one of those on the page.")


class ProviderNotReady(DomainError):
    code = "settlement.provider-not-ready"
    status = 503
    text = _(
        "{provider} cannot be used: {missing} is missing or cannot be read. Set it and try again."
    )


class ProviderSilent(DomainError):
    code = "settlement.provider-silent"
    status = 503
    text = _("The provider does not answer. Nothing was taken. Please try again in a few minutes.")


class WrongMerchant(DomainError):
    code = "settlement.wrong-merchant"
    status = 403
    text = _("The notice is about another merchant's account than the one of this platform.")


class NoticeTooOld(DomainError):
    code = "settlement.notice-too-old"
    status = 403
    text = _("The notice was made too long ago, or in the future. The order will be asked about.")


class NoSuchRefund(DomainError):
    code = "settlement.no-such-refund"
    status = 404
    text = _("There is no such refund.")


class RefundMoved(DomainError):
    code = "settlement.refund-moved"
    text = _("This refund is in another state now. Reload the page.")


class RefundBySamePerson(DomainError):
    code = "settlement.refund-same-person"
    status = 403
    text = _("You asked for this refund, or stand behind who did. Another person must agree.")


class NotPaidHere(DomainError):
    code = "settlement.not-paid-here"
    text = _(
        "This money did not come through a provider of the platform. Who received it gives it back."
    )


class NoSuchDispute(DomainError):
    code = "settlement.no-such-dispute"
    status = 404
    text = _("There is no such open complaint. Reload the page.")
