"""Mandates: who works which claim under which signed terms; recall ends one at once."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries import mandates
from qinghe.market.services import recall
from qinghe.market.terms import LIVE, MandateState
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

OVER = tuple(state for state in MandateState.values if state not in LIVE)


class ReasonForm(forms.Form):
    """Why something is ended; the other side reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@page(Permission.PLACE_CLAIMS)
def mandate_list(request: StaffRequest) -> HttpResponse:
    """Show the live mandates, or those that are over."""
    over = request.GET.get("over") == "1"
    rows = mandates(actor=request.actor, states=OVER if over else LIVE)
    context = {"rows": rows, "over": over, "form": ReasonForm()}
    return render(request, "web/creditor/mandates.html", context)


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def mandate_recall(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Recall a mandate: the collector's work ends at once."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, "web:mandates")

    def act() -> object:
        return recall(
            mandate_id=mandate_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to="web:mandates", done=_("Recalled. The collector must stop now."))
