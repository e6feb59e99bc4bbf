"""Orders that came back: why, whether that holds, and offered again in one press."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries.excuses import excuses
from qinghe.market.queries.returned import back
from qinghe.market.queries.rights import rights_of
from qinghe.market.services import confirm_return, end_right, offer_back, refuse_return, relist
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

BACK = "web:back"
HUNDRED = Decimal(100)


class RelistForm(forms.Form):
    """What the next hand is offered; nothing: what the plan says."""

    commission = forms.DecimalField(
        label=_("Commission, %"), min_value=0, max_value=50, decimal_places=2, required=False
    )


class RefuseReturnForm(forms.Form):
    """Why a reason does not hold; the collector reads it."""

    words = forms.CharField(label=_("Why it does not hold"), max_length=300)


@page(Permission.PLACE_CLAIMS)
def back_list(request: StaffRequest) -> HttpResponse:
    """Show what came back and is free to be offered, with the reason and a suggestion."""
    rows = back(actor=request.actor)
    context = {
        "rows": rows,
        "excuses": excuses(actor=request.actor),
        "rights": rights_of(actor=request.actor, at=request.at),
    }
    return render(request, "web/creditor/back.html", context)


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def back_relist(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Offer one claim again as the next hand."""
    form = RelistForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, BACK)
    asked = form.cleaned_data["commission"]

    def act() -> object:
        return relist(
            claim_id=claim_id,
            commission_rate=asked / HUNDRED if asked is not None else None,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=BACK, done=_("It is in the hall again."))


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def return_confirm(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Confirm the reason of a return."""

    def act() -> object:
        return confirm_return(mandate_id=mandate_id, actor=request.actor, at=request.at)

    done = _("Confirmed. The return does not count against the collector.")
    return acted(request, act, to=BACK, done=done)


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def return_refuse(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Say that the reason of a return does not hold."""
    form = RefuseReturnForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, BACK)

    def act() -> object:
        return refuse_return(
            mandate_id=mandate_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Not confirmed. The return counts, and the collector reads why.")
    return acted(request, act, to=BACK, done=done)


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def right_offer(request: StaffRequest, right_id: UUID) -> HttpResponse:
    """Offer an order back to the collector that lost it by a decision set aside."""

    def act() -> object:
        return offer_back(right_id=right_id, actor=request.actor, at=request.at)

    return acted(request, act, to=BACK, done=_("Offered back. The collector accepts by taking."))


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def right_end(request: StaffRequest, right_id: UUID) -> HttpResponse:
    """Let a first right go, with the reason that the collector reads."""

    def act() -> object:
        reason = request.POST.get("reason", "")[:300]
        return end_right(right_id=right_id, reason=reason, actor=request.actor, at=request.at)

    return acted(request, act, to=BACK, done=_("Free to be offered to others. The reason is kept."))
