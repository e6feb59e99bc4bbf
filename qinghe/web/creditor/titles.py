"""Who a claim belongs to: its chain, assigning it, telling the debtor, offers from others."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView, claim_for
from qinghe.claims.queries.titles import offers_to
from qinghe.claims.services import (
    StepGiven,
    decline_assignment,
    offer_assignment,
    record_act,
    record_notice,
    tell_chain,
)
from qinghe.market.services import take_over
from qinghe.parties.roles import Permission
from qinghe.web.creditor.contract import ONE
from qinghe.web.creditor.contractforms import ActForm, AssignForm, ChainForm, NoticeForm
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

OFFERS: Final = "web:assignments"


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_chain(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Tell how a claim came here from its first creditor."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = ChainForm(request.POST, files=view.evidence, prefix="c")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        steps = _steps(form, view)
        return tell_chain(claim_id=claim_id, steps=steps, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("The chain is kept."), claim_id=claim_id)


def _steps(form: ChainForm, view: ClaimView) -> list[StepGiven]:
    """Return the chain step by step: the first creditor, those in between, the claimant."""
    asked = form.cleaned_data
    stations = [(asked["first"], None), *asked["holders"], (view.creditor_name, asked["on"])]
    last = len(stations) - 2
    return [
        StepGiven(
            from_name=before[0],
            to_name=after[0],
            on=after[1],
            evidence_id=UUID(asked["evidence"]),
            # That later creditors were told of is enough: the last step is what binds.
            notice_reached_on=asked["told_on"] if place == last else None,
            from_kind=asked["first_kind"] if place == 0 else "",
        )
        for place, (before, after) in enumerate(pairwise(stations))
    ]


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_assign(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Offer a claim to another creditor."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = AssignForm(request.POST, files=view.evidence, prefix="a")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return offer_assignment(
            claim_id=claim_id,
            to_slug=form.cleaned_data["to_slug"],
            evidence_id=UUID(form.cleaned_data["evidence"]),
            actor=request.actor,
            at=request.at,
        )

    done = _("Offered. The claim passes when the new creditor accepts.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_notice(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Record that the debtor was told of an assignment."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = NoticeForm(request.POST, files=view.evidence, prefix="n")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return record_notice(
            claim_id=claim_id,
            reached_on=form.cleaned_data["reached_on"],
            evidence_id=UUID(form.cleaned_data["evidence"]),
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Recorded."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_act(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Record an act that interrupts or suspends the limitation."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = ActForm(request.POST, files=view.evidence, prefix="t")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return record_act(
            claim_id=claim_id,
            kind=form.cleaned_data["kind"],
            on=form.cleaned_data["on"],
            ended_on=form.cleaned_data["ended_on"],
            evidence_id=UUID(form.cleaned_data["evidence"]),
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Recorded."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS)
def assignments(request: StaffRequest) -> HttpResponse:
    """Show the claims that other creditors offer to this one."""
    context = {"offers": offers_to(actor=request.actor)}
    return render(request, "web/creditor/assignments.html", context)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def assignment_decide(request: StaffRequest, title_id: UUID) -> HttpResponse:
    """Accept an offered claim or decline it; whoever offered it takes it back the same way."""
    accepted = request.POST.get("decision") == "accept"

    def act() -> object:
        told: dict[str, Any] = {"title_id": title_id, "actor": request.actor, "at": request.at}
        if accepted:
            return take_over(**told, seen=seen_in(request))
        return decline_assignment(**told)

    done = _("The claim is yours. Tell the debtor now.") if accepted else _("Declined.")
    return acted(request, act, to=OFFERS, done=done)
