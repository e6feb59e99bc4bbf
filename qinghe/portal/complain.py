"""Complaints: free, numbered, heard by somebody who earns nothing from the claim."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from qinghe.claims.days import noon_of
from qinghe.claims.queries import ClaimRow
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import NO_CLAIM, ComplaintForm
from qinghe.portal.home import my_claims
from qinghe.portal.words import own_words
from qinghe.quality.queries import complaint_for, complaints
from qinghe.quality.services import open_complaint, withdraw_complaint


@page("GET", "POST")
def complain(request: DebtorRequest) -> HttpResponse:
    """Take a complaint; contact stops at once."""
    mine = my_claims(request.actor)
    choices = [(str(row.id), f"{row.creditor_name} · {row.number}") for row in mine]
    form = ComplaintForm(
        request.POST or None, claims=choices, initial={"claim": _asked(request, mine)}
    )
    done, made = sent(form, lambda actor: _opened(form, actor), request.actor)
    if done and made is not None:
        return redirect("portal:complaint", complaint_id=made)
    context = {"form": form, "past": complaints(actor=request.actor), "zone": request.zone}
    return render(request, "portal/complain.html", context)


@page()
def complaint(request: DebtorRequest, complaint_id: UUID) -> HttpResponse:
    """Show where a complaint stands."""
    item = complaint_for(complaint_id=complaint_id, actor=request.actor)
    written = own_words(item.statement_id, request.actor)
    context = {"item": item, "written": written, "zone": request.zone}
    return render(request, "portal/complaint.html", context)


@page("POST")
def take_back(request: DebtorRequest, complaint_id: UUID) -> HttpResponse:
    """Take a complaint back that nobody has decided yet."""
    withdraw_complaint(complaint_id=complaint_id, actor=request.actor, at=clock.now())
    return redirect("portal:complaint", complaint_id=complaint_id)


def _asked(request: DebtorRequest, mine: list[ClaimRow]) -> str:
    """Return the claim the person came from, or the only one there is."""
    only = str(mine[0].id) if len(mine) == 1 else ""
    return request.GET.get("claim", only)


def _opened(form: ComplaintForm, actor: Actor) -> UUID:
    about = form.cleaned_data["claim"]
    now = clock.now()
    day = form.cleaned_data["happened_on"]
    made = open_complaint(
        happened_at=noon_of(day, now) if day else None,
        kind=form.cleaned_data["kind"],
        statement=form.cleaned_data["statement"],
        claim_id=None if about == NO_CLAIM else UUID(about),
        person_id=actor.person_id,
        actor=actor,
        at=now,
    )
    return made.pk
