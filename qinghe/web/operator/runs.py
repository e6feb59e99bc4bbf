"""Payout runs: collected, let go by a second person, filed for the bank, answered by it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import to_major
from qinghe.parties.queries.payees import new_accounts
from qinghe.parties.roles import Permission, may
from qinghe.settlement.payout_terms import FileFormat, PayoutState
from qinghe.settlement.queries.gone import gone
from qinghe.settlement.queries.payable import never_paid
from qinghe.settlement.queries.run_desk import run_desk
from qinghe.settlement.queries.runs import limits, payouts_of, run_for, run_mark
from qinghe.settlement.return_codes import CODES
from qinghe.settlement.services import (
    Report,
    agree_limits,
    agree_void,
    approve_run,
    ask_limits,
    ask_void,
    drop_limits,
    drop_run,
    hand_in,
    keep_file,
    keep_out,
    let_in,
    make_bank_file,
    open_bank_file,
    open_run,
    read_bank_answers,
)
from qinghe.web.amounts import to_minor_in
from qinghe.web.doors import (
    StaffRequest,
    acted,
    formed,
    page,
    refusals_in,
    say_unclear,
    seen_in,
    tried,
    unclear,
)
from qinghe.web.formats import as_day

LIST: Final = "web:payouts"
ONE: Final = "web:payout-run"
LIMITS: Final = "web:payout-limits"
# What has not left yet.
STILL: Final = (PayoutState.DRAFT, PayoutState.APPROVED)


class ReasonForm(forms.Form):
    """Why; it stays in the journal."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class FileForm(forms.Form):
    """How the bank takes the run, and when it pays."""

    file_format = forms.ChoiceField(label=_("Format"), choices=FileFormat.choices)
    executes_on = forms.DateField(
        label=_("Day to pay on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AnswersForm(forms.Form):
    """What the bank answered."""

    file = forms.FileField(
        label=_("The bank's answers"),
        help_text=_("pain.002, camt.054, or CSV with columns for state and reason. Not kept."),
    )


class LimitForm(forms.Form):
    """Other limits in one currency."""

    currency = forms.CharField(widget=forms.HiddenInput)
    per_payout = forms.DecimalField(label=_("One payout"), min_value=0, max_digits=16)
    per_run = forms.DecimalField(label=_("One run"), min_value=0, max_digits=16)
    per_day = forms.DecimalField(label=_("One organisation in a day"), min_value=0, max_digits=16)

    def clean(self) -> None:
        for name in ("per_payout", "per_run", "per_day"):
            to_minor_in(self, name, self.cleaned_data.get("currency", ""))


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_open(request: StaffRequest, currency: str) -> HttpResponse:
    """Collect what can go out now into a run."""

    def act() -> object:
        return open_run(currency=currency, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Collected. A second person must approve the run."))


@page(Permission.PREPARE_PAYOUTS)
def run_page(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Show a run: its payouts, who let it go, its file, and what the bank said."""
    run = run_for(run_id=run_id, actor=request.actor)
    rows = payouts_of(run_id=run_id, actor=request.actor)
    owners = {row.organisation_id for row in rows if row.state in STILL}
    context = {
        "run": run,
        "rows": rows,
        "mark": run_mark((row.id, row.amount) for row in rows),
        "new_accounts": new_accounts(never_paid(owners), request.at),
        "file_form": FileForm(initial={"executes_on": as_day(request.at)}),
        "codes": [(code, each.words) for code, each in CODES.items()],
        "gone": gone(rows=rows, actor=request.actor),
        "desk": run_desk(run_id=run_id, actor=request.actor),
        "approves": may(request.actor, Permission.APPROVE_PAYOUTS),
    }
    return render(request, "web/operator/run.html", context)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def run_approve(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Let a run go that somebody else opened."""

    def act() -> object:
        seen = seen_in(request)
        return approve_run(run_id=run_id, actor=request.actor, at=request.at, seen=seen)

    return acted(request, act, to=ONE, done=_("Approved."), run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_drop(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Give a run up."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, run_id=run_id)

    def act() -> object:
        return drop_run(run_id=run_id, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Given up. Its payouts are drafts again."))


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_file_make(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Make the bank's file, once."""
    form = FileForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, run_id=run_id)

    def act() -> object:
        told = form.cleaned_data
        return make_bank_file(run_id=run_id, **told, actor=request.actor, at=request.at)

    done = _("The file is made. It is the same at every download.")
    return acted(request, act, to=ONE, done=done, run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_file(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Download the bank's file; the journal keeps who did."""
    found = open_bank_file(run_id=run_id, actor=request.actor, at=request.at)
    return HttpResponse(
        found.content,
        content_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_file_void(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Ask that the bank's file be void, or keep one that somebody asked to void."""
    told: dict[str, Any] = {"run_id": run_id, "actor": request.actor, "at": request.at}
    if request.POST.get("keep"):

        def keep() -> object:
            return keep_file(**told)

        return acted(request, keep, to=ONE, done=_("The file stays as it is."), run_id=run_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, run_id=run_id)

    def act() -> object:
        return ask_void(**told, **form.cleaned_data)

    return acted(request, act, to=ONE, done=_("Asked. A second person must agree."), run_id=run_id)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def run_file_void_agree(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Agree that the bank's file is void."""

    def act() -> object:
        seen = seen_in(request)
        return agree_void(run_id=run_id, seen=seen, actor=request.actor, at=request.at)

    done = _("The file is void. Make another one, or keep payouts out.")
    return acted(request, act, to=ONE, done=done, run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def run_sent(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Note that the file is with the bank."""

    def act() -> object:
        return hand_in(run_id=run_id, actor=request.actor, at=request.at)

    done = _("Noted. From here on only the bank's answer counts.")
    return acted(request, act, to=ONE, done=done, run_id=run_id)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def payout_keep_out(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Keep one payout out of its run."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        told: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return keep_out(payout_id=payout_id, **form.cleaned_data, **told)

    return acted(request, act, to=LIST, done=_("Kept out. It waits until somebody lets it in."))


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def payout_let_in(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Let a payout go with the next run again."""

    def act() -> object:
        return let_in(payout_id=payout_id, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("It goes with the next run."))


@page(Permission.PREPARE_PAYOUTS, methods=("GET", "POST"))
def bank_answers(request: StaffRequest) -> HttpResponse:
    """Read a file of the bank's answers, and say what came of each."""
    form = AnswersForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    if form.is_valid():
        with refusals_in(form):
            report = read_bank_answers(
                content=form.cleaned_data["file"].read(), actor=request.actor, at=request.at
            )
    return formed(request, "web/operator/bank_answers.html", {"report": report}, form)


@page(Permission.PREPARE_PAYOUTS, methods=("GET", "POST"))
def limit_page(request: StaffRequest) -> HttpResponse:
    """Show the limits of payouts, and ask for others."""
    if request.method == "POST":
        currency = request.POST.get("currency", "")
        form = LimitForm(request.POST, auto_id=f"id_{currency}_%s")

        def act(**told: Any) -> object:
            return ask_limits(**told, actor=request.actor, at=request.at)

        if tried(request, form, act, done=_("Asked. A second person must agree.")):
            return redirect(LIMITS)
        return _limits(request, currency, form)
    return _limits(request)


def _limits(request: StaffRequest, typed: str = "", form: LimitForm | None = None) -> HttpResponse:
    rows = [
        (row, form if form and row.currency == typed else _limit_form(row.currency, row.limits))
        for row in limits(actor=request.actor)
    ]
    if form and typed not in {row.currency for row, _form in rows}:
        say_unclear(request, form)
    status = 422 if form else 200
    return render(request, "web/operator/payout_limits.html", {"rows": rows}, status=status)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def limit_decide(request: StaffRequest, limit_id: UUID) -> HttpResponse:
    """Agree to limits that somebody else asked for, or drop them."""
    told: dict[str, Any] = {"limit_id": limit_id, "actor": request.actor, "at": request.at}
    if request.POST.get("drop"):

        def drop() -> object:
            return drop_limits(**told)

        return acted(request, drop, to=LIMITS, done=_("Dropped. The limits stay as they are."))

    def agree() -> object:
        return agree_limits(**told)

    return acted(request, agree, to=LIMITS, done=_("Agreed. The new limits count from now on."))


def _limit_form(currency: str, now: Any) -> LimitForm:
    names = ("per_payout", "per_run", "per_day")
    initial = {name: to_major(getattr(now, name), currency) for name in names}
    return LimitForm(initial={"currency": currency, **initial}, auto_id=f"id_{currency}_%s")
