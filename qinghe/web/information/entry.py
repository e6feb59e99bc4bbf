"""The public directory, a profile, and an agency's own entry."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from qinghe.kernel import clock
from qinghe.kernel.errors import DomainError
from qinghe.market.queries.listed import entry_of
from qinghe.market.quoting import CONSENT
from qinghe.market.services.directory import join_directory, leave_directory
from qinghe.parties.roles import Permission
from qinghe.reporting.queries import agencies
from qinghe.reporting.queries.directory import agency
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.information.forms import EntryForm, FindForm

ENTRY = "web:directory-entry"


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the agencies that agreed to be listed, with their record; anybody may look."""
    form = FindForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {"agencies": agencies(at=clock.now(), **asked), "form": form}
    return render(request, "web/public/directory.html", context)


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one listed agency; whoever left is not there."""
    try:
        found = agency(slug=slug, at=clock.now())
    except DomainError as refusal:
        raise Http404 from refusal
    return render(request, "web/public/agency.html", {"a": found, "l": found.listed})


@page(Permission.TAKE_ORDERS, methods=("GET", "POST"))
def entry(request: StaffRequest) -> HttpResponse:
    """Show an agency its entry, join, or tell anew what it does."""
    form = EntryForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        asked.pop("agreed")
        with refusals_in(form):
            join_directory(**asked, consent=CONSENT, actor=request.actor, at=request.at)
            return redirect(ENTRY)
    found = entry_of(request.actor.org_id) if request.actor.org_id else None
    return formed(request, "web/information/entry.html", {"entry": found}, form)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def leave(request: StaffRequest) -> HttpResponse:
    """Take the own agency out, at once."""

    def act() -> object:
        return leave_directory(actor=request.actor, at=request.at)

    return acted(request, act, to=ENTRY, done=_("You are not listed any more."))
