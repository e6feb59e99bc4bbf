"""After signing in: each role's first page, the choice of an organisation, and the search."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from qinghe.kernel.actor import Role
from qinghe.parties.queries.onboarding import applying
from qinghe.parties.roles import Permission, may
from qinghe.web.doors import CHOSEN, StaffRequest, page
from qinghe.web.search import place_of

FIRST: Final[dict[Role, str]] = {
    Role.CREDITOR: "web:creditor-home",
    Role.COLLECTOR: "web:hall",
    Role.REVIEWER: "web:verify",
    Role.COMPLIANCE: "web:complaints",
    Role.OPERATOR: "web:operator-home",
    Role.REGULATOR: "web:regulator-home",
}


@page()
def start(request: StaffRequest) -> HttpResponse:
    """Lead to the first page of the role; whose application is not approved, to where it stands."""
    org_id = request.actor.org_id
    if org_id and may(request.actor, Permission.DECLARE_PARTY) and applying(org_id):
        return redirect("web:standing")
    return redirect(FIRST.get(request.actor.role, "web:home"))


@page(methods=("POST",))
def membership(request: StaffRequest) -> HttpResponse:
    """Act from now on for another of one's own organisations; a foreign one changes nothing."""
    asked = request.POST.get("membership", "")
    if asked in {str(each.id) for each in request.memberships}:
        request.session[CHOSEN] = asked
    return redirect("web:start")


@page()
def search(request: StaffRequest) -> HttpResponse:
    """Lead from a typed number (claim, order, complaint, rule) to its page."""
    words = request.GET.get("q", "").strip()
    place = place_of(words, request.actor, request.at)
    if place:
        return redirect(place)
    messages.warning(request, _("Nothing with this number is open to you."))
    return redirect("web:start")
