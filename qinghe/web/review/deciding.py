"""What a reviewer decides about a claim: release, return, reject, a sample, a warning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView, review_steps
from qinghe.claims.services import check_sample, reject_claim, return_claim, verify_claim
from qinghe.claims.terms import ClaimState, Rejection, Release, Return, ReviewQueue
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission, may
from qinghe.quality.queries import invention_of
from qinghe.risk.services import decide_flag
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:verify-claim"
PRIVATE = _("It stays with the claim: no names, no numbers of accounts.")


class VerifyForm(forms.Form):
    """Why the claim may go on, and what the reviewer noticed."""

    reason = forms.ChoiceField(
        label=_("Reason code"), choices=Release.choices, initial=Release.AGREES, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=PRIVATE)

    def clean_reason(self) -> str:
        """Return the code; the usual one when none was chosen."""
        return self.cleaned_data["reason"] or str(Release.AGREES)


class ReturnForm(forms.Form):
    """What the creditor is asked for."""

    reason = forms.ChoiceField(label=_("What is missing"), choices=Return.choices)
    words = forms.CharField(
        label=_("What the creditor should do"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=PRIVATE,
    )


class RejectForm(forms.Form):
    """Why a claim is rejected: a code and words the creditor reads."""

    reason = forms.ChoiceField(
        label=_("Reason code"), choices=Rejection.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What the creditor reads"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
        help_text=PRIVATE,
    )

    def sentence(self) -> str:
        """Return the reason as it is kept: the code, then the words."""
        words = self.cleaned_data["words"].strip()
        return ": ".join(filter(None, [self.cleaned_data["reason"], words]))


class SampleForm(forms.Form):
    """Whether an automatic release was right."""

    words = forms.CharField(
        label=_("What was wrong"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when it was wrong. The creditor reads it."),
    )


def decision_for(view: ClaimView, actor: Actor) -> dict[str, Any]:
    """Return what the page of a claim at the desk offers, and the steps that were taken."""
    steps = review_steps(view.id)
    users = [UUID(step.by.partition(":")[2]) for step in steps if _is_person(step.by)]
    names = {str(user): name for user, name in display_names(users).items()}
    return {
        "decidable": view.state == ClaimState.SUBMITTED,
        "is_second": view.review == ReviewQueue.SECOND,
        "is_returned": view.review == ReviewQueue.RETURNED,
        "is_sample": view.review == ReviewQueue.SAMPLE,
        "steps": [(step, names.get(step.by.partition(":")[2], "")) for step in steps],
        "verify_form": VerifyForm(),
        "return_form": ReturnForm(prefix="return"),
        "reject_form": RejectForm(prefix="reject"),
        "sample_form": SampleForm(prefix="sample"),
        "accuses": may(actor, Permission.SUSPEND),
        "invention": invention_of(view.id),
    }


def _is_person(label: str) -> bool:
    role, _colon, who = label.partition(":")
    return role != "system" and who != "-"


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def verify_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Release a claim into its challenge window, return it, or reject it with a reason code."""
    other = {"reject": _reject, "return": _return}.get(request.POST.get("decision", ""))
    if other is not None:
        return other(request, claim_id)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return verify_claim(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Checked. From here the claim goes on by itself, or to a second reviewer.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


def _return(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    form = ReturnForm(request.POST, prefix="return")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return return_claim(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The creditor is asked."), claim_id=claim_id)


def _reject(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    form = RejectForm(request.POST, prefix="reject")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return reject_claim(
            claim_id=claim_id, reason=form.sentence(), actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The claim was rejected."), claim_id=claim_id)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def sample_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Say whether an automatic release was right."""
    form = SampleForm(request.POST, prefix="sample")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)
    right = request.POST.get("right") == "1"

    def act() -> object:
        return check_sample(
            claim_id=claim_id, right=right, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Decided."), claim_id=claim_id)


@page(Permission.DECIDE_FLAGS, methods=("POST",))
def flag_decide(request: StaffRequest, claim_id: UUID, flag_id: UUID) -> HttpResponse:
    """Clear a warning, or confirm it."""
    confirmed = request.POST.get("confirmed") == "1"

    def act() -> object:
        return decide_flag(flag_id=flag_id, confirmed=confirmed, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Decided."), claim_id=claim_id)
