"""A creditor's invitations to bid: closed boxes tell nothing, opened ones everything but names."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.market.queries.bids import invitation_for, invitations, result
from qinghe.parties.roles import Permission
from qinghe.web.bidparts import bill, result_rows, rule_lines
from qinghe.web.doors import StaffRequest, page


@page(Permission.PLACE_CLAIMS)
def box_list(request: StaffRequest) -> HttpResponse:
    """Show the latest invitations of this creditor (or, to the operator, of all)."""
    context = {"rows": invitations(actor=request.actor)}
    return render(request, "web/creditor/boxes.html", context)


@page(Permission.PLACE_CLAIMS)
def box(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Show one invitation, and what lay in its box once that is open."""
    seen = invitation_for(listing_id=listing_id, actor=request.actor)
    opened = seen.opened_at is not None
    rows = result(listing_id=listing_id, actor=request.actor) if opened else []
    context = {
        "seen": seen,
        "result": result_rows(rows),
        "won": any(row.reason == "won" for row in rows),
        "bill": bill(seen.floor),
        "rule": rule_lines(),
    }
    return render(request, "web/creditor/box.html", context)
