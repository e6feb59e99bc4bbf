"""Batches: the list, one file with its counts and row errors, and the decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinghe.claims.queries import (
    batch_for,
    batches,
    corrections,
    error_file,
    fault_kinds,
    row_errors,
    taken_before,
)
from qinghe.claims.queries.papers import count_lacking
from qinghe.claims.services import accept_batch, cancel_batch, dry_run, refuse_batch
from qinghe.claims.terms import BatchState, Stage
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page
from qinghe.web.estimates import estimate
from qinghe.web.parts import Crumb

SHOWN_ERRORS = 100
BEFORE_DECISION = (BatchState.RECEIVED, BatchState.CHECKING, BatchState.CHECKED)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page(Permission.SUBMIT_CLAIMS)
def batch_list(request: StaffRequest) -> HttpResponse:
    """Show the delivered files, the newest first."""
    return render(request, "web/creditor/batches.html", {"rows": batches(actor=request.actor)})


@page(Permission.SUBMIT_CLAIMS)
def batch_page(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show what is in one file: counts, stages, what is wrong with which row and how to fix it."""
    found = batch_for(batch_id=batch_id, actor=request.actor)
    taken = found.state == BatchState.ACCEPTED
    context = {
        "batch": found,
        "before": taken_before(found),
        "stages": [(s, found.stages.get(s.value, 0)) for s in Stage if found.stages.get(s.value)],
        "errors": row_errors(found, limit=SHOWN_ERRORS),
        "kinds": fault_kinds(found),
        "corrected": corrections(found, limit=0)[1],
        "lacking": count_lacking(actor=request.actor, batch_id=batch_id) if taken else None,
        "waiting": found.state == BatchState.CHECKED,
        "estimate": estimate(found.progress),
        "progress": found.progress,
        "before_decision": found.state in BEFORE_DECISION,
        "merging": found.state == BatchState.MERGING,
        "step": Crumb(3, 3, _("Look and decide")),
    }
    return render(request, "web/creditor/batch.html", context)


@page(Permission.SUBMIT_CLAIMS)
def batch_forecast(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show what would happen if the batch were taken over now; nothing happens."""
    found = batch_for(batch_id=batch_id, actor=request.actor)
    if found.state != BatchState.CHECKED:
        return redirect("web:batch", batch_id)
    run = dry_run(batch_id=batch_id, actor=request.actor, at=request.at)
    context = {"run": run, "batch": run.batch, "kinds": fault_kinds(run.batch)}
    return render(request, "web/creditor/batch_forecast.html", context)


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def batch_decide(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Take all rows, only the correct ones, or none: always the creditor's own choice."""
    choice = request.POST.get("choice", "")
    try:
        if choice == "none":
            refuse_batch(batch_id=batch_id, actor=request.actor, at=request.at)
            messages.success(request, _("Nothing was taken over. Correct the file, send it again."))
        elif choice in ("all", "part"):
            taken = accept_batch(
                batch_id=batch_id, partial=choice == "part", actor=request.actor, at=request.at
            )
            if taken.state == BatchState.ACCEPTED:
                messages.success(request, _taken(taken.accepted, batch_id, request.actor))
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
    return redirect("web:batch", batch_id)


def _taken(claims: int, batch_id: UUID, actor: Actor) -> str:
    told = ngettext("%(n)d claim was taken over.", "%(n)d claims were taken over.", claims)
    lack = count_lacking(actor=actor, batch_id=batch_id).count
    more = (
        _("%(n)d of them lack papers; which, this page shows under “What comes next”.")
        if lack
        else _("All their papers are here; a reviewer looks at them next.")
    )
    return f"{told % {'n': claims}} {more % {'n': lack} if lack else more}"


@page(Permission.SUBMIT_CLAIMS, methods=("POST",))
def batch_cancel(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Stop the work on a file; what was taken over already stays, and is told."""
    try:
        batch = cancel_batch(batch_id=batch_id, actor=request.actor, at=request.at)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
    else:
        told = {"n": batch.accepted}
        messages.success(request, _stopped(told))
    return redirect("web:batch", batch_id)


def _stopped(told: dict[str, int]) -> str:
    if not told["n"]:
        return _("The work was stopped. Nothing of the file was taken over.")
    return (
        _(
            "The work was stopped. %(n)d claims had been taken over and stay; sent again, the file "
            "goes on behind them."
        )
        % told
    )


@page(Permission.SUBMIT_CLAIMS)
def batch_errors(request: StaffRequest, batch_id: UUID, fmt: str) -> HttpResponse:
    """
    Download the faulty rows with column, reason and how to fix; corrected, it can be sent again.

    :raises Http404: neither csv nor xlsx
    """
    if fmt not in TYPES:
        raise Http404
    found = batch_for(batch_id=batch_id, actor=request.actor)
    name = f"errors-{found.sha256[:8]}.{fmt}"
    return HttpResponse(
        error_file(found, fmt),
        content_type=TYPES[fmt],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
