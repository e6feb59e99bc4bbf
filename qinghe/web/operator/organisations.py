"""Organisations: the list; one with its licences, members and capacity; verify and suspend."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Role
from qinghe.market.queries import capacity_of, granted_to, standing_of
from qinghe.parties.days import legal_day
from qinghe.parties.pairs import tied
from qinghe.parties.queries import (
    account_named,
    licences,
    members,
    organisation,
    organisations,
)
from qinghe.parties.queries.liftings import liftings_waiting
from qinghe.parties.queries.onboarding import application_for
from qinghe.parties.queries.standing import covers, party_flags, proofs, standing_now
from qinghe.parties.queries.taxes import tax_statuses
from qinghe.parties.roles import Permission
from qinghe.parties.services import (
    add_licence,
    add_membership,
    confirm_account,
    create_user,
    end_membership,
    register_organisation,
    suspend_organisation,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.services.accounts import NoSuchMembership
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.services import grant_places
from qinghe.web.compliance.appeals import ExperienceForm
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import as_day
from qinghe.web.operator.covers import CoverForm
from qinghe.web.operator.forms import (
    ASKED,
    LENDERS,
    CapacityForm,
    LicenceForm,
    MemberForm,
    OrganisationForm,
)
from qinghe.web.operator.history import history
from qinghe.web.operator.taxes import TaxForm

ONE = "web:organisation"
COLLECTORS = (OrgKind.AGENCY, OrgKind.OWN_TEAM)


class SuspendForm(forms.Form):
    """Why an organisation is stopped."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea)


@page(Permission.VERIFY_PARTIES, Permission.MANAGE_ACCOUNTS)
def organisation_list(request: StaffRequest) -> HttpResponse:
    """Show every organisation, those waiting for verification first."""
    kind = request.GET.get("kind", "")
    state = request.GET.get("state", "")
    rows = organisations(
        kinds=[kind] if kind in OrgKind.values else (),
        state=state if state in OrgState.values else None,
    )
    context = {
        "rows": sorted(rows, key=lambda row: row.state != OrgState.PENDING),
        "liftings": (liftings := liftings_waiting(at=request.at)),
        "tied": tied({row.asked_by for row in liftings}, request.actor.label),
        "kinds": OrgKind.choices,
        "states": OrgState.choices,
        "kind": kind,
        "state": state,
    }
    return render(request, "web/operator/organisations.html", context)


def _capacity(org_id: UUID, kind: str, at: datetime) -> dict[str, Any]:
    """Return the capacity of a collector and the form that changes it; nothing for others."""
    if kind not in COLLECTORS:
        return {"collects": False}
    row, granted = capacity_of(collector_id=org_id), granted_to(org_id)
    first = {"limit": granted.limit, "max_band": granted.max_band} if granted else {}
    return {
        "collects": True,
        "capacity": row,
        "granted": granted,
        "capacity_form": CapacityForm(initial=first),
        "standing": standing_of([org_id], at).get(org_id),
        "experience_form": ExperienceForm(),
    }


@page(Permission.VERIFY_PARTIES, Permission.MANAGE_ACCOUNTS)
def organisation_page(request: StaffRequest, slug: str) -> HttpResponse:
    """Show one organisation: state, licences, members, capacity."""
    found = organisation(slug)
    operates = request.actor.role is Role.OPERATOR
    people = members(org_id=found.pk, at=request.at) if operates else []
    proven = _proven(found, request)
    labels = {each.label for each in people}
    labels |= {each.asked_by for each in proven["liftings"]}
    labels |= {each.recorded_by for each in proven["covers"]}
    context = {
        "org": found,
        "lender": LENDERS.get(found.lender_kind, ""),
        "licences": licences(org_id=found.pk),
        "members": people,
        "unconfirmed": any(each.unconfirmed for each in people),
        "operates": operates,
        "today": legal_day(request.at),
        "tied": tied(labels, request.actor.label),
        **proven,
        "suspend_form": SuspendForm(),
        "licence_form": LicenceForm(),
        "member_form": MemberForm(),
        **_capacity(found.pk, found.kind, request.at),
    }
    return render(request, "web/operator/organisation.html", context)


def _proven(found: Any, request: StaffRequest) -> dict[str, Any]:
    """Return what is proven of a party, its doubts, its deposits, and what happened to it."""
    return {
        "now_standing": standing_now(found, request.at),
        "proofs": proofs(org_id=found.pk),
        "flags": party_flags(org_id=found.pk),
        "covers": covers(org_id=found.pk) if found.kind == OrgKind.AGENCY else [],
        "application": application_for(org_id=found.pk),
        "history": history(found.pk),
        "liftings": liftings_waiting(at=request.at, org_id=found.pk),
        "covered": found.kind == OrgKind.AGENCY,
        "cover_form": CoverForm(),
        "tax_statuses": tax_statuses(org_id=found.pk),
        "tax_form": TaxForm(initial={"from_on": as_day(request.at).replace(day=1)}),
    }


@page(Permission.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def organisation_new(request: StaffRequest) -> HttpResponse:
    """Register an organisation; it waits for verification."""
    form = OrganisationForm(request.POST or None)
    if form.is_valid():
        with refusals_in(form):
            made = register_organisation(**form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Registered. A reviewer must verify it."))
            return redirect(ONE, made.slug)
    return formed(request, "web/operator/organisation_new.html", {}, form)


@page(Permission.VERIFY_PARTIES, methods=("POST",))
def organisation_verify(request: StaffRequest, slug: str) -> HttpResponse:
    """Verify an organisation, or one of its licences when the button names it."""
    found = organisation(slug)
    licence = next((x for x in licences(org_id=found.pk) if str(x.pk) == _named(request)), None)

    def act() -> object:
        if licence:
            return verify_licence(licence_id=licence.pk, actor=request.actor, at=request.at)
        return verify_organisation(org_id=found.pk, actor=request.actor, at=request.at)

    def done(result: object) -> object:
        # A licence has no state of its own.
        waits = getattr(result, "state", "") == OrgState.SUSPENDED
        return ASKED if waits else _("Verified.")

    return acted(request, act, to=ONE, done=done, slug=slug)


def _named(request: StaffRequest) -> str:
    return request.POST.get("licence", "")


@page(Permission.SUSPEND, methods=("POST",))
def organisation_suspend(request: StaffRequest, slug: str) -> HttpResponse:
    """Stop an organisation with a reason: from now on its people cannot act."""
    form = SuspendForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)
    found = organisation(slug)

    def act() -> object:
        return suspend_organisation(
            org_id=found.pk, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Suspended. Its people cannot act any more.")
    return acted(request, act, to=ONE, done=done, slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def organisation_capacity(request: StaffRequest, slug: str) -> HttpResponse:
    """Say how many orders a collector may hold."""
    form = CapacityForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)
    found = organisation(slug)

    def act() -> object:
        return grant_places(
            collector_id=found.pk, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The capacity was changed."), slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def licence_add(request: StaffRequest, slug: str) -> HttpResponse:
    """Put a licence on file; a reviewer confirms it."""
    form = LicenceForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)
    found = organisation(slug)

    def act() -> object:
        return add_licence(org_id=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("On file. It counts once verified."), slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def member_add(request: StaffRequest, slug: str) -> HttpResponse:
    """Give somebody a role in the organisation, and an account if need be: both or neither."""
    form = MemberForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)
    found = organisation(slug)
    account = dict(form.cleaned_data)
    role = Role(account.pop("role"))
    known = account_named(email=account["email"], actor=request.actor)
    if known is None and not account["password"]:
        form.add_error("password", _("This address has no account yet: give it a password."))
        return unclear(request, form, ONE, slug=slug)

    def act() -> object:
        keyless = request.actor.with_key(None)
        with transaction.atomic():
            user_id = known or create_user(**account, actor=request.actor, at=request.at).pk
            return add_membership(
                user_id=user_id, org_id=found.pk, role=role, actor=keyless, at=request.at
            )

    done = _("The role was given.") if known else _("The account was made.")
    return acted(request, act, to=ONE, done=done, slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def member_end(request: StaffRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """Take a role back: from now on this person cannot act for the organisation."""
    found = organisation(slug)
    if membership_id not in {row.id for row in members(org_id=found.pk, at=request.at)}:
        raise NoSuchMembership

    def act() -> object:
        return end_membership(membership_id=membership_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("The role was taken back."), slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def member_confirm(request: StaffRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """Say that the account of a member, which a colleague made, is a person of its own."""
    found = organisation(slug)
    rows = {row.id: row for row in members(org_id=found.pk, at=request.at)}
    if membership_id not in rows:
        raise NoSuchMembership

    def act() -> object:
        user_id = rows[membership_id].user_id
        return confirm_account(user_id=user_id, actor=request.actor, at=request.at)

    done = _("Confirmed. The account counts as a person of its own from now on.")
    return acted(request, act, to=ONE, done=done, slug=slug)
