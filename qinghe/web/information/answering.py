"""The agency's side: requests it was asked about, and its answer under seal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries.information import asked_of_me, asked_one
from qinghe.market.quote_envelopes import Quote
from qinghe.market.services.quotes import hand_in_quote, refuse_quote, withdraw_quote
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.information.forms import QuoteForm, RefuseForm

HUNDRED = 100
ONE = "web:quotes-answer"


@page(Permission.TAKE_ORDERS)
def asked_list(request: StaffRequest) -> HttpResponse:
    """Show the requests this agency was asked about, with its own answers."""
    rows = asked_of_me(actor=request.actor)
    return render(request, "web/information/asked.html", {"rows": rows, "at": request.at})


@page(Permission.TAKE_ORDERS, methods=("GET", "POST"))
def answer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Show one request and hand in a quotation."""
    found = asked_one(request_id=request_id, actor=request.actor)
    form = QuoteForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        asked["rate"] /= HUNDRED
        asked["quality_share"] /= HUNDRED
        with refusals_in(form):
            hand_in_quote(
                request_id=request_id, quote=Quote(**asked), actor=request.actor, at=request.at
            )
            messages.success(request, _("Sealed. It can be changed until the deadline."))
            return redirect(ONE, request_id)
    open_now = found.request.state == "open" and request.at < found.request.closes_at
    context = {"a": found, "r": found.request, "open": open_now, "no": RefuseForm()}
    return formed(request, "web/information/answer.html", context, form)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def refuse(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Refuse under seal."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, request_id=request_id)

    def act() -> object:
        return refuse_quote(
            request_id=request_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Sealed. It can be changed until the deadline.")
    return acted(request, act, to=ONE, done=done, request_id=request_id)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def take_back(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Take the own answer back."""

    def act() -> object:
        return withdraw_quote(request_id=request_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Taken back."), request_id=request_id)
