"""Kept searches of the hall: keep the filters in use, open one, change it, let it go."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.market.queries.searches import of_json, searches
from qinghe.market.services import change_search, drop_search, keep_search, open_search
from qinghe.parties.roles import Permission
from qinghe.web.collector.hallfilters import address_of, chosen, filters_of
from qinghe.web.doors import StaffRequest, acted, page


@page(Permission.TAKE_ORDERS)
def search_list(request: StaffRequest) -> HttpResponse:
    """Show every kept search with what is new, to rename or delete it or to ask for a notice."""
    rows = [(row, chosen(row.filters)) for row in searches(actor=request.actor, at=request.at)]
    return render(request, "web/collector/searches.html", {"rows": rows})


@page(Permission.TAKE_ORDERS, methods=("POST",))
def search_keep(request: StaffRequest) -> HttpResponse:
    """Keep the filters in use under a name, and go back to the hall with them."""
    filters = filters_of(request.POST.get("filters", "")[:2_000])
    try:
        keep_search(
            name=request.POST.get("name", ""),
            filters=filters,
            notice=request.POST.get("notice") == "on",
            actor=request.actor,
            at=request.at,
        )
    except DomainError as refusal:
        messages.error(request, refusal.user_message)
    else:
        messages.success(request, _("The search is kept."))
    return redirect(f"{reverse('web:hall')}?{address_of(filters)}")


@page(Permission.TAKE_ORDERS, methods=("POST",))
def search_open(request: StaffRequest, search_id: UUID) -> HttpResponse:
    """Open the hall with a kept search; what is in it now is new no more."""
    found = open_search(search_id=search_id, actor=request.actor, at=request.at)
    return redirect(f"{reverse('web:hall')}?{address_of(of_json(found.filters))}")


@page(Permission.TAKE_ORDERS, methods=("POST",))
def search_change(request: StaffRequest, search_id: UUID) -> HttpResponse:
    """Rename a kept search, switch its notice, or delete it."""

    def act() -> object:
        if "delete" in request.POST:
            return drop_search(search_id=search_id, actor=request.actor, at=request.at)
        return change_search(
            search_id=search_id,
            name=request.POST.get("name", ""),
            notice=request.POST.get("notice") == "on",
            actor=request.actor,
            at=request.at,
        )

    done = (
        _("The search was deleted.") if "delete" in request.POST else _("The search was changed.")
    )
    return acted(request, act, to="web:searches", done=done)
