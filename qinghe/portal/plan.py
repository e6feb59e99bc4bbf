"""Pay in parts: choose an amount, see the whole schedule, then send it. Nothing happens before."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qinghe.casework.services import propose_plan
from qinghe.kernel import clock
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import PlanForm, SendPlanForm
from qinghe.portal.plans import MyPlan, Step, draft_of, my_plan


@page()
def plan(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Ask for a monthly amount; or show the plan there is already."""
    claim = claim_of(claim_id, request.actor)
    standing = my_plan(claim_id, request.actor)
    if standing is not None and standing.live:
        context = {"claim": claim, "plan": standing}
        return render(request, "portal/plan_status.html", context)
    return _ask(request, claim, _form(claim), standing)


@page("POST")
def plan_check(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show the whole schedule of an amount. Nothing is sent."""
    claim = claim_of(claim_id, request.actor)
    form = _form(claim, request)
    if not form.is_valid():
        return _ask(request, claim, form)
    monthly = form.cleaned_data["monthly"]
    return _confirm(request, claim, monthly, SendPlanForm(initial={"monthly": monthly}))


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
            actor=actor,
            at=clock.now(),
        ),
        request.actor,
    )
    if done:
        return redirect("portal:sent", claim_id=claim_id, what="plan")
    if "monthly" not in form.cleaned_data:
        return redirect("portal:plan", claim_id=claim_id)
    return _confirm(request, claim, form.cleaned_data["monthly"], form)


def _form(claim: MyClaim, request: DebtorRequest | None = None) -> PlanForm:
    data = request.POST if request else None
    return PlanForm(data, owed=claim.owed, currency=claim.currency)


def _ask(
    request: DebtorRequest, claim: MyClaim, form: PlanForm, past: MyPlan | None = None
) -> HttpResponse:
    step = Step(1, 2, _("Pay in parts"))
    context = {"claim": claim, "form": form, "step": step, "plan": past}
    return render(request, "portal/plan.html", context)


def _confirm(
    request: DebtorRequest, claim: MyClaim, monthly: int, form: SendPlanForm
) -> HttpResponse:
    context = {
        "claim": claim,
        "draft": draft_of(claim, monthly),
        "form": form,
        "step": Step(2, 2, _("Pay in parts")),
    }
    return render(request, "portal/plan_check.html", context)
