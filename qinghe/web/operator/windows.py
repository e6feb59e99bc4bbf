"""Dispatch windows: how good the answer was, which capacity is scarce, who got what and why."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.market.queries.offers import round_for, rounds
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page


@page(Permission.MANAGE_ACCOUNTS)
def window_list(request: StaffRequest) -> HttpResponse:
    """Show the latest windows."""
    return render(request, "web/operator/windows.html", {"rows": rounds(actor=request.actor)})


@page(Permission.MANAGE_ACCOUNTS)
def window_page(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Show one window with its assignments, explained."""
    found = round_for(round_id=round_id, actor=request.actor)
    context = {"found": found, "round": found.round}
    return render(request, "web/operator/window.html", context)
