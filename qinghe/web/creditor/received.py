"""Money that reached the creditor directly: a file of payments, or one payment on a claim."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.claims.queries import claim_for
from qinghe.parties.roles import Permission
from qinghe.settlement.reading import mapping_names
from qinghe.settlement.services import ImportResult, import_payments, post_payment
from qinghe.settlement.terms import PaymentSource
from qinghe.web.amounts import Amount
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import as_day

LARGEST_FILE: Final = 100 * 1024 * 1024
OURS: Final = "qinghe"
DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PaymentFileForm(forms.Form):
    """A list of payments as a bank or a cash desk writes it."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, one row per payment."))
    mapping = forms.ChoiceField(
        label=_("Columns"),
        initial=OURS,
        help_text=_("“qinghe”: contract_number, reference, amount, currency, paid_on."),
    )
    until = forms.DateField(
        label=_("Up to"), widget=DAY, help_text=_("Payments of later days are left for next time.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mapping"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in mapping_names()]


class ReceivedForm(forms.Form):
    """One payment of the debtor to the creditor."""

    field_order = ("amount", "paid_on", "reference")
    paid_on = forms.DateField(label=_("Paid on"), widget=DAY)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        help_text=_("From your bank. The same one is booked once."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = Amount(label=_("Amount"), currency=currency)
        self.order_fields(self.field_order)


@page(Permission.REPORT_PAYMENTS, methods=("GET", "POST"))
def payments_report(request: StaffRequest) -> HttpResponse:
    """Book a file of payments that came to the creditor; the same file again books nothing."""
    first = {"until": as_day(request.at)}
    form = PaymentFileForm(request.POST or None, request.FILES or None, initial=first)
    if form.is_valid():
        with refusals_in(form):
            _tell(request, _booked(request, form))
            return redirect("web:payments")
    return formed(request, "web/creditor/received.html", {}, form)


def _booked(request: StaffRequest, form: PaymentFileForm) -> ImportResult:
    assert request.actor.org_id is not None
    return import_payments(
        creditor_id=request.actor.org_id,
        content=form.cleaned_data["file"].read(LARGEST_FILE),
        mapping=form.cleaned_data["mapping"],
        until=form.cleaned_data["until"],
        actor=request.actor,
        at=request.at,
    )


def _tell(request: StaffRequest, done: ImportResult) -> None:
    """Say how many payments were booked, and how many name no claim of this creditor."""
    words = ngettext("%(n)d payment was booked.", "%(n)d payments were booked.", done.posted)
    messages.success(request, words % {"n": done.posted})
    if done.unmatched:
        words = ngettext(
            "%(n)d payment names no claim here. Send the file again when the claim is in.",
            "%(n)d payments name no claim here. Send the file again when the claims are in.",
            done.unmatched,
        )
        messages.warning(request, words % {"n": done.unmatched})


@page(Permission.REPORT_PAYMENTS, methods=("POST",))
def payment_received(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Book one payment that reached the creditor directly."""
    currency = claim_for(claim_id=claim_id, actor=request.actor).currency
    form = ReceivedForm(request.POST, currency=currency)
    if not form.is_valid():
        return unclear(request, form, "web:claim", claim_id=claim_id)

    def act() -> object:
        return post_payment(
            claim_id=claim_id,
            currency=currency,
            source=PaymentSource.CREDITOR,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to="web:claim", done=_("The payment is booked."), claim_id=claim_id)
