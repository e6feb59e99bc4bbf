"""Claims: the table with its filters, one claim with its equation, lines, evidence and timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries import items_of, work_on
from qinghe.claims.queries import ClaimFilters, ClaimView, claim_for, claims_table
from qinghe.claims.queries.amounts import agreed_for, verification_for
from qinghe.claims.queries.byhand import came_by_hand
from qinghe.claims.queries.merging import half_taken
from qinghe.claims.queries.papers import count_lacking, papers_of
from qinghe.claims.services import withdraw_claim
from qinghe.claims.terms import ClaimState, Product, Stage
from qinghe.contact.queries import attempts_of_claim
from qinghe.contact.services import insist, send_door_letter
from qinghe.kernel.actor import Actor
from qinghe.market.queries import mandates
from qinghe.parties.queries import contact_points, erasure_asked_at
from qinghe.parties.roles import Permission, may
from qinghe.web.claimparts import equation, hold_marks, next_step
from qinghe.web.compliance.measures import measures_for
from qinghe.web.creditor.agreements import HardshipForm
from qinghe.web.creditor.answering import answers_for
from qinghe.web.creditor.complaining import ComplaintForm
from qinghe.web.creditor.evidence import forms_for
from qinghe.web.creditor.objecting import objection_for
from qinghe.web.creditor.received import ReceivedForm
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.evidence import items_of as items_of_evidence
from qinghe.web.formats import as_day
from qinghe.web.happenings import happenings, shown
from qinghe.web.legalparts import law_of
from qinghe.web.numbers import page_asked

ONE = "web:claim"
# No state of a claim but a question: what waits for its creditor.
TO_COMPLETE = "to-complete"


class WithdrawForm(forms.Form):
    """Why a claim is withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


def _filters(asked: QueryDict) -> ClaimFilters:
    """Return what the address asks for; what it says wrong is not asked."""
    state = asked.get("state", "")
    held = {"1": True, "0": False}.get(asked.get("held", ""))
    return ClaimFilters(
        state="" if state == TO_COMPLETE else state,
        to_complete=state == TO_COMPLETE,
        stage=asked.get("stage", ""),
        product=asked.get("product", ""),
        held=held,
        text=asked.get("q", ""),
        batch_id=_id(asked.get("batch", "")),
        lacking=asked.get("papers") == "missing",
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@page(Permission.MANAGE_CLAIMS, Permission.SEE_ALL_CLAIMS)
def claim_list(request: StaffRequest) -> HttpResponse:
    """Show the claims this actor may see; the address is the saved search."""
    filters = _filters(request.GET)
    found = claims_table(actor=request.actor, filters=filters, page=page_asked(request.GET))
    places = request.actor.role == "creditor"
    shown_ids = [row.id for row in found.rows]
    context = {
        "found": found,
        "page": found,
        "half": half_taken(shown_ids),
        "papers": papers_of(shown_ids) if filters.lacking or filters.to_complete else {},
        "lacking": count_lacking(actor=request.actor) if places else None,
        "filters": filters,
        "states": ClaimState.choices,
        "stages": Stage.choices,
        "products": Product.choices,
        "places": places,
    }
    return render(request, "web/creditor/claims.html", context)


@page(Permission.MANAGE_CLAIMS, Permission.SEE_ALL_CLAIMS)
def claim_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim: what is owed and why, proof, holds, who works it, and all that happened."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    work = work_on(claim_id=claim_id, actor=request.actor, at=request.at)
    contacts = attempts_of_claim(claim_id=claim_id, actor=request.actor)
    items = items_of(view=view, attempts=contacts, work=work)
    tagged = happenings(items=items, claim_id=claim_id)
    context = {
        "claim": view,
        "half": bool(half_taken([claim_id])),
        "terms": equation(view, as_day(request.at)),
        "holds": hold_marks(view.holds),
        "next_step": next_step(view),
        "law": law_of(view, as_day(request.at)),
        "agreed": agreed_for(claim_id=claim_id, actor=request.actor),
        "told_by_hand": came_by_hand(view),
        "check": verification_for(claim_id=claim_id, actor=request.actor),
        **shown(tagged, kind=request.GET.get("kind", ""), everything="all" in request.GET),
        "mandate": next(iter(mandates(actor=request.actor, claim_id=claim_id)), None),
        "plan": work.plan,
        "hardship": work.hardship,
        "sends_codes": may(request.actor, Permission.MANAGE_DEBTOR_ACCESS),
        "reads_notes": may(request.actor, Permission.DECIDE_COMPLAINTS),
        "decides_hardship": may(request.actor, Permission.DECIDE_HARDSHIP),
        "hardship_form": HardshipForm(),
        **measures_for(view, request.actor),
        **_points(view, request.actor),
        "mine": request.actor.role == "creditor",
        **answers_for(view, mine=request.actor.role == "creditor"),
        **objection_for(view, mine=request.actor.role == "creditor"),
        "evidence": items_of_evidence(view),
        "opens_evidence": may(request.actor, Permission.MANAGE_CLAIMS)
        or may(request.actor, Permission.VERIFY_CLAIMS),
        **forms_for(view),
        "withdraw_form": WithdrawForm(),
        "complaint_form": ComplaintForm(),
        "received_form": ReceivedForm(currency=view.currency),
    }
    return render(request, "web/creditor/claim.html", context)


def _points(view: ClaimView, actor: Actor) -> dict[str, Any]:
    """Return what those who watch over a person's data see: masked addresses, what was asked."""
    if not may(actor, Permission.MANAGE_HOLDS):
        return {"watches": False}
    return {
        "watches": True,
        "points": contact_points(view.debtor_id),
        "erasure_asked": erasure_asked_at(view.debtor_id),
    }


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_withdraw(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Withdraw a claim that nobody works: nothing of it is owed here any more."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return withdraw_claim(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The claim was withdrawn."), claim_id=claim_id)


@page(Permission.MANAGE_DEBTOR_ACCESS, methods=("POST",))
def door_letter(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Send the debtor a letter with a new code: people lose letters."""

    def act() -> object:
        return insist(send_door_letter(claim_id=claim_id, actor=request.actor, at=request.at))

    done = _("A letter with a new code goes to the address on record.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)
