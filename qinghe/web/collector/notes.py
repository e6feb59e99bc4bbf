"""The notes on a case, opened for who works it and for who hears complaints; each look is kept."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.casework.queries import notes
from qinghe.kernel.actor import Role
from qinghe.market.queries import case_for
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.web.doors import StaffRequest, page

WHY: Final = {Role.COLLECTOR: Purpose.WORK_CASE, Role.COMPLIANCE: Purpose.COMPLAINT}


@page(Permission.WORK_CASES, Permission.DECIDE_COMPLAINTS)
def note_list(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show what was noted about a case, the newest first."""
    actor, at = request.actor, request.at
    rows = notes(claim_id=claim_id, actor=actor, at=at)
    context = {
        "claim": case_for(claim_id=claim_id, actor=actor, at=at),
        "works": actor.role is Role.COLLECTOR,
        "rows": [
            (row, reveal(item_id=row.note_id, purpose=WHY[actor.role], actor=actor, at=at))
            for row in rows
        ],
    }
    return render(request, "web/collector/notes.html", context)
