"""Proof that the journal was not altered: seals, and a verification on demand."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.journal.queries import seals_made, verify
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page


@page(Permission.SEE_JOURNAL)
def journal(request: StaffRequest) -> HttpResponse:
    """Show the latest seals; recompute every root from the entries when asked to."""
    asked = request.GET.get("verify") == "1"
    context = {"seals": seals_made(), "report": verify() if asked else None}
    return render(request, "web/regulator/journal.html", context)
