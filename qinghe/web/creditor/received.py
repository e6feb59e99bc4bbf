"""Money that reached the creditor directly: a file of payments, or one payment on a claim."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.claims.queries import claim_for, claim_view
from qinghe.claims.terms import ClaimState
from qinghe.parties.roles import Permission
from qinghe.settlement.queries import PaymentRow, payment_for
from qinghe.settlement.reading import mapping_names
from qinghe.settlement.refusals import AboveOwed, NotReversible
from qinghe.settlement.services import (
    ImportResult,
    import_payments,
    post_payment,
    reverse_payment,
    withdraw_reversal,
)
from qinghe.settlement.terms import PaymentSource, PaymentState
from qinghe.web.amounts import Amount, Meant, ask_whether_meant
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, seen_in, unclear
from qinghe.web.formats import as_day

LARGEST_FILE: Final = 100 * 1024 * 1024
OURS: Final = "qinghe"
TAKEN_BACK: Final = _("The payment is taken back. The claim is as if it had never been reported.")
ASKED_BACK: Final = _(
    "Asked. Nothing has changed yet: somebody was paid a share of it or the claim was settled, so"
    " the platform must agree."
)
WITHDRAWN: Final = _("Withdrawn. The payment stays booked.")
DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


# What a creditor may say was wrong with a payment that it reported; the journal keeps the code.
WRONG: Final = {
    "wrong-amount": _("The amount"),
    "wrong-claim": _("It was for another claim"),
    "reported-twice": _("It was reported twice"),
    "never-came": _("The money never came, or went back"),
}


class PaymentFileForm(forms.Form):
    """A list of payments as a bank or a cash desk writes it."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, one row per payment."))
    mapping = forms.ChoiceField(
        label=_("Columns"),
        initial=OURS,
        help_text=_("“qinghe”: contract_number, reference, amount, currency, paid_on."),
    )
    excess = Meant()
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

    field_order = ("amount", "excess", "paid_on", "reference")
    paid_on = forms.DateField(label=_("Paid on"), widget=DAY)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        help_text=_("From your bank. The same one is booked once."),
    )
    excess = Meant()

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = Amount(label=_("Amount"), currency=currency)
        self.order_fields(self.field_order)


class TakeBackForm(forms.Form):
    """What was wrong with a payment that was reported."""

    reason = forms.ChoiceField(
        label=_("What was wrong?"),
        choices=list(WRONG.items()),
        widget=forms.RadioSelect,
    )


@page(Permission.REPORT_PAYMENTS, methods=("GET", "POST"))
def payments_report(request: StaffRequest) -> HttpResponse:
    """Book a file of payments that came to the creditor; the same file again books nothing."""
    first = {"until": as_day(request.at)}
    form = PaymentFileForm(request.POST or None, request.FILES or None, initial=first)
    if form.is_valid():
        with _asking(form):
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
        excess=form.cleaned_data["excess"],
        actor=request.actor,
        at=request.at,
    )


@contextmanager
def _asking(form: forms.Form) -> Iterator[None]:
    """Turn refusals into the form's own words; of more than is owed, into a tick that names it."""
    with refusals_in(form):
        try:
            yield
        except AboveOwed as refused:
            form.add_error("excess", refused.user_message)
            label = _("Yes, {excess} of it is too much and goes back.").format(**refused.facts)
            ask_whether_meant(form, "excess", label, refused.facts["excess_minor"])


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
    """Book one payment that reached the creditor directly; ask where it is more than is owed."""
    claim = claim_for(claim_id=claim_id, actor=request.actor)
    form = ReceivedForm(request.POST, currency=claim.currency)
    if not form.is_valid():
        return unclear(request, form, "web:claim", claim_id=claim_id)
    with _asking(form):
        post_payment(
            claim_id=claim_id,
            currency=claim.currency,
            source=PaymentSource.CREDITOR,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )
    if form.errors:
        return formed(request, "web/creditor/received_one.html", {"claim": claim}, form)
    messages.success(request, str(_("The payment is booked.")))
    return redirect("web:claim", claim_id)


@page(Permission.REPORT_PAYMENTS, methods=("GET", "POST"))
def payment_take_back(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """
    Take back a payment that the creditor itself reported; where shares have left it is asked for,
    and whoever asked may withdraw it.

    :raises NotReversible: not reported by the creditor, not booked, or taken back before
    """
    row = payment_for(payment_id=payment_id, actor=request.actor)
    booked = row.claim_id is not None and row.state == PaymentState.POSTED
    if not booked or row.source != PaymentSource.CREDITOR:
        raise NotReversible
    if request.POST.get("withdraw"):
        return _withdrawn(request, row)
    asked = row.asked(request.at)
    form = TakeBackForm(request.POST or None)
    if form.is_valid() and not asked:
        with refusals_in(form):
            undone = reverse_payment(
                payment_id=payment_id, **form.cleaned_data, actor=request.actor, at=request.at
            )
            done = undone.state == PaymentState.REVERSED
            messages.success(request, str(TAKEN_BACK if done else ASKED_BACK))
            return redirect("web:claim", row.claim_id)
    mine = asked and row.reversal_asked_by == request.actor.label
    shown = {"r": row, "asked": asked, "mine": mine, "settled": is_settled(row)}
    return formed(request, "web/creditor/take_back.html", shown, form)


def is_settled(row: PaymentRow) -> bool:
    """Tell whether the claim of a payment is closed, so that undoing it opens the claim again."""
    return row.claim_id is not None and claim_view(row.claim_id).state == ClaimState.CLOSED


def _withdrawn(request: StaffRequest, row: PaymentRow) -> HttpResponse:
    told: dict[str, Any] = {"seen": seen_in(request), "actor": request.actor, "at": request.at}

    def act() -> object:
        return withdraw_reversal(payment_id=row.id, **told)

    return acted(request, act, to="web:claim", done=WITHDRAWN, claim_id=row.claim_id)
