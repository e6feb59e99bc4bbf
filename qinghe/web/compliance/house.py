"""The operator's own rules: versions, drafts, what they would change, two persons for each step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.contact.queries.house import HouseRow, house_pack, house_packs
from qinghe.contact.queries.replay import replay
from qinghe.contact.services import (
    approve_house,
    ask_house_end,
    draft_house,
    grant_house_end,
    hand_over_house,
    keep_replay,
    withdraw_house,
)
from qinghe.kernel.errors import DomainError
from qinghe.parties.pairs import tied
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission
from qinghe.web.compliance.houseforms import (
    UNITS,
    DraftForm,
    EndForm,
    MomentForm,
    ReplayForm,
    initial_of,
)
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.numbers import moment_of
from qinghe.web.parts import Figure

ONE = "web:house-pack"
TIGHTEN = Permission.TIGHTEN_RULES


@page(TIGHTEN)
def pack_list(request: StaffRequest) -> HttpResponse:
    """Show the version in force and every other one, the newest first."""
    rows = house_packs(actor=request.actor, at=request.at)
    current = next((row for row in rows if row.stage == "active"), None)
    return render(
        request, "web/house/list.html", {"rows": rows, "current": current, "units": UNITS}
    )


@page(TIGHTEN, methods=("GET", "POST"))
def pack_new(request: StaffRequest) -> HttpResponse:
    """Take a draft: a stricter value beside each lawful one, and closed days."""
    form = DraftForm(request.POST or None, initial=_earlier(request))
    if form.is_valid():
        with refusals_in(form):
            pack = draft_house(
                title=form.cleaned_data["title"],
                content=form.content(),
                actor=request.actor,
                at=request.at,
            )
            return redirect(ONE, pack_id=pack.pk)
    return formed(request, "web/house/new.html", {}, form)


@page(TIGHTEN)
def pack_page(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Show one version, what it would have changed, and the next step."""
    row = house_pack(pack_id=pack_id, actor=request.actor, at=request.at)
    names = display_names([row.author, row.approver, row.end_asked_by])
    author, asker = f":{row.author}", f":{row.end_asked_by}"
    near = tied({author, asker}, request.actor.label)
    context = {
        "row": row,
        "units": UNITS,
        "author": names.get(row.author, ""),
        "approver": names.get(row.approver, "") if row.approver else "",
        "asker": names.get(row.end_asked_by, "") if row.end_asked_by else "",
        "mine": author in near,
        "my_end": asker in near,
        "replay": _shown(row.replay),
        "replay_form": ReplayForm(),
        "approve_form": MomentForm(),
        "end_form": EndForm(),
    }
    return render(request, "web/house/pack.html", context)


@page(TIGHTEN, methods=("POST",))
def pack_replay(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Replay past attempts against a draft and keep what it showed."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, pack_id=pack_id)
    row = house_pack(pack_id=pack_id, actor=request.actor, at=request.at)

    def act() -> object:
        # Reading takes seconds and locks nothing; only the answer is written.
        found = replay(content=row.content, **form.cleaned_data, actor=request.actor, at=request.at)
        return keep_replay(pack_id=pack_id, replay=found, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Replayed."), pack_id=pack_id)


@page(TIGHTEN, methods=("POST",))
def pack_hand_over(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Ask a second person to approve a draft."""

    def act() -> object:
        return hand_over_house(pack_id=pack_id, actor=request.actor, at=request.at)

    done = _("Handed over. A second person must approve.")
    return acted(request, act, to=ONE, done=done, pack_id=pack_id)


@page(TIGHTEN, methods=("POST",))
def pack_withdraw(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Give a version up."""

    def act() -> object:
        return withdraw_house(pack_id=pack_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Withdrawn."), pack_id=pack_id)


@page(TIGHTEN, methods=("POST",))
def pack_approve(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Put a version in force from the beginning of a day."""
    form = MomentForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, pack_id=pack_id)

    def act() -> object:
        return approve_house(
            pack_id=pack_id, starts_at=form.moment(), actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Approved."), pack_id=pack_id)


@page(TIGHTEN, methods=("POST",))
def pack_end(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Ask that a version ends."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, pack_id=pack_id)

    def act() -> object:
        return ask_house_end(
            pack_id=pack_id, ends_at=form.moment(), actor=request.actor, at=request.at
        )

    done = _("Asked. A second person must agree to the end.")
    return acted(request, act, to=ONE, done=done, pack_id=pack_id)


@page(TIGHTEN, methods=("POST",))
def pack_grant_end(request: StaffRequest, pack_id: UUID) -> HttpResponse:
    """Agree to an end that somebody else asked for: to the very moment that the page showed."""
    shown = moment_of(request.POST.get("ends_at", ""))

    def act() -> object:
        return grant_house_end(pack_id=pack_id, ends_at=shown, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("The end is set."), pack_id=pack_id)


def _earlier(request: StaffRequest) -> Mapping[str, Any]:
    """Return the figures of the version named in the address, to begin a better one from."""
    try:
        row: HouseRow = house_pack(
            pack_id=UUID(request.GET.get("from", "")), actor=request.actor, at=request.at
        )
    except (ValueError, DomainError):
        return {}
    return initial_of(row.title, row.content)


def _shown(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a replay as the page draws it."""
    if found is None:
        return None
    figures = [
        Figure(str(_("Attempts replayed")), f"{found['asked']:,}"),
        Figure(str(_("Refused then")), f"{found['refused_then']:,}"),
        Figure(str(_("Newly refused")), f"{found['newly_refused']:,}"),
        Figure(str(_("Newly permitted")), f"{found['newly_permitted']:,}"),
    ]
    tables = [
        (str(title), str(column), kind, found[kind])
        for title, column, kind in (
            (_("By rule"), _("Rule"), "by_rule"),
            (_("By collector"), _("Collector"), "by_collector"),
            (_("By creditor"), _("Creditor"), "by_creditor"),
        )
    ]
    moments = {key: datetime.fromisoformat(found[key]) for key in ("since", "until")}
    return {**found, **moments, "figures": figures, "tables": tables}
