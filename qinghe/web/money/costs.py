"""Costs of the court on one claim: who advanced them, what came back, and who agrees."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.cost_terms import AdvanceKind
from qinghe.settlement.queries.costs import costs_of_claim
from qinghe.settlement.services import agree_advance, refuse_advance, tell_advance
from qinghe.web.amounts import Amount
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.operator.forms import DAY

ONE: Final = "web:claim-costs"


class AdvanceForm(forms.Form):
    """Costs that the own organisation paid, as the receipt shows them."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AdvanceKind.choices)
    paid_on = forms.DateField(label=_("Paid on"), widget=DAY)
    receipt = forms.CharField(label=_("Number of the receipt"), max_length=80)
    field_order = ("kind", "amount", "paid_on", "receipt")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = Amount(label=_("Amount"), currency=currency)
        self.order_fields(self.field_order)


@page(Permission.SEE_STATEMENTS)
def cost_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show who advanced costs of a claim, and take in what one's own organisation advanced."""
    costs = costs_of_claim(claim_id=claim_id, actor=request.actor)
    context = {"costs": costs, "form": AdvanceForm(currency=costs.currency)}
    return render(request, "web/money/costs.html", context)


@page(Permission.SEE_STATEMENTS, methods=("POST",))
def cost_tell(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Tell of costs that the own organisation advanced."""
    currency = costs_of_claim(claim_id=claim_id, actor=request.actor).currency
    form = AdvanceForm(request.POST, currency=currency)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)
    told = dict(form.cleaned_data)

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return tell_advance(claim_id=claim_id, **told, **by)

    done = _("Told. It counts once the other side has agreed.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.SEE_STATEMENTS, methods=("POST",))
def cost_decide(request: StaffRequest, claim_id: UUID, advance_id: UUID) -> HttpResponse:
    """Agree that costs were advanced, or refuse with a reason."""
    by: dict[str, Any] = {"advance_id": advance_id, "actor": request.actor, "at": request.at}
    if request.POST.get("refuse"):

        def refuse() -> object:
            return refuse_advance(why=request.POST.get("why", ""), **by)

        done = _("Refused. The other side reads your reason.")
        return acted(request, refuse, to=ONE, done=done, claim_id=claim_id)

    def agree() -> object:
        return agree_advance(**by)

    done = _("Agreed. What is paid of the costs now goes back first.")
    return acted(request, agree, to=ONE, done=done, claim_id=claim_id)
