"""What a creditor answers: the debtor's proposed plan, and a request for a pause."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries import HardshipRow, hardship_of, plan_of
from qinghe.casework.refusals import NoReason
from qinghe.casework.services import decide_hardship, decide_plan
from qinghe.casework.terms import HardshipRefusal
from qinghe.claims.queries import claim_for
from qinghe.kernel.shown import check_shown
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

ONE = "web:claim"


class HardshipForm(forms.Form):
    """Whether the debtor gets a pause, and until when."""

    granted = forms.ChoiceField(
        label=_("Answer"),
        choices=[("1", _("Grant the pause")), ("0", _("Do not grant it"))],
        widget=forms.RadioSelect,
    )
    pause_until = forms.DateField(
        label=_("Pause until"),
        help_text=_("What a running plan asks before this day moves behind it, month by month."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    refusal = forms.ChoiceField(
        label=_("Why not?"),
        help_text=_("Only if you do not grant it. The debtor reads this sentence."),
        choices=[("", "—"), *HardshipRefusal.choices],
        required=False,
    )
    no_interest = forms.BooleanField(label=_("No interest in this time either"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("granted") == "1" and not data.get("pause_until"):
            self.add_error("pause_until", _("Say until when."))
        if data.get("granted") == "0" and not data.get("refusal"):
            self.add_error("refusal", NoReason.text)
        return data


@page(Permission.DECIDE_PLANS, methods=("POST",))
def plan_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Agree to the plan of a debtor that the page showed, or decline it."""
    plan = plan_of(claim_id=claim_id, actor=request.actor)
    if plan is None:
        return redirect(ONE, claim_id)
    agreed = request.POST.get("agreed") == "1"

    def act() -> object:
        check_shown(seen_in(request), str(plan.id))
        return decide_plan(plan_id=plan.id, agreed=agreed, actor=request.actor, at=request.at)

    done = _("Agreed. While it is kept, nobody collects.") if agreed else _("Declined.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


def _words(request: StaffRequest, asked: HardshipRow) -> str:
    """Return what the debtor wrote; opening it is put on record."""
    if asked.statement_id is None:
        return ""
    return reveal(
        item_id=asked.statement_id, purpose=Purpose.HARDSHIP, actor=request.actor, at=request.at
    )


@page(Permission.DECIDE_HARDSHIP, methods=("GET", "POST"))
def hardship_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show what the debtor wrote; grant a pause until a day, or not."""
    asked = hardship_of(claim_id=claim_id, actor=request.actor)
    if asked is None:
        return redirect(ONE, claim_id)
    if request.method == "POST":
        return _decide(request, asked)
    context = {
        "claim": claim_for(claim_id=claim_id, actor=request.actor),
        "hardship": asked,
        "words": _words(request, asked),
        "hardship_form": HardshipForm(),
    }
    return render(request, "web/creditor/hardship_page.html", context)


def _decide(request: StaffRequest, asked: HardshipRow) -> HttpResponse:
    claim_id, form = asked.claim_id, HardshipForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)
    granted = form.cleaned_data["granted"] == "1"

    def act() -> object:
        check_shown(seen_in(request), str(asked.id))
        return decide_hardship(
            hardship_id=asked.id,
            granted=granted,
            pause_until=form.cleaned_data["pause_until"] if granted else None,
            no_interest=form.cleaned_data["no_interest"],
            refusal=form.cleaned_data["refusal"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("The debtor has your answer."), claim_id=claim_id)
