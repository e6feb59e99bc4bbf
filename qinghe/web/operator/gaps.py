"""Gaps between statements: seen by a person with words, and taken back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.services import note_gap, withdraw_gap_note
from qinghe.web.doors import StaffRequest, acted, page, unclear

HERE = "web:suspense"


class GapForm(forms.Form):
    """What a person found out about missing days."""

    note = forms.CharField(label=_("What the bank says of it; no names"), max_length=200)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def gap_note(request: StaffRequest, statement_id: UUID) -> HttpResponse:
    """Note that a gap was seen."""
    form = GapForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        words = form.cleaned_data["note"]
        told = {"statement_id": statement_id, "note": words}
        return note_gap(**told, actor=request.actor, at=request.at)

    return acted(
        request, act, to=HERE, done=_("Noted. It stands below, under gaps that were seen.")
    )


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def gap_note_back(request: StaffRequest, note_id: UUID) -> HttpResponse:
    """Take the note on a gap back."""

    def act() -> object:
        return withdraw_gap_note(note_id=note_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Taken back. The gap is shown again."))
