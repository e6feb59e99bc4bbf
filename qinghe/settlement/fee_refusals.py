"""What is refused about fees of providers and of the bank, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoFeeLeft(DomainError):
    code = "settlement.no-fee-left"
    text = _("No fee of this day is open: what the provider reported is booked or asked for.")


class FeeAsked(DomainError):
    code = "settlement.fee-asked"
    text = _("This charge was asked to be booked before. A second person agrees.")


class FeeOpen(DomainError):
    code = "settlement.fee-open"
    text = _(
        "Somebody asked to book this as a charge of the bank. A second person agrees, or the"
        " request is taken back; only then can a note explain it."
    )


class EntryNoted(DomainError):
    code = "settlement.entry-noted"
    text = _(
        "This charge is explained meanwhile: {note}. Take that note back on the page of the entry,"
        " or take the request back."
    )


class NoSuchFee(DomainError):
    code = "settlement.no-such-fee"
    status = 404
    stale = True
    text = _("There is no such fee, or it does not wait any more. Reload the page.")


class FeeBySamePerson(DomainError):
    code = "settlement.fee-same-person"
    status = 403
    text = _("A fee is booked by two persons who stand apart: you asked for it.")
