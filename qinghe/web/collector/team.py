"""The lead's desk: members, queues, who handles what; and the next case of a member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.next_case import next_case
from qinghe.kernel.errors import DomainError
from qinghe.market.queries.teams import (
    accounts_outside,
    leads_named,
    member_of,
    queues_of,
    team,
    team_cases,
)
from qinghe.market.services.queueing import distribute_team, leave_team, move_debtor
from qinghe.market.services.teams import (
    add_member,
    end_queue,
    make_queue,
    name_lead,
    set_member,
)
from qinghe.parties.queries import organisation
from qinghe.parties.roles import Permission
from qinghe.web.collector.teamforms import (
    LeadForm,
    MoveForm,
    NewMemberForm,
    QueueForm,
    SetMemberForm,
)
from qinghe.web.doors import StaffRequest, acted, page, unclear

TEAM, LEADS = "web:team", "web:team-leads"


@page(Permission.WORK_CASES)
def team_page(request: StaffRequest) -> HttpResponse:
    """Show a lead its team; everybody else learns how the own next case is opened."""
    me = member_of(request.actor)
    if me is None or not me.lead:
        named = leads_named(request.actor.org_id)
        return render(request, "web/collector/team_none.html", {"me": me, "leads": named})
    org_id = me.organisation_id
    members, queues = team(org_id, request.at), queues_of(org_id)
    names = dict(_named(queues))
    context = {
        "members": [
            (row, [names[each] for each in row.queues if each in names]) for row in members
        ],
        "queues": queues,
        "leads": leads_named(org_id),
        "waiting": team_cases(actor=request.actor, waiting=True),
        "cases": team_cases(actor=request.actor),
        "queue_form": QueueForm(),
        "member_form": NewMemberForm(
            queues=_named(queues), people=accounts_outside(org_id, request.at)
        ),
    }
    return render(request, "web/collector/team.html", context)


@page(Permission.WORK_CASES)
def team_next(request: StaffRequest) -> HttpResponse:
    """Open the most urgent case of whoever presses."""
    after = request.GET.get("after", "")
    worked = UUID(after) if _is_id(after) else None
    found = next_case(actor=request.actor, at=request.at, after=worked)
    if found is None:
        messages.success(request, _("Nothing waits for you now."))
        return redirect("web:orders")
    messages.info(request, f"{found.suggestion.title}: {found.suggestion.reason}")
    if found.possible_at is not None:
        told = _now("Nobody may be reached before %(at)s; the case is shown to prepare it.")
        messages.info(request, told % {"at": found.possible_at.isoformat(timespec="minutes")})
    return redirect("web:case", found.claim_id)


@page(Permission.WORK_CASES, methods=("POST",))
def team_distribute(request: StaffRequest) -> HttpResponse:
    """Give out everything nobody handles."""
    try:
        done = distribute_team(actor=request.actor, at=request.at)
    except DomainError as refusal:
        messages.error(request, refusal.user_message)
        return redirect(TEAM)
    told = _now("Given out: %(given)d debtors. Waiting for room or a queue: %(waiting)d.")
    messages.success(request, told % {"given": done.given, "waiting": done.waiting})
    return redirect(TEAM)


@page(Permission.WORK_CASES, methods=("POST",))
def team_move(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Move a debtor with all its cases, with a reason."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, TEAM)

    def act() -> object:
        return move_debtor(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=TEAM, done=_("Moved, with every case of this debtor."))


@page(Permission.WORK_CASES, methods=("POST",))
def member_new(request: StaffRequest) -> HttpResponse:
    """Take a colleague in."""
    me = member_of(request.actor)
    if me is None or not me.lead:
        return redirect(TEAM)
    org_id = me.organisation_id
    people = accounts_outside(org_id, request.at)
    form = NewMemberForm(request.POST, queues=_named(queues_of(org_id)), people=people)
    if not form.is_valid():
        return unclear(request, form, TEAM)

    def act() -> object:
        return add_member(**form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=TEAM, done=_("In the team."))


@page(Permission.WORK_CASES, methods=("POST",))
def member_set(request: StaffRequest, member_id: UUID) -> HttpResponse:
    """Say anew what a member holds and when it is away."""
    me = member_of(request.actor)
    if me is None or not me.lead:
        return redirect(TEAM)
    org_id = me.organisation_id
    form = SetMemberForm(request.POST, queues=_named(queues_of(org_id)))
    if not form.is_valid():
        return unclear(request, form, TEAM)

    def act() -> object:
        return set_member(
            member_id=member_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=TEAM, done=_("Saved."))


@page(Permission.WORK_CASES, methods=("POST",))
def member_leave(request: StaffRequest, member_id: UUID) -> HttpResponse:
    """Let a member go and hand over."""

    def act() -> object:
        return leave_team(member_id=member_id, actor=request.actor, at=request.at)

    return acted(request, act, to=TEAM, done=_("Gone. What it handled was given to others."))


@page(Permission.WORK_CASES, methods=("POST",))
def queue_new(request: StaffRequest) -> HttpResponse:
    """Make a queue."""
    form = QueueForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, TEAM)

    def act() -> object:
        return make_queue(**form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=TEAM, done=_("The queue is there."))


@page(Permission.WORK_CASES, methods=("POST",))
def queue_end(request: StaffRequest, queue_id: UUID) -> HttpResponse:
    """End a queue."""

    def act() -> object:
        return end_queue(queue_id=queue_id, actor=request.actor, at=request.at)

    return acted(request, act, to=TEAM, done=_("Ended."))


@page(Permission.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def lead_name(request: StaffRequest, slug: str) -> HttpResponse:
    """Let the operator name who leads a collector's team."""
    firm = organisation(slug)
    if request.method == "POST":
        form = LeadForm(request.POST)
        if not form.is_valid():
            return unclear(request, form, LEADS, slug=slug)

        def act() -> object:
            return name_lead(
                org_id=firm.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )

        return acted(request, act, to=LEADS, done=_("Leads the team now."), slug=slug)
    members = team(firm.pk, request.at)
    people = [(row.user_id, row.name) for row in members if not row.lead]
    context = {
        "firm": firm,
        "leads": [row for row in members if row.lead],
        "people": [*people, *accounts_outside(firm.pk, request.at)],
    }
    return render(request, "web/operator/team_leads.html", context)


def _named(queues: Iterable[Any]) -> list[tuple[UUID, str]]:
    return [(queue.pk, queue.name) for queue in queues]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
