"""The creditor's side: ask for quotations, compare them after the hour, choose or say why not."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries.information import asked_names, compared, own_request, own_requests
from qinghe.market.queries.listed import listed
from qinghe.market.services.introducing import propose_introduction
from qinghe.market.services.quoting import (
    ask_quotes,
    close_request,
    pass_over,
    withdraw_request,
)
from qinghe.parties.roles import Permission
from qinghe.web.creditor.inviting import usual_closing
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.information.forms import AskForm, PassForm

LIST, ONE = "web:quotes", "web:quotes-request"


@page(Permission.SUBMIT_CLAIMS)
def request_list(request: StaffRequest) -> HttpResponse:
    """Show a creditor's requests; nothing tells of answers before the hour."""
    rows = own_requests(actor=request.actor)
    return render(request, "web/information/requests.html", {"rows": rows})


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def request_new(request: StaffRequest) -> HttpResponse:
    """Describe a portfolio in bands and ask."""
    agencies = listed(request.at)
    if not agencies and request.method != "POST":
        return render(request, "web/information/ask_nobody.html")
    initial = {"closes_at": usual_closing(request.at)}
    form = AskForm(request.POST or None, agencies=agencies, initial=initial)
    if form.is_valid():
        asked = form.cleaned_data
        asked["collector_ids"] = [UUID(each) for each in asked["collector_ids"]]
        with refusals_in(form):
            made = ask_quotes(**asked, actor=request.actor, at=request.at)
            return redirect(ONE, made.pk)
    return formed(request, "web/information/ask.html", {}, form)


@page(Permission.SUBMIT_CLAIMS)
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Show one request: sealed until the hour, then every answer beside the agency's record."""
    found = own_request(request_id=request_id, actor=request.actor)
    rows = compared(request=found, at=request.at)
    intro = next((r.introduction for r in rows if r.introduction and r.introduction.is_live), None)
    context = {
        "r": found,
        "names": asked_names(found.pk),
        "rows": rows,
        "intro": intro,
        "form": PassForm(),
    }
    return render(request, "web/information/request.html", context)


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def request_withdraw(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Take a request back before its hour."""

    def act() -> object:
        return withdraw_request(request_id=request_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Taken back."), request_id=request_id)


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def request_close(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Finish a request without choosing."""

    def act() -> object:
        return close_request(request_id=request_id, actor=request.actor, at=request.at)

    done = _("Finished. Every agency reads why.")
    return acted(request, act, to=ONE, done=done, request_id=request_id)


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def quotation_choose(request: StaffRequest, request_id: UUID, quotation_id: UUID) -> HttpResponse:
    """Accept a quotation; the agency is asked."""

    def act() -> object:
        return propose_introduction(quotation_id=quotation_id, actor=request.actor, at=request.at)

    done = _("The agency is asked. Contact persons open once it agrees.")
    return acted(request, act, to=ONE, done=done, request_id=request_id)


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def quotation_pass(request: StaffRequest, request_id: UUID, quotation_id: UUID) -> HttpResponse:
    """Say why a quotation is not taken."""
    form = PassForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, request_id=request_id)

    def act() -> object:
        return pass_over(
            quotation_id=quotation_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The agency reads why."), request_id=request_id)
