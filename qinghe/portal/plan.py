"""Pay in parts: choose an amount, see the whole schedule, then send it. Nothing happens before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qinghe.casework.queries.early import early_offer_to
from qinghe.casework.refusals import NoSuchPlan
from qinghe.casework.services import propose_plan, withdraw_plan
from qinghe.claims.queries.payable import payable_for
from qinghe.kernel import clock
from qinghe.kernel.errors import DomainError
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.planforms import PlanForm, SendPlanForm
from qinghe.portal.plans import (
    Draft,
    MyPlan,
    Step,
    all_behind,
    draft_of,
    my_plan,
    respite_on,
    set_aside,
    terms_of,
    with_days,
)
from qinghe.portal.rest import rest_of
from qinghe.portal.restart import PLAN, restarts
from qinghe.settlement.queries.debits import debited_days, failed_days, my_debit


@page()
def plan(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Ask for a monthly amount; or show the plan there is already, which may be changed."""
    claim = claim_of(claim_id, request.actor)
    if not claim.open or not claim.owed:
        return redirect("portal:claim", claim_id=claim_id)
    standing = my_plan(claim_id, request.actor)
    wished = "anew" in request.GET and not claim.contest
    anew = wished and standing is not None and standing.running
    if standing is not None and standing.live and not anew:
        return _show(request, claim, standing)
    if claim.contest:
        context = {"claim": claim, "plan": standing, "set_aside": set_aside(standing, claim)}
        return render(request, "portal/plan_contested.html", context)
    return _ask(request, claim, PlanForm(claim=claim), standing)


def _show(request: DebtorRequest, claim: MyClaim, standing: MyPlan) -> HttpResponse:
    context: dict[str, Any] = {"claim": claim, "plan": standing, "rows": standing.rows}
    context["debit"] = my_debit(claim_id=claim.id, actor=request.actor)
    context["terms"] = terms_of(standing, claim)
    if standing.running:
        respite = respite_on(claim)
        failed = failed_days(claim_id=claim.id, actor=request.actor)
        context["held"] = respite.stands(claim.today)
        context["all_behind"] = all_behind(standing, respite)
        debited = debited_days(claim_id=claim.id, actor=request.actor)
        context["rows"] = with_days(standing, respite, failed, debited, claim.today)
    return render(request, "portal/plan_status.html", context)


@page("POST")
def plan_check(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show the whole schedule of an amount. Nothing is sent."""
    claim = claim_of(claim_id, request.actor)
    if claim.contest:
        return redirect("portal:plan", claim_id=claim_id)
    form = PlanForm(request.POST, claim=claim)
    if not form.is_valid():
        return _ask(request, claim, form)
    draft = draft_of(claim, form.cleaned_data["monthly"], form.variation)
    return _confirm(request, claim, draft, SendPlanForm(initial=form.proposal()))


@page("POST")
def plan_send(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Send the plan that was shown."""
    claim = claim_of(claim_id, request.actor)
    if claim.contest:
        return redirect("portal:plan", claim_id=claim_id)
    form = SendPlanForm(request.POST)
    done, _plan = sent(
        form,
        lambda actor: propose_plan(
            claim_id=claim_id,
            monthly=form.cleaned_data["monthly"],
            variation=form.variation(),
            affordable=form.cleaned_data["spare"],
            actor=actor,
            at=clock.now(),
        ),
        request.actor,
    )
    if done:
        return redirect("portal:sent", claim_id=claim_id, what="plan")
    draft = _draft(claim, form)
    if draft is None:
        return redirect("portal:plan", claim_id=claim_id)
    return _confirm(request, claim, draft, form)


@page("POST")
def plan_back(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take back a proposal that the creditor has not answered."""
    claim_of(claim_id, request.actor)
    try:
        withdraw_plan(claim_id=claim_id, actor=request.actor, at=clock.now())
    except NoSuchPlan:
        messages.info(request, _("No proposal is waiting: it was taken back or answered before."))
    return redirect("portal:plan", claim_id=claim_id)


def _draft(claim: MyClaim, form: SendPlanForm) -> Draft | None:
    """Return the schedule of a form that was refused; None when it shows none."""
    if "monthly" not in form.cleaned_data:
        return None
    try:
        return draft_of(claim, form.cleaned_data["monthly"], form.variation())
    except DomainError:
        return None


def _ask(
    request: DebtorRequest, claim: MyClaim, form: PlanForm, past: MyPlan | None = None
) -> HttpResponse:
    step = Step(1, 2, _("Pay in parts"))
    context = {"claim": claim, "form": form, "step": step, "plan": past}
    context["set_aside"] = set_aside(past, claim)
    limit = payable_for(claim_id=claim.id, actor=request.actor, at=clock.now())
    offer = early_offer_to(claim_id=claim.id, actor=request.actor, day=claim.today)
    context["rest"] = rest_of(past, claim, limit, offer=offer is not None)
    context["debit"] = my_debit(claim_id=claim.id, actor=request.actor)
    return render(request, "portal/plan.html", context)


def _confirm(
    request: DebtorRequest, claim: MyClaim, draft: Draft, form: SendPlanForm
) -> HttpResponse:
    step = Step(2, 2, _("Pay in parts"))
    context = {"claim": claim, "draft": draft, "form": form, "step": step}
    context |= {"restarts": restarts(PLAN), "terms": terms_of(draft, claim)}
    context["debit"] = my_debit(claim_id=claim.id, actor=request.actor)
    return render(request, "portal/plan_check.html", context)
