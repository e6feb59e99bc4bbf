"""Offers of the dispatch (派单), and standing orders: what this collector is brought, and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.terms import Product, Stage
from qinghe.kernel.errors import DomainError
from qinghe.market.bands import bands
from qinghe.market.contracts import ONE_SIDED, terms
from qinghe.market.queries.offers import offers_for, standing_orders
from qinghe.market.queries.rights import rights_of
from qinghe.market.queries.signed import texts_of
from qinghe.market.services import (
    accept_offer,
    decline_offer,
    end_right,
    end_standing_order,
    make_standing_order,
    pause_standing_order,
    resume_standing_order,
)
from qinghe.market.terms import DeclineReason
from qinghe.parties.regions import provinces
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import band_words, chinese

HUNDRED = 100
OFFERS, STANDING = "web:offers", "web:standing-orders"
ACTS = {
    "pause": (pause_standing_order, _("Paused. Nothing new is brought.")),
    "resume": (resume_standing_order, _("It runs again.")),
    "end": (end_standing_order, _("Ended.")),
}


class DeclineForm(forms.Form):
    """Why an offer is not wanted."""

    reason = forms.ChoiceField(label=_("Reason"), choices=DeclineReason.choices)


class StandingForm(forms.Form):
    """Which orders to bring; nothing ticked means all. The commission is typed in per cent."""

    regions = forms.MultipleChoiceField(label=_("Provinces"), required=False)
    products = forms.MultipleChoiceField(
        label=_("Products"),
        choices=Product.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages"),
        choices=[(s.value, s.label) for s in Stage if s != Stage.M0],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    max_band = forms.TypedChoiceField(label=_("Amounts up to"), coerce=int)
    min_commission = forms.DecimalField(
        label=_("Commission at least, %"), min_value=0, max_value=50, decimal_places=2, initial=0
    )
    weekly_cap = forms.IntegerField(
        label=_("At most so many a week"), min_value=1, max_value=10_000, initial=20
    )
    ends_on = forms.DateField(
        label=_("Until, not including this day"), widget=forms.DateInput({"type": "date"})
    )
    auto_accept = forms.BooleanField(
        label=_("Accept at once: I sign the terms of each order in my name"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions, top = self.fields["regions"], self.fields["max_band"]
        assert isinstance(regions, forms.MultipleChoiceField)
        assert isinstance(top, forms.TypedChoiceField)
        regions.choices = list(provinces("zh" if chinese() else "en"))
        top.choices = [(b.index, str(band_words(b.index, "CNY"))) for b in bands()]
        top.initial = len(top.choices) - 1


@page(Permission.TAKE_ORDERS)
def offer_list(request: StaffRequest) -> HttpResponse:
    """Show the offers that wait, how long, and why they came here; and the latest answers."""
    rows = offers_for(actor=request.actor, waiting=True)
    lang = "zh" if chinese() else "en"
    hashes = {row.document_sha256 for row in rows if row.document_sha256}
    signed = [{"sha256": h, "version": v, "text": t} for h, v, t in texts_of(hashes, lang)]
    if any(row.document_sha256 is None for row in rows):
        blank = terms(ONE_SIDED)
        one_sided = {"sha256": blank.sha256, "version": blank.version, "text": blank.text(lang)}
        signed.append(one_sided)
    context = {
        "rows": rows,
        "signed": signed,
        "past": offers_for(actor=request.actor, waiting=False),
        "reasons": DeclineReason.choices,
        "rights": rights_of(actor=request.actor, at=request.at),
    }
    return render(request, "web/collector/offers.html", context)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def offer_accept(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """Accept an offer: sign its terms and open the case, or say why it cannot be."""
    try:
        mandate = accept_offer(offer_id=offer_id, actor=request.actor, at=request.at)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
        return redirect(OFFERS)
    messages.success(request, _("The order is yours. The terms are signed."))
    return redirect("web:case", mandate.claim_id)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def offer_decline(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """Decline an offer with a reason."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, OFFERS)

    def act() -> object:
        return decline_offer(
            offer_id=offer_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=OFFERS, done=_("Declined. It goes to somebody else."))


@page(Permission.TAKE_ORDERS, methods=("GET", "POST"))
def standing_list(request: StaffRequest) -> HttpResponse:
    """Show the standing orders with what each brought, and make one."""
    form = StandingForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        asked["min_commission"] /= HUNDRED
        with refusals_in(form):
            make_standing_order(**asked, actor=request.actor, at=request.at)
            messages.success(request, _("The standing order runs from the next window on."))
            return redirect(STANDING)
    context = {"rows": standing_orders(actor=request.actor, at=request.at)}
    return formed(request, "web/collector/standing_orders.html", context, form)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def standing_switch(request: StaffRequest, standing_id: UUID, what: str) -> HttpResponse:
    """Pause, resume or end a standing order."""
    if what not in ACTS:
        raise Http404
    do, done = ACTS[what]

    def act() -> object:
        return do(standing_id=standing_id, actor=request.actor, at=request.at)

    return acted(request, act, to=STANDING, done=done)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def right_give_up(request: StaffRequest, right_id: UUID) -> HttpResponse:
    """Give up the first right to an order."""

    def act() -> object:
        return end_right(right_id=right_id, reason="", actor=request.actor, at=request.at)

    return acted(request, act, to=OFFERS, done=_("Given up. The creditor may offer it to others."))
