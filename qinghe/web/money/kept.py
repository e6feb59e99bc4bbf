"""Statements that are kept: one per organisation, month and currency, and always the same file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.parties.roles import Permission
from qinghe.settlement.queries.monthly import kept, kept_file
from qinghe.web.doors import StaffRequest, page

TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page(Permission.SEE_STATEMENTS)
def kept_list(request: StaffRequest) -> HttpResponse:
    """Show the monthly statements this actor may see, the newest month first."""
    context = {"rows": kept(actor=request.actor), "all": request.actor.role == "operator"}
    return render(request, "web/money/kept.html", context)


@page(Permission.SEE_STATEMENTS)
def kept_download(request: StaffRequest, statement_id: UUID, fmt: str) -> HttpResponse:
    """Download a monthly statement as PDF, CSV or XLSX."""
    row, content = kept_file(statement_id=statement_id, fmt=fmt, actor=request.actor)
    return HttpResponse(
        content,
        content_type=TYPES[fmt],
        headers={"Content-Disposition": f'attachment; filename="{row.number}.{fmt}"'},
    )
