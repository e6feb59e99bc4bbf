"""The wrong rows of a batch, a page at a time: set cells right, check again."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinghe.claims.queries import (
    BatchView,
    batch_for,
    corrections,
    fault_kinds,
    table_header,
    wrong_rows,
)
from qinghe.claims.queries.corrections import AT_ONCE
from qinghe.claims.services import correct_rows
from qinghe.claims.services.corrections import Cell
from qinghe.claims.terms import BatchState
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page

# Row and place of a cell in the header; its text never stands in an address.
CELL: Final = re.compile(r"cell-(\d{1,9})-(\d{1,3})")
NUMBER: Final = re.compile(r"\d{1,9}")


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def batch_rows(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show wrong rows with their texts, and take what the clerk writes instead."""
    batch = batch_for(batch_id=batch_id, actor=request.actor)
    # A decided batch is history; its rows are not opened again.
    if batch.state != BatchState.CHECKED:
        return redirect("web:batch", batch_id)
    if request.method == "POST":
        return _corrected(request, batch)
    code = request.GET.get("kind", "")
    start, row = _number(request.GET.get("from")) or 0, _number(request.GET.get("row"))
    kinds = fault_kinds(batch)
    rows, total = wrong_rows(batch, actor=request.actor, code=code, row=row, start=start)
    done, count = corrections(batch)
    context = {
        "batch": batch,
        "kinds": kinds,
        "kind": next((kind for kind in kinds if kind.code == code), None),
        "rows": rows,
        "row": row,
        "total": total,
        "first": start + 1,
        "last": start + len(rows),
        "before": _here(batch, code, max(start - AT_ONCE, 0)) if start else "",
        "after": _here(batch, code, start + AT_ONCE) if start + AT_ONCE < total else "",
        "here": _here(batch, code, start),
        "done": done,
        "done_count": count,
    }
    return render(request, "web/creditor/batch_rows.html", context)


def _corrected(request: StaffRequest, batch: BatchView) -> HttpResponse:
    header = table_header(batch)
    cells: list[Cell] = [
        (int(found[1]), header[int(found[2])], str(value))
        for name, value in request.POST.items()
        if (found := CELL.fullmatch(name)) and int(found[2]) < len(header)
    ]
    try:
        after = correct_rows(batch_id=batch.id, cells=cells, actor=request.actor, at=request.at)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
    else:
        if after.state == BatchState.CHECKING:
            messages.success(request, _("Your corrections are kept. Every row is checked again."))
            return redirect("web:batch", batch.id)
        messages.success(request, _said(batch.rejected - after.rejected, after.rejected))
        if not after.rejected:
            return redirect("web:batch", batch.id)
    return redirect(_here(batch, request.GET.get("kind", ""), 0))


def _said(fewer: int, left: int) -> str:
    if fewer <= 0:
        return _("Checked again. No row became right; what is wrong stands beside each cell.")
    right = ngettext("%(n)d row is right now.", "%(n)d rows are right now.", fewer) % {"n": fewer}
    rest = ngettext("%(n)d is still wrong.", "%(n)d are still wrong.", left) % {"n": left}
    return f"{right} {rest}"


def _here(batch: BatchView, code: str, start: int) -> str:
    asked = {"kind": code} if code else {}
    more = {"from": str(start)} if start else {}
    query = urlencode(asked | more)
    return reverse("web:batch-rows", args=[batch.id]) + (f"?{query}" if query else "")


def _number(text: str | None) -> int | None:
    return int(text) if text and NUMBER.fullmatch(text) else None
