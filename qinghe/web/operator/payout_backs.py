"""A payout that the bank has, or had, and that is said to have come back: by two persons."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.queries import payouts
from qinghe.settlement.return_codes import CODES
from qinghe.settlement.services import agree_return, ask_return, drop_return
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

LIST: Final = "web:payouts"
RUN: Final = "web:payout-run"


class ReturnedForm(forms.Form):
    """What a person learnt from the bank of one payout, and where."""

    reason = forms.CharField(label=_("Where you heard it"), max_length=200)
    code = forms.ChoiceField(label=_("The bank's reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (code, each.words) for code, each in CODES.items()
        ]


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def payout_return_ask(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Say that a payout came back from the bank; a second person must agree."""
    form, place = ReturnedForm(request.POST), _place(request, payout_id)
    if not form.is_valid():
        return unclear(request, form, **place)

    def act() -> object:
        told: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return ask_return(payout_id=payout_id, **form.cleaned_data, **told)

    return acted(request, act, done=_("Asked. A second person must agree."), **place)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def payout_return_decide(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Agree that a payout came back, or take the word back."""
    place = _place(request, payout_id)
    told: dict[str, Any] = {"payout_id": payout_id, "actor": request.actor, "at": request.at}
    if request.POST.get("drop"):

        def drop() -> object:
            return drop_return(**told)

        return acted(request, drop, done=_("Noted. Nothing is taken back."), **place)

    def agree() -> object:
        return agree_return(**told, seen=seen_in(request))

    done = _("Taken back. The money is payable to the organisation again.")
    return acted(request, agree, done=done, **place)


def _place(request: StaffRequest, payout_id: UUID) -> dict[str, Any]:
    """Return the page the payout stands on: its run, or the list of all."""
    row = next((each for each in payouts(actor=request.actor) if each.id == payout_id), None)
    return {"to": RUN, "run_id": row.run_id} if row and row.run_id else {"to": LIST}
