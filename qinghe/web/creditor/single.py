"""One claim by hand in three steps: tell it, see what would happen, add the proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import BatchView, batch_for, claim_for
from qinghe.claims.queries.byhand import claim_of_batch, told_by_hand
from qinghe.claims.services import (
    DryRun,
    accept_batch,
    dry_run,
    look_at_claim,
    post_claim,
    refuse_batch,
)
from qinghe.claims.services.creditors import why_closed
from qinghe.claims.services.limits import Room, is_limited, room_of
from qinghe.claims.terms import BatchState
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.web.creditor.evidence import forms_for
from qinghe.web.creditor.shut import shut
from qinghe.web.creditor.singleform import SingleForm, first_values
from qinghe.web.doors import StaffRequest, formed, page
from qinghe.web.evidence import items_of
from qinghe.web.formats import as_day
from qinghe.web.parts import Crumb

STEPS = 3


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def claim_new(request: StaffRequest) -> HttpResponse:
    """Ask for one debt in plain words; every refusal stands beside its question."""
    assert request.actor.org_id is not None
    if (refusal := why_closed(request.actor.org_id, request.at)) is not None:
        return shut(request, refusal)
    private = _private(request)
    before = _before(request)
    form = SingleForm(
        request.POST or None, private=private, initial=_first(request, private, before)
    )
    if form.is_bound:
        batch_id = _posted(request, form, before.id if before else None)
        if batch_id is not None:
            return redirect("web:claim-look", batch_id)
    context = {
        "step": Crumb(1, STEPS, _("Tell what is owed")),
        "before": before,
        "private": private,
    }
    return formed(request, "web/creditor/claim_new.html", context, form)


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def claim_look(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show what would happen with the claim, and post it, change it or leave it."""
    batch = batch_for(batch_id=batch_id, actor=request.actor)
    if batch.state != BatchState.CHECKED or batch.rows != 1 or not batch.valid:
        proof = batch.state == BatchState.ACCEPTED and batch.accepted == 1
        return redirect("web:claim-proof" if proof else "web:batch", batch_id)
    if request.method == "POST":
        return _decided(request, batch)
    run = dry_run(batch_id=batch_id, actor=request.actor, at=request.at)
    told = told_by_hand(batch, actor=request.actor)
    context = {
        "step": Crumb(2, STEPS, _("See what would happen")),
        "batch": run.batch,
        "run": run,
        "row": run.sample[0],
        "claim": {"currency": run.currency, "overdue_rate_pct": run.sample[0].rate_applied},
        "told": told,
        "can_be_written_to": bool(told.get("address") or told.get("email")),
        **_amount(run),
        "room": _room(request),
    }
    return render(request, "web/creditor/claim_look.html", context)


@page(Permission.SUBMIT_CLAIMS)
def claim_proof(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Ask for the papers that prove the claim just posted."""
    batch = batch_for(batch_id=batch_id, actor=request.actor)
    claim_id = claim_of_batch(batch) if batch.rows == 1 else None
    if claim_id is None:
        return redirect("web:batch", batch_id)
    view = claim_for(claim_id=claim_id, actor=request.actor)
    context = {
        "step": Crumb(3, STEPS, _("Add the proof")),
        "claim": view,
        "mine": True,
        "opens_evidence": True,
        "evidence": items_of(view),
        **forms_for(view),
    }
    return render(request, "web/creditor/claim_proof.html", context)


def _private(request: StaffRequest) -> bool:
    assert request.actor.org_id is not None
    return is_limited(request.actor.org_id)


def _before(request: StaffRequest) -> BatchView | None:
    """Return the claim that is to be changed: laid ready, and not decided on."""
    text = request.GET.get("change", "")
    try:
        found = batch_for(batch_id=UUID(text), actor=request.actor) if text else None
    except ValueError:
        return None
    return found if found and found.state == BatchState.CHECKED else None


def _first(request: StaffRequest, private: bool, before: BatchView | None) -> dict[str, Any]:
    told = told_by_hand(before, actor=request.actor) if before and not request.POST else {}
    return first_values(private, before.as_of if before else as_day(request.at), told)


def _posted(request: StaffRequest, form: SingleForm, replaces: UUID | None) -> UUID | None:
    """Lay the claim ready; None when something is wrong, which the form then says."""
    creditor_id, readable = request.actor.org_id, form.is_valid()
    assert creditor_id is not None
    day = form.day or as_day(request.at)
    asked: dict[str, Any] = {
        "creditor_id": creditor_id,
        "told": form.told(),
        "as_of": day,
        "at": request.at,
    }
    try:
        form.blame(look_at_claim(**asked, actor=request.actor))
        if readable and not form.errors:
            return post_claim(**asked, replaces=replaces, actor=request.actor).pk
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        form.add_error(None, refusal.user_message)
    return None


def _decided(request: StaffRequest, batch: BatchView) -> HttpResponse:
    actor, at = request.actor, request.at
    try:
        if request.POST.get("choice") == "none":
            refuse_batch(batch_id=batch.id, actor=actor, at=at)
            messages.success(request, now_("Nothing was posted."))
            return redirect("web:batches")
        accept_batch(batch_id=batch.id, partial=False, actor=actor, at=at)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
        return redirect("web:claim-look", batch.id)
    messages.success(request, now_("The claim is posted. Now add the papers that prove it."))
    return redirect("web:claim-proof", batch.id)


def _amount(run: DryRun) -> dict[str, Any]:
    found = run.amounts.first
    if found is None:
        return {"check": None, "more": False}
    return {
        "check": found.check,
        "agreed": found.agreed,
        "excess": found.excess,
        "more": bool(run.amounts.too_much),
    }


def _room(request: StaffRequest) -> Room | None:
    if not _private(request):
        return None
    assert request.actor.org_id is not None
    return room_of(creditor_id=request.actor.org_id, at=request.at)
