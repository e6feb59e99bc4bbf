"""A reviewer decides about a claim; what was typed stays on the page when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries.titles import duplicates_of
from qinghe.claims.services import (
    check_sample,
    decide_duplicate,
    decide_objection,
    reject_claim,
    return_claim,
    verify_claim,
)
from qinghe.claims.terms import ClaimState
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.risk.services import decide_flag
from qinghe.web.doors import StaffRequest, acted, page, say_unclear, seen_in
from qinghe.web.review.deciding import RejectForm, ReturnForm, SampleForm, VerifyForm
from qinghe.web.review.objecting import HearingForm
from qinghe.web.review.pairs import PairForm
from qinghe.web.review.verify import shown

ONE = "web:verify-claim"
UNREADABLE = 422


def _who(request: StaffRequest) -> dict[str, Any]:
    """Return who decides, when, and about what: the mark of the page that was sent."""
    return {"actor": request.actor, "at": request.at, "seen": seen_in(request)}


def _typed(
    request: StaffRequest,
    claim_id: UUID,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    done: object,
) -> HttpResponse:
    """
    Do what a form asks for and return to the claim, or draw the page with the form as it was sent.

    `name` is the form's in the page; `done` is what is said, or finds it from what `act` returned.
    """
    status = UNREADABLE
    if form.is_valid():
        try:
            result = act(form.cleaned_data)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, refusal.user_message)
            status = refusal.status
        else:
            messages.success(request, str(done(result) if callable(done) else done))
            return HttpResponseRedirect(reverse(ONE, args=[claim_id]))
    say_unclear(request, form)
    return shown(request, claim_id, {name: form}, status)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def verify_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Release a claim into its challenge window, return it, or reject it with a reason code."""
    other = {"reject": _reject, "return": _return}.get(request.POST.get("decision", ""))
    if other is not None:
        return other(request, claim_id)

    def act(data: dict[str, Any]) -> object:
        return verify_claim(claim_id=claim_id, **data, **_who(request))

    return _typed(request, claim_id, "verify_form", VerifyForm(request.POST), act, _released)


def _released(claim: object) -> object:
    """Say where a claim went that was checked."""
    if getattr(claim, "state", "") == ClaimState.SUBMITTED:
        return _("Checked. Because of its size a second reviewer decides now; nobody is told yet.")
    return _("Released. The debtor is told next, and may object before anyone collects.")


def _return(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    def act(data: dict[str, Any]) -> object:
        return return_claim(claim_id=claim_id, **data, **_who(request))

    form = ReturnForm(request.POST, prefix="return")
    return _typed(request, claim_id, "return_form", form, act, _("The creditor is asked."))


def _reject(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    form = RejectForm(request.POST, prefix="reject")

    def act(_data: dict[str, Any]) -> object:
        return reject_claim(claim_id=claim_id, reason=form.sentence(), **_who(request))

    return _typed(request, claim_id, "reject_form", form, act, _rejected)


def _rejected(claim: object) -> object:
    """Say whether a claim was rejected, or is left to a second reviewer."""
    if getattr(claim, "state", "") == ClaimState.SUBMITTED:
        return _("Proposed. A second reviewer decides; the creditor is told nothing yet.")
    return _("The claim was rejected.")


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def sample_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Say whether an automatic release was right."""
    right = request.POST.get("right") == "1"

    def act(data: dict[str, Any]) -> object:
        return check_sample(claim_id=claim_id, right=right, **data, **_who(request))

    form = SampleForm(request.POST, prefix="sample")
    return _typed(request, claim_id, "sample_form", form, act, _("Decided."))


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def objection_decide(request: StaffRequest, claim_id: UUID, objection_id: UUID) -> HttpResponse:
    """Open a rejected claim again, or let the rejection stand."""

    def act(data: dict[str, Any]) -> object:
        return decide_objection(
            objection_id=objection_id, **data, actor=request.actor, at=request.at
        )

    form = HearingForm(request.POST, prefix="hearing")
    done = _("Decided. The creditor reads your words.")
    return _typed(request, claim_id, "hearing_form", form, act, done)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def duplicate_decide(request: StaffRequest, claim_id: UUID, duplicate_id: UUID) -> HttpResponse:
    """Decide whether two claims are one debt, and which of them stands."""
    pairs = duplicates_of(claim_id=claim_id, actor=request.actor)
    pair = next((each for each in pairs if each.id == duplicate_id), None)
    kept = {"first": pair.first_id, "second": pair.second_id} if pair else {}

    def act(data: dict[str, Any]) -> object:
        return decide_duplicate(
            duplicate_id=duplicate_id,
            kept_id=kept.get(data["kept"]),
            reason=data["reason"],
            actor=request.actor,
            at=request.at,
        )

    return _typed(request, claim_id, "pair_form", PairForm(request.POST), act, _("Decided."))


@page(Permission.DECIDE_FLAGS, methods=("POST",))
def flag_decide(request: StaffRequest, claim_id: UUID, flag_id: UUID) -> HttpResponse:
    """Clear a warning, or confirm it."""
    confirmed, note = request.POST.get("confirmed") == "1", request.POST.get("note", "")

    def act() -> object:
        return decide_flag(
            flag_id=flag_id, confirmed=confirmed, note=note, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_flag_decided, claim_id=claim_id)


def _flag_decided(flag: object) -> object:
    """Say whether a warning was decided, or is left to a second person."""
    if getattr(flag, "state", "") == "open":
        return _("Noted. A second person decides: the warning is grave.")
    if getattr(flag, "state", "") == "confirmed" and getattr(flag, "proposed_by", ""):
        return _("Noted. A second person decides whether the confirmed warning was wrong.")
    return _("Decided.")
