"""Orders that came back from collectors: why, and offered again in one press."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries.returned import back
from qinghe.market.services import relist
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

HUNDRED = Decimal(100)


class RelistForm(forms.Form):
    """What the next hand is offered; nothing: what the plan says."""

    commission = forms.DecimalField(
        label=_("Commission, %"), min_value=0, max_value=50, decimal_places=2, required=False
    )


@page(Permission.PLACE_CLAIMS)
def back_list(request: StaffRequest) -> HttpResponse:
    """Show what came back and is free to be offered, with the reason and a suggestion."""
    rows = back(actor=request.actor)
    return render(request, "web/creditor/back.html", {"rows": rows})


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def back_relist(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Offer one claim again as the next hand."""
    form = RelistForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, "web:back")
    asked = form.cleaned_data["commission"]

    def act() -> object:
        return relist(
            claim_id=claim_id,
            commission_rate=asked / HUNDRED if asked is not None else None,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to="web:back", done=_("It is in the hall again."))
