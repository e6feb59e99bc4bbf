"""Contacts the gate refused: by rule, and the latest of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.contact.queries.refusals import refused_attempts, refused_by_rule
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page


@page(Permission.DECIDE_COMPLAINTS)
def refusal_list(request: StaffRequest) -> HttpResponse:
    """Show which rules refused how often in thirty days, and the latest refusals."""
    rule = request.GET.get("rule", "")
    context = {
        "by_rule": refused_by_rule(actor=request.actor, at=request.at),
        "rows": refused_attempts(actor=request.actor, rule=rule),
        "rule": rule,
    }
    return render(request, "web/compliance/refusals.html", context)
