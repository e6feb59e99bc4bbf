"""Invoices: the list, the table for electronic invoices, and taking one back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission, may
from qinghe.settlement.queries.invoices import invoice_csv, invoices
from qinghe.settlement.services import cancel_invoice, issue_invoices
from qinghe.web.doors import StaffRequest, acted, page, unclear

HERE = "web:invoices"


class CancelForm(forms.Form):
    """Why an invoice is taken back; it stands on the credit note."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@page(Permission.SEE_STATEMENTS)
def invoice_list(request: StaffRequest) -> HttpResponse:
    """Show the invoices this actor issued or received, the newest first."""
    cancels = may(request.actor, Permission.APPROVE_PAYOUTS)
    context = {"rows": invoices(actor=request.actor), "cancels": cancels}
    return render(request, "web/money/invoices.html", context)


@page(Permission.SEE_STATEMENTS)
def invoice_file(request: StaffRequest) -> HttpResponse:
    """Download the invoices as a table for a program of electronic invoices."""
    content = invoice_csv(invoices(actor=request.actor, limit=100_000))
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invoices.csv"'},
    )


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def invoices_issue(request: StaffRequest, close_id: UUID) -> HttpResponse:
    """Issue the invoices of a closed month."""

    def act() -> object:
        return issue_invoices(close_id=close_id, actor=request.actor, at=request.at)

    def said(made: object) -> str:
        if not made:
            return gettext("There is nothing to issue: what this month gives reason for is issued.")
        words = ngettext("{n} invoice issued.", "{n} invoices issued.", int(str(made)))
        return words.format(n=made)

    return acted(request, act, to=HERE, done=said)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def invoice_cancel(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Take an invoice back by a credit note."""
    form = CancelForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        given = form.cleaned_data
        return cancel_invoice(invoice_id=invoice_id, **given, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Taken back by a credit note."))
