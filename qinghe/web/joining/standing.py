"""Where a party stands: its level and what it opens, each part, what is missing, handing it in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.services.limits import room_of
from qinghe.kernel.errors import DomainError
from qinghe.parties.queries.onboarding import Declared, application_for, declared, parts
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.queries.standing import standing_now
from qinghe.parties.roles import Permission
from qinghe.parties.services import (
    declare_account,
    declare_firm,
    declare_licence,
    declare_person,
    hand_in,
    seal_paper,
    start_transfer,
    state_amount,
)
from qinghe.parties.services.micro import SameHand, may_state, sandbox_statement
from qinghe.parties.services.own import OPEN_TO_CHANGE
from qinghe.parties.terms import ActsAs, OrgKind, TransferState
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.formats import chinese
from qinghe.web.joining.forms import (
    AccountForm,
    AmountForm,
    FirmForm,
    LenderForm,
    OwnLicenceForm,
    PrincipalForm,
    SelfForm,
    SignatoryForm,
)
from qinghe.web.parts import Crumb

STANDING: Final = "web:standing"
Make = Callable[[StaffRequest, Declared], forms.Form]
Save = Callable[[StaffRequest, dict[str, Any]], object]


@page(Permission.DECLARE_PARTY)
def standing(request: StaffRequest) -> HttpResponse:
    """Show how far the party is: level, parts, decision, and what ends soon."""
    org_id = _org(request)
    found = declared(org_id)
    application = application_for(org_id=org_id)
    rows = parts(found) if found.organisation.kind in APPLYING else []
    context = {
        "org": found.organisation,
        "now_standing": standing_now(found.organisation, request.at),
        "application": application,
        "editable": application is not None and application.state in OPEN_TO_CHANGE,
        "parts": rows,
        "ready": all(each.done for each in rows),
        "found": found,
        "paid_from": waiting_until([found.organisation.pk], request.at).get(found.organisation.pk),
        **_room(request, found),
    }
    return render(request, "web/joining/standing.html", context)


def _room(request: StaffRequest, found: Declared) -> dict[str, Any]:
    """Return how much a person may still submit, and why so much; nothing for organisations."""
    if found.organisation.kind != OrgKind.PRIVATE_CREDITOR:
        return {}
    room = room_of(creditor_id=found.organisation.pk, at=request.at)
    return {"room": room, "room_why": room.step.zh if chinese() else room.step.en}


@page(Permission.DECLARE_PARTY, methods=("POST",))
def standing_hand_in(request: StaffRequest) -> HttpResponse:
    """Hand the application in."""
    org_id = _org(request)

    def act() -> object:
        return hand_in(org_id=org_id, actor=request.actor, at=request.at)

    done = _("Handed in. You read the answer here; we aim to decide within two days.")
    return acted(request, act, to=STANDING, done=done)


@page(Permission.DECLARE_PARTY, methods=("GET", "POST"))
def standing_part(request: StaffRequest, part: str) -> HttpResponse:
    """Fill in one part; what is right is kept at once."""
    found = declared(_org(request))
    steps = parts(found)
    place = next((n for n, each in enumerate(steps, 1) if each.key == part), None)
    if place is None:
        raise Http404
    if part == "transfer":
        return _transfer(request, found, Crumb(place, len(steps), steps[place - 1].name))
    make, save = PARTS[part]
    form = make(request, found)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            save(request, form.cleaned_data)
            messages.success(request, _("Kept."))
            return _onwards(part, place, [each.key for each in steps])
    context = {
        "step": Crumb(place, len(steps), steps[place - 1].name),
        "part": part,
        "found": found,
        "people": found.acting(part.removesuffix("s")) if part == "principals" else [],
    }
    return formed(request, "web/joining/part.html", context, form)


def _onwards(part: str, place: int, keys: list[str]) -> HttpResponseRedirect:
    """Lead to the next part; lists stay where they are, so that another row can follow."""
    if part in ("principals", "licences") or place >= len(keys):
        return redirect(STANDING)
    return redirect("web:standing-part", keys[place])


def _yuan(cents: int | None) -> str:
    """Return an amount in the unit in which it is asked for."""
    return "" if cents is None else f"{cents / 100:.2f}"


def _transfer(request: StaffRequest, found: Declared, step: Crumb) -> HttpResponse:
    """Ask for a small transfer, or state the amount that arrived."""
    if request.method == "POST" and request.POST.get("act") == "send":
        try:
            start_transfer(org_id=_org(request), actor=request.actor, at=request.at)
            messages.success(request, _("We send an amount below one yuan to the account."))
        except DomainError as refusal:
            messages.error(request, refusal.user_message)
        return redirect("web:standing-part", "transfer")
    form = AmountForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            made = state_amount(
                org_id=_org(request), cents=form.cents(), actor=request.actor, at=request.at
            )
            return _answer(request, made.state)
    transfer = found.transfer
    context = {
        "step": step,
        "found": found,
        "transfer": transfer,
        "waits": transfer is not None and transfer.state == TransferState.WAITING,
        "sent": transfer is not None and transfer.state == TransferState.SENT,
        "left": 3 - transfer.tries if transfer else 3,
        "statement": _yuan(sandbox_statement(transfer)) if transfer else None,
        "other_hand": "" if _may_state(request, found) else SameHand().user_message,
    }
    return formed(request, "web/joining/transfer.html", context, form)


def _may_state(request: StaffRequest, found: Declared) -> bool:
    # Told before the money travels, not after a day.
    return not found.account or may_state(org_id=_org(request), actor=request.actor)


def _answer(request: StaffRequest, state: str) -> HttpResponse:
    if state == TransferState.PROVEN:
        messages.success(request, _("The amount was right: the account is proven."))
        return redirect(STANDING)
    if state == TransferState.FAILED:
        messages.error(request, _("Three wrong amounts. You may ask for a new one in a day."))
    else:
        messages.error(request, _("That is not the amount we sent. Look at the statement again."))
    return redirect("web:standing-part", "transfer")


def _org(request: StaffRequest) -> Any:
    if request.actor.org_id is None:
        raise Http404
    return request.actor.org_id


def _plain(make: type[forms.Form], first: Callable[[Declared], dict[str, Any]] | None) -> Make:
    def build(request: StaffRequest, found: Declared) -> forms.Form:
        initial = first(found) if first else {}
        return make(request.POST or None, request.FILES or None, initial=initial)

    return build


def _firm_form(request: StaffRequest, found: Declared) -> forms.Form:
    make = FirmForm if found.organisation.kind == OrgKind.AGENCY else LenderForm
    org = found.organisation
    known = {"credit_code": org.credit_code, "region": org.region, "lender_kind": org.lender_kind}
    name = {"name": org.name} if org.credit_code else {}
    return make(request.POST or None, initial={**known, **name})


def _licence_form(request: StaffRequest, found: Declared) -> forms.Form:
    return OwnLicenceForm(
        request.POST or None, request.FILES or None, org_kind=found.organisation.kind
    )


def _save_firm(request: StaffRequest, told: dict[str, Any]) -> object:
    return declare_firm(org_id=_org(request), **told, actor=request.actor, at=request.at)


def _save_person(acts_as: str) -> Save:
    def save(request: StaffRequest, told: dict[str, Any]) -> object:
        paper = told.pop("paper", None)
        return declare_person(
            org_id=_org(request),
            acts_as=acts_as,
            **told,
            paper=seal_paper(paper.read()) if paper else "",
            actor=request.actor,
            at=request.at,
        )

    return save


def _save_licence(request: StaffRequest, told: dict[str, Any]) -> object:
    told["scan"] = seal_paper(told["scan"].read())
    return declare_licence(org_id=_org(request), **told, actor=request.actor, at=request.at)


def _save_account(request: StaffRequest, told: dict[str, Any]) -> object:
    return declare_account(org_id=_org(request), **told, actor=request.actor, at=request.at)


APPLYING: Final = (OrgKind.PRIVATE_CREDITOR, OrgKind.INSTITUTION, OrgKind.AGENCY)
PARTS: Final[dict[str, tuple[Make, Save]]] = {
    "firm": (_firm_form, _save_firm),
    "self": (_plain(SelfForm, None), _save_person(ActsAs.SELF)),
    "signatory": (_plain(SignatoryForm, None), _save_person(ActsAs.SIGNATORY)),
    "principals": (_plain(PrincipalForm, None), _save_person(ActsAs.PRINCIPAL)),
    "licences": (_licence_form, _save_licence),
    "account": (_plain(AccountForm, None), _save_account),
}
