"""The door itself: the same page and the same answer for everything that is wrong."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qinghe.graph.terms import DEVICE_COOKIE
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.services import open_door
from qinghe.portal import session
from qinghe.portal.doors import DebtorRequest, page
from qinghe.portal.forms import DoorForm
from qinghe.risk.services import note_door
from qinghe.simulation import demo_door


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Ask for the code and the answer; let in, or say the one sentence that reveals nothing."""
    at = clock.now()
    if request.method != "POST" and session.visitor(request, at=at):
        return redirect("portal:home")
    form = DoorForm(request.POST or None)
    if form.is_valid():
        try:
            actor = open_door(
                code=form.cleaned_data["code"],
                answer=form.cleaned_data["answer"],
                origin=request.META.get("REMOTE_ADDR", ""),
                at=at,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.user_message)
        else:
            return _let_in(request, cast("UUID", actor.person_id))
    again = request.method != "POST" and session.was_here(request)
    ways = {
        "phone": settings.OPERATOR_PHONE,
        "post": settings.OPERATOR_POST,
        "office": settings.OPERATOR_OFFICE,
    }
    context = {
        "form": form,
        "again": again,
        "demo_key": demo_door.current(),
        "ways": ways if any(ways.values()) else None,
        "operator": settings.OPERATOR_NAME,
    }
    return render(request, "portal/door.html", context)


def _let_in(request: HttpRequest, person_id: UUID) -> HttpResponse:
    response = redirect("portal:home")
    rotate_token(request)
    at = clock.now()
    session.begin(response, person_id=person_id, at=at)
    # Debtors' browsers carry no mark; one of the staff here means that a creditor plays debtor.
    device = request.COOKIES.get(DEVICE_COOKIE)
    if device:
        note_door(device=device, person_id=person_id, actor=system("portal.door"), at=at)
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the door behind the person."""
    response = redirect("portal:left")
    session.end(request, response)
    return response


@never_cache
def left(request: HttpRequest) -> HttpResponse:
    """Say that nothing stays open on this device."""
    return render(request, "portal/left.html")


@page()
def awake(request: DebtorRequest) -> HttpResponse:
    """Keep the stay of somebody who is writing; the page asks while they type."""
    return HttpResponse(status=204)
