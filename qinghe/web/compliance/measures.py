"""What a compliance officer does to a claim by hand: stop contact, let it go on, resume work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView
from qinghe.claims.services import hold_by_hand, lift_by_hand
from qinghe.claims.terms import BY_HAND
from qinghe.kernel.actor import Actor
from qinghe.market.queries import mandate_by_id
from qinghe.market.services import resume
from qinghe.parties.roles import Permission, may
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:claim"


class HoldForm(forms.Form):
    """Why contact stops, until when, and whether about everything."""

    kind = forms.ChoiceField(
        label=_("Why contact must stop"), choices=[(each.value, each.label) for each in BY_HAND]
    )
    until = forms.DateField(
        label=_("First day without the hold"),
        help_text=_("Leave empty: it stands until somebody lifts it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    claim_only = forms.BooleanField(label=_("About this claim only"), required=False)


class ResumeForm(forms.Form):
    """Why work may go on."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stays in the journal: no names, no numbers of accounts."),
    )


def measures_for(view: ClaimView, actor: Actor) -> dict[str, Any]:
    """Return what the page of a claim offers to those who manage holds and suspensions."""
    return {
        "manages_holds": may(actor, Permission.MANAGE_HOLDS),
        "by_hand": [hold for hold in view.holds if hold.kind in BY_HAND],
        "hold_form": HoldForm(),
        "resumes": may(actor, Permission.SUSPEND),
        "resume_form": ResumeForm(),
    }


@page(Permission.MANAGE_HOLDS, methods=("POST",))
def hold_place(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Stop contact at once, for what was learnt outside of the platform."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return hold_by_hand(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Contact is stopped."), claim_id=claim_id)


@page(Permission.MANAGE_HOLDS, methods=("POST",))
def hold_lift(request: StaffRequest, claim_id: UUID, hold_id: UUID) -> HttpResponse:
    """Lift a hold that was placed by hand."""

    def act() -> object:
        return lift_by_hand(claim_id=claim_id, hold_id=hold_id, actor=request.actor, at=request.at)

    done = _("The hold is lifted. Contact is open again unless another hold stands.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.SUSPEND, methods=("POST",))
def mandate_resume(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Let work under a suspended mandate go on, with a reason both sides read."""
    claim_id = mandate_by_id(mandate_id=mandate_id, actor=request.actor).claim_id
    form = ResumeForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return resume(
            mandate_id=mandate_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("The mandate is active again. The collector may work.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)
