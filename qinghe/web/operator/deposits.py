"""Deposits that were called for a proven breach, until their money has arrived."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.quality.queries.integrity.calls import calls_waiting
from qinghe.quality.services.integrity.deposits import receive_call
from qinghe.web.doors import StaffRequest, acted, page, unclear

LIST = "web:deposit-calls"


class ReceiptForm(forms.Form):
    """The bank's own number of the transfer."""

    reference = forms.CharField(label=_("Reference of the bank"), max_length=80)


@page(Permission.MANAGE_PAYMENTS)
def call_list(request: StaffRequest) -> HttpResponse:
    """Show the called deposits whose money has not arrived."""
    context = {"rows": calls_waiting(actor=request.actor), "form": ReceiptForm()}
    return render(request, "web/integrity/calls.html", context)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def call_received(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """Book the money of a called deposit."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return receive_call(
            call_id=call_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Booked. It goes to the harmed creditor with the next payout.")
    return acted(request, act, to=LIST, done=done)
