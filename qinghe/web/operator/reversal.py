"""Undo a payment that bounced or was booked wrongly: first what will happen, then the act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.queries import PaymentRow, payment_for
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.refusals import NotReversible
from qinghe.settlement.services import (
    agree_reversal,
    give_back,
    reverse_payment,
    withdraw_reversal,
)
from qinghe.settlement.terms import PaymentSource, PaymentState
from qinghe.web.creditor.received import WRONG, is_settled
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, seen_in

ASKED = _(
    "Asked. Nothing has changed yet: shares have left, or a debtor would be asked again, so a"
    " second person must agree."
)
DONE = _("The payment was reversed.")
WITHDRAWN = _("Withdrawn. The payment stays booked.")


class ReverseForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stays in the journal: no names, no numbers of accounts."),
    )
    send_back = forms.BooleanField(
        label=_("Send the money back to the payer"),
        help_text=_("Leave this empty where the bank or the provider has taken it already."),
        required=False,
    )

    def __init__(self, *args: Any, here: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not here:
            del self.fields["send_back"]


@page(Permission.MANAGE_PAYMENTS, methods=("GET", "POST"))
def payment_reverse(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """
    Say what undoing a payment will change; with a reason, undo it; agree to what was asked, or
    withdraw it.

    :raises NotReversible: not booked, or reversed before
    """
    row = payment_for(payment_id=payment_id, actor=request.actor)
    if row.claim_id is None or row.state != PaymentState.POSTED:
        raise NotReversible
    given: dict[str, Any] = {
        "payment_id": payment_id, "seen": seen_in(request), "actor": request.actor, "at": request.at
    }  # fmt: skip
    if request.POST.get("agree"):
        return acted(request, lambda: agree_reversal(**given), to="web:payments", done=DONE)
    if request.POST.get("withdraw"):
        return acted(request, lambda: withdraw_reversal(**given), to="web:payments", done=WITHDRAWN)
    form = ReverseForm(request.POST or None, here=row.source == PaymentSource.CASHIER)
    if form.is_valid():
        with refusals_in(form):
            act = give_back if form.cleaned_data.get("send_back") else reverse_payment
            undone = act(reason=form.cleaned_data["reason"], **given)
            asked = undone.state == PaymentState.POSTED
            messages.success(request, ASKED if asked else DONE)
            return redirect("web:payments")
    return formed(request, "web/operator/reverse.html", _shown(request, row), form)


def _shown(request: StaffRequest, row: PaymentRow) -> dict[str, Any]:
    """Return what will happen, and exactly what a colleague asked for."""
    asker = row.reversal_asked_by
    return {
        "r": row,
        "closed": is_settled(row),
        "asked": row.asked(request.at),
        "reason": WRONG.get(row.reversal_reason, row.reversal_reason),
        "by": hands([asker]).get(asker, ""),
        "mine": bool(tied_to([asker], request.actor)),
    }
