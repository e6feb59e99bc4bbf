"""Two claims that may be one debt, the amount calculated again, acts of limitation."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries.titles import duplicates_of
from qinghe.claims.services import check_amount, decide_act, decide_duplicate
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:verify-claim"


class PairForm(forms.Form):
    """Which of two claims about what may be one debt stands."""

    kept = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("first", _("One debt: the earlier claim stands, the later is rejected")),
            ("second", _("One debt: the later claim stands, the earlier is rejected")),
            ("both", _("Two debts: both go on")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def verify_check(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Calculate the amount again from contract and payments, and keep the result."""

    def act() -> object:
        return check_amount(claim_id=claim_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Calculated again."), claim_id=claim_id)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def act_decide(request: StaffRequest, claim_id: UUID, act_id: UUID) -> HttpResponse:
    """Say whether the file shows an act of limitation that the creditor told."""
    accepted = request.POST.get("accepted") == "1"

    def act() -> object:
        return decide_act(act_id=act_id, accepted=accepted, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Recorded."), claim_id=claim_id)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def duplicate_decide(request: StaffRequest, claim_id: UUID, duplicate_id: UUID) -> HttpResponse:
    """Decide whether two claims are one debt, and which of them stands."""
    form = PairForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)
    pair = next(
        (x for x in duplicates_of(claim_id=claim_id, actor=request.actor) if x.id == duplicate_id),
        None,
    )
    kept = {"first": pair.first_id, "second": pair.second_id} if pair else {}

    def act() -> object:
        return decide_duplicate(
            duplicate_id=duplicate_id,
            kept_id=kept.get(form.cleaned_data["kept"]),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Decided."), claim_id=claim_id)
