"""Direct debits: planned, collected in runs that two persons let go, answered by the bank."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.parties.roles import Permission, may
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.debit_backs import to_give_back
from qinghe.settlement.queries.debits import debit_run, debit_runs, planned, to_recall
from qinghe.settlement.services import (
    Heard,
    approve_debit_run,
    drop_debit_run,
    give_debit_back,
    hand_in_debits,
    make_debit_file,
    open_back_file,
    open_debit_file,
    open_debit_run,
    practice_answers,
    read_debit_answers,
)
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.operator.runs import AnswersForm

LIST: Final = "web:debits"
ONE: Final = "web:debit-run"
# What is collected, not paid: the same outcomes in words of debits.
COLLECTED: Final = {
    Heard.PAID: pgettext_lazy("bank's answer", "Booked as collected"),
    Heard.RETURNED: pgettext_lazy("bank's answer", "Not collected, or back with the payer"),
    Heard.UNKNOWN: pgettext_lazy("bank's answer", "No debit of ours"),
}


@page(Permission.PREPARE_PAYOUTS)
def debit_list(request: StaffRequest) -> HttpResponse:
    """Show debits that wait, what must be called back, and the runs."""
    rows = planned(actor=request.actor, at=request.at)
    context = {
        "rows": rows,
        "ready": sorted({row.currency for row in rows if row.why is None}),
        "recall": to_recall(actor=request.actor, at=request.at),
        "runs": debit_runs(actor=request.actor),
        "too_much": to_give_back(actor=request.actor, at=request.at),
    }
    return render(request, "web/operator/debits.html", context)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def debit_open(request: StaffRequest, currency: str) -> HttpResponse:
    """Collect what can be debited now into a run."""

    def act() -> object:
        return open_debit_run(currency=currency, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Collected. A second person must approve the run."))


@page(Permission.PREPARE_PAYOUTS)
def debit_run_page(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Show a run of debits."""
    found = debit_run(run_id=run_id, actor=request.actor, at=request.at)
    context = {
        "run": found.run,
        "rows": found.rows,
        "mine": not apart(found.run.opened_by, request.actor),
        "approves": may(request.actor, Permission.APPROVE_PAYOUTS),
        "practice": settings.DEMO,
    }
    return render(request, "web/operator/debit_run.html", context)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def debit_approve(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Let a run go that somebody else opened."""

    def act() -> object:
        return approve_debit_run(run_id=run_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Approved."), run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def debit_step(request: StaffRequest, run_id: UUID, step: str) -> HttpResponse:
    """
    Make the file, say that it is with the bank, or give the run up.

    :raises Http404: another step
    """
    acts = {
        "make": (make_debit_file, _("The file is made. It is the same at every download.")),
        "sent": (hand_in_debits, _("Noted. From here on only the bank's answer counts.")),
        "drop": (drop_debit_run, _("Given up. Its debits wait; its file must not be used.")),
    }
    if step not in acts:
        raise Http404
    verb, done = acts[step]

    def act() -> object:
        return verb(run_id=run_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=done, run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def debit_file(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Download the bank's file; the journal keeps who did."""
    found = open_debit_file(run_id=run_id, actor=request.actor, at=request.at)
    return HttpResponse(
        found.content,
        content_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def debit_back(request: StaffRequest, debit_id: UUID) -> HttpResponse:
    """Ask that what a debit brought too much goes back to its account."""

    def act() -> object:
        return give_debit_back(debit_id=debit_id, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Asked. A second person must agree, at Suspense."))


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def back_file(request: StaffRequest, back_id: UUID) -> HttpResponse:
    """Download the bank's file of money that goes back; the journal keeps who did."""
    found = open_back_file(back_id=back_id, actor=request.actor, at=request.at)
    return HttpResponse(
        found.content,
        content_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def debit_practice(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Let the practice bank answer a run, where this is a demonstration."""

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor}
        content = practice_answers(run_id=run_id, **by)
        return read_debit_answers(content=content, at=request.at, **by)

    return acted(request, act, to=ONE, done=_("The practice bank has answered."), run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("GET", "POST"))
def debit_answers(request: StaffRequest) -> HttpResponse:
    """Read a file of the bank's answers to debits, and say what came of each."""
    form = AnswersForm(request.POST or None, request.FILES or None)
    lines: object = None
    if form.is_valid():
        with refusals_in(form):
            heard = read_debit_answers(
                content=form.cleaned_data["file"].read(), actor=request.actor, at=request.at
            )
            lines = [(number, COLLECTED.get(each, each.label)) for number, each in heard]
    return formed(request, "web/operator/debit_answers.html", {"lines": lines}, form)
