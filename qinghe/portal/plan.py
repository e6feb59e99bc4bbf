"""Pay in parts: choose an amount, see the whole schedule, then send it. Nothing happens before."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qinghe.casework.services import propose_plan, withdraw_plan
from qinghe.kernel import clock
from qinghe.kernel.errors import DomainError
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.planforms import PlanForm, SendPlanForm
from qinghe.portal.plans import Draft, MyPlan, Step, draft_of, my_plan
from qinghe.portal.restart import PLAN, restarts


@page()
def plan(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Ask for a monthly amount; or show the plan there is already, which may be changed."""
    claim = claim_of(claim_id, request.actor)
    standing = my_plan(claim_id, request.actor)
    anew = standing is not None and standing.running and "anew" in request.GET
    if standing is not None and standing.live and not anew:
        context = {"claim": claim, "plan": standing}
        return render(request, "portal/plan_status.html", context)
    return _ask(request, claim, PlanForm(claim=claim), standing)


@page("POST")
def plan_check(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show the whole schedule of an amount. Nothing is sent."""
    claim = claim_of(claim_id, request.actor)
    form = PlanForm(request.POST, claim=claim)
    if not form.is_valid():
        return _ask(request, claim, form)
    draft = draft_of(claim, form.cleaned_data["monthly"], form.variation)
    return _confirm(request, claim, draft, SendPlanForm(initial=form.proposal()))


@page("POST")
def plan_send(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Send the plan that was shown."""
    claim = claim_of(claim_id, request.actor)
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
    withdraw_plan(claim_id=claim_id, actor=request.actor, at=clock.now())
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
    return render(request, "portal/plan.html", context)


def _confirm(
    request: DebtorRequest, claim: MyClaim, draft: Draft, form: SendPlanForm
) -> HttpResponse:
    step = Step(2, 2, _("Pay in parts"))
    context = {"claim": claim, "draft": draft, "form": form, "step": step}
    context["restarts"] = restarts(PLAN)
    return render(request, "portal/plan_check.html", context)
