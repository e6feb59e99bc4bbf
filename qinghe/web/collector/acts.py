"""What a collector does on a case: ask the gate, record, promise, plan a call, give back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qinghe.casework.queries import promises
from qinghe.casework.services import add_record, cancel_promise, make_promise, plan_call_back
from qinghe.contact.services import record_outcome, request_contact
from qinghe.contact.terms import AttemptState
from qinghe.kernel.errors import DomainError
from qinghe.market.queries import mandate_for
from qinghe.market.services import give_back
from qinghe.parties.roles import Permission
from qinghe.parties.terms import Channel
from qinghe.web.collector.forms import (
    CallBackForm,
    GiveBackForm,
    OutcomeForm,
    PromiseForm,
    RecordForm,
)
from qinghe.web.doors import StaffRequest, acted, page, refused, unclear
from qinghe.web.numbers import ids

CASE = "web:case"


@page(Permission.CONTACT_DEBTORS, methods=("POST",))
def contact(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Ask the gate for one contact; a refusal is an answer, shown on the case page."""
    channel = request.POST.get("channel", "")
    if channel not in Channel.values:
        return redirect(CASE, claim_id)
    try:
        attempt = request_contact(
            claim_id=claim_id,
            channel=channel,
            template=request.POST.get("template", ""),
            actor=request.actor,
            at=request.at,
        )
    except DomainError as refusal:
        return refused(request, refusal)
    page_of_case = reverse(CASE, args=[claim_id])
    if attempt.state == AttemptState.REFUSED:
        return redirect(f"{page_of_case}?attempt={attempt.pk}#gate")
    messages.success(request, _("Permitted. It is being sent."))
    return redirect(page_of_case)


@page(Permission.CONTACT_DEBTORS, methods=("POST",))
def outcome(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Record what came of a call."""
    form = OutcomeForm(request.POST)
    asked = ids([request.POST.get("attempt", "")])
    if not form.is_valid() or not asked:
        return unclear(request, form, CASE, claim_id=claim_id)

    def act() -> object:
        return record_outcome(
            attempt_id=asked[0], **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=CASE, done=_("The outcome is on record."), claim_id=claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def record_work(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Write a collection record in codes, with an encrypted note."""
    form = RecordForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, CASE, claim_id=claim_id)

    def act() -> object:
        return add_record(
            claim_id=claim_id,
            **form.cleaned_data,
            attempt_id=None,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=CASE, done=_("Recorded."), claim_id=claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def promise(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Note a promise to pay; payments decide whether it is kept."""
    mandate = mandate_for(claim_id=claim_id, actor=request.actor, at=request.at)
    form = PromiseForm(request.POST, currency=mandate.claim.currency)
    if not form.is_valid():
        return unclear(request, form, CASE, claim_id=claim_id)

    def act() -> object:
        return make_promise(
            claim_id=claim_id,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=CASE, done=_("The promise is noted."), claim_id=claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def promise_cancel(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Take the open promise back: it counts neither as kept nor as broken."""
    mandate_for(claim_id=claim_id, actor=request.actor, at=request.at)
    standing = next(iter(promises(actor=request.actor, claim_id=claim_id)), None)
    if standing is None:
        return redirect(CASE, claim_id)

    def act() -> object:
        return cancel_promise(promise_id=standing.id, actor=request.actor, at=request.at)

    return acted(request, act, to=CASE, done=_("The promise was taken back."), claim_id=claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def call_back(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Plan a call at the moment the debtor asked for."""
    form = CallBackForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, CASE, claim_id=claim_id)

    def act() -> object:
        return plan_call_back(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=CASE, done=_("The call is planned."), claim_id=claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def return_order(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Give the order back with a reason; the claim can be placed again."""
    form = GiveBackForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, CASE, claim_id=claim_id)
    mandate = mandate_for(claim_id=claim_id, actor=request.actor, at=request.at)
    try:
        give_back(mandate_id=mandate.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    except DomainError as refusal:
        messages.error(request, refusal.user_message)
        return redirect(CASE, claim_id)
    messages.success(request, _("The order was given back."))
    return redirect("web:orders")
