"""What a creditor answers: a reviewer who asks, and a debtor who contests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView, review_steps
from qinghe.claims.services import give_address, prove_claim, resubmit_claim
from qinghe.claims.services.noticing import LAWFUL
from qinghe.claims.terms import UNTOLD_DAYS, ReviewQueue, ReviewStep
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:claim"


class AnswerForm(forms.Form):
    """What was added or explained."""

    words = forms.CharField(
        label=_("Your answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names, no numbers of accounts. You may leave it empty."),
    )


class AddressForm(forms.Form):
    """A postal address of the debtor, and where it comes from."""

    address = forms.CharField(
        label=_("Postal address of the debtor"),
        max_length=300,
        help_text=_("Province, city, street and number. It is kept encrypted."),
    )
    source = forms.ChoiceField(
        label=_("Where it comes from"), choices=[(each.value, each.label) for each in LAWFUL]
    )


class ProveForm(forms.Form):
    """What proves the claim."""

    words = forms.CharField(
        label=_("What proves it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Add the document under “Evidence” as well. It is kept encrypted."),
    )


def answers_for(view: ClaimView, *, mine: bool) -> dict[str, Any]:
    """Return what the creditor of a claim is asked for, with the forms to answer."""
    untold = view.untold_since if mine else None
    asked = None
    if mine and view.review == ReviewQueue.RETURNED:
        steps = [step for step in review_steps(view.id) if step.step == ReviewStep.RETURNED]
        asked = steps[-1] if steps else None
    contested = view.open_dispute if mine else None
    return {
        "asked": asked,
        "answer_form": AnswerForm(prefix="answer"),
        "contested": contested if contested and contested.proof_due_at else None,
        "prove_form": ProveForm(prefix="prove"),
        "untold": untold,
        "untold_until": untold + timedelta(days=UNTOLD_DAYS) if untold else None,
        "address_form": AddressForm(prefix="address"),
    }


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def resubmit(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Answer the reviewer; the claim goes back to the queue."""
    form = AnswerForm(request.POST, prefix="answer")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return resubmit_claim(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Sent. A reviewer looks again."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def prove(request: StaffRequest, claim_id: UUID, dispute_id: UUID) -> HttpResponse:
    """Answer a debtor who contests."""
    form = ProveForm(request.POST, prefix="prove")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return prove_claim(
            dispute_id=dispute_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Sent. A person decides now."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def address(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Give an address of a debtor whom nobody could tell."""
    form = AddressForm(request.POST, prefix="address")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return give_address(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Kept. The notice goes out by letter; the window begins when it is printed.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)
