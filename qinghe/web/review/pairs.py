"""Two claims that may be one debt, the amount calculated again, acts of limitation."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.services import check_amount, decide_act
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page

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
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The creditor of a rejected claim reads it: no names, no numbers."),
    )


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
