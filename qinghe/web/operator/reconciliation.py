"""Three tellings of a day's money: the ledger's, each provider's, the bank's."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qinghe.parties.roles import Permission
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.bankbook import bank_books
from qinghe.settlement.queries.fees import open_fees
from qinghe.settlement.queries.reconciliation import reconcile
from qinghe.settlement.services import import_provider_report
from qinghe.settlement.ways import NAMES
from qinghe.web.doors import StaffRequest, formed, page, refusals_in
from qinghe.web.formats import as_day
from qinghe.web.numbers import some_day


class ReportForm(forms.Form):
    """A provider's report of what it settled."""

    provider = forms.ChoiceField(label=gettext_lazy("Provider"), choices=list(NAMES.items()))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, initial="CNY")
    file = forms.FileField(
        label=gettext_lazy("Settlement report"),
        help_text=gettext_lazy("CSV with the columns number, kind, amount, fee, day."),
    )


@page(Permission.MANAGE_PAYMENTS, methods=("GET", "POST"))
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Show a day in three tellings with every difference, and take a provider's report in."""
    form = ReportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_in(form):
            new = import_provider_report(
                provider=form.cleaned_data["provider"],
                currency=form.cleaned_data["currency"].upper(),
                content=form.cleaned_data["file"].read(),
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("{n} new lines taken in.").format(n=new))
            return redirect(request.get_full_path())
    day = some_day(request.GET.get("day"), as_day(request.at) - timedelta(days=1))
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "rows": reconcile(day=day, actor=request.actor),
        "banks": bank_books(actor=request.actor),
        "fees": (fees := open_fees(actor=request.actor)),
        "tied": tied_to((fee.asked_by for fee in fees), request.actor),
    }
    return formed(request, "web/operator/reconciliation.html", context, form)
