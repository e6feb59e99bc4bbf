"""One entry of a bank statement: its words, opened on record, and where its money stands."""

from __future__ import annotations

import json
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.entries import entry_row
from qinghe.settlement.queries.fees import fee_asked
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.queries.named import other_amounts
from qinghe.settlement.services import (
    explain_entry,
    open_entry,
    twice_number,
    unfit_number,
    withdraw_note,
)
from qinghe.web.doors import StaffRequest, acted, page, tried

HERE = "web:suspense"


class NoteForm(forms.Form):
    """Where money stands in the books already."""

    note = forms.CharField(label=_("Where it is booked; no names"), max_length=200)


@page(Permission.MANAGE_PAYMENTS)
def entry_page(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Show an entry with its words, which opens them on record."""
    return _page(request, entry_id, NoteForm())


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def entry_explain(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Note where money that went out stands in the books; what was typed stays when refused."""
    form = NoteForm(request.POST)

    def act(**told: str) -> object:
        return explain_entry(entry_id=entry_id, **told, actor=request.actor, at=request.at)

    if tried(request, form, act, done=_("Noted.")):
        return redirect(HERE)
    return _page(request, entry_id, form)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def entry_note_back(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Take a note back; the money waits to be explained again."""

    def act() -> object:
        return withdraw_note(entry_id=entry_id, actor=request.actor, at=request.at)

    done = _("Taken back. It waits to be explained, or booked as a fee.")
    return acted(request, act, to=HERE, done=done)


def _page(request: StaffRequest, entry_id: UUID, form: NoteForm) -> HttpResponse:
    actor = request.actor
    row = entry_row(entry_id=entry_id, actor=actor)
    said = {}
    if row.written:
        said = json.loads(open_entry(entry_id=entry_id, actor=actor, at=request.at))
    fee = fee_asked(entry_id=entry_id, actor=actor)
    context = {
        "e": row,
        "said": said,
        "by": hands([row.explained_by]).get(row.explained_by, ""),
        "unfit": unfit_number(entry_id=entry_id, actor=actor),
        "twice": twice_number(entry_id=entry_id, actor=actor),
        "other": other_amounts(entry_id=entry_id, actor=actor),
        "fee": fee,
        "fee_by": hands([fee.asked_by]).get(fee.asked_by, "") if fee else "",
        "agrees": fee is not None and fee.asked_by not in tied_to([fee.asked_by], actor),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "web/operator/entry.html", context, status=status)
