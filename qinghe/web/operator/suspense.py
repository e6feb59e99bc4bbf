"""Statements of the bank and money in suspense: what waits, what it may be, who agrees."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.parties.roles import Permission
from qinghe.settlement.bank.reading import LARGEST_FILE
from qinghe.settlement.queries.suspense import (
    ages,
    gaps,
    going_back,
    in_suspense,
    suspense_row,
    unexplained,
)
from qinghe.settlement.services import (
    ImportedStatement,
    agree,
    approve_send_back,
    drop_send_back,
    explain_entry,
    import_statement,
    open_words,
    propose_claim,
    propose_known,
    send_back,
    sent_at_bank,
    withdraw,
)
from qinghe.web.doors import StaffRequest, acted, page, unclear

HERE = "web:suspense"
MAPPING = "qinghe"
WAITS = _("Proposed. A second person must agree.")


class StatementForm(forms.Form):
    """A statement as the bank sent it."""

    file = forms.FileField(
        label=_("Statement of the bank"), help_text=_("camt.053, MT940, CSV or XLSX")
    )

    def clean_file(self) -> Any:
        """
        Refuse what is too large before it is read.

        :raises ValidationError: larger than a statement may be
        """
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 megabytes."))
        return file


class ClaimForm(forms.Form):
    """Which claim the money pays."""

    claim_number = forms.CharField(label=_("Number or reference of the claim"), max_length=60)


class NoteForm(forms.Form):
    """Where money stands in the books already."""

    note = forms.CharField(label=_("Where it is booked; no names"), max_length=200)


@page(Permission.MANAGE_PAYMENTS)
def suspense_list(request: StaffRequest) -> HttpResponse:
    """Show what waits, the oldest first, with its ages; what goes back and what went out."""
    actor = request.actor
    context = {
        "rows": in_suspense(actor=actor),
        "ages": ages(actor=actor, at=request.at),
        "backs": going_back(actor=actor),
        "out": unexplained(actor=actor),
        "gaps": gaps(actor=actor),
        "form": StatementForm(),
        "me": actor.label,
        "at": request.at,
    }
    return render(request, "web/operator/suspense.html", context)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def statement_import(request: StaffRequest) -> HttpResponse:
    """Take in a statement; what is there already changes nothing."""
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return unclear(request, form, HERE)
    content = form.cleaned_data["file"].read()

    def act() -> ImportedStatement:
        return import_statement(
            content=content, mapping=MAPPING, actor=request.actor, at=request.at
        )

    return acted(request, act, to=HERE, done=_told)


@page(Permission.MANAGE_PAYMENTS)
def suspense_page(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Show one amount with its words, which opens them on record, and what it may be."""
    row = suspense_row(suspense_id=suspense_id, actor=request.actor)
    said = {}
    if row.written and row.rest:
        said = json.loads(open_words(suspense_id=row.id, actor=request.actor, at=request.at))
    context = {
        "r": row,
        "said": said,
        "claim_form": ClaimForm(),
        "note_form": NoteForm(),
        "me": request.actor.label,
    }
    return render(request, "web/operator/suspense_one.html", context)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_claim(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Propose which claim the money pays."""
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        return propose_claim(
            suspense_id=suspense_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=HERE, done=WAITS)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_known(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Propose that the money is in the books already."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        return propose_known(
            suspense_id=suspense_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=HERE, done=WAITS)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_back(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Ask that the money goes back."""

    def act() -> object:
        return send_back(suspense_id=suspense_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Set aside. A second person must agree."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_agree(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Agree to what a colleague proposed."""

    def act() -> object:
        return agree(suspense_id=suspense_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Booked."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_withdraw(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Take a proposal back."""

    def act() -> object:
        return withdraw(suspense_id=suspense_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Taken back. The money waits."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def entry_explain(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Note where money that went out stands in the books."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        return explain_entry(
            entry_id=entry_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=HERE, done=_("Noted."))


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def back_approve(request: StaffRequest, back_id: UUID) -> HttpResponse:
    """Agree that money goes back."""

    def act() -> object:
        return approve_send_back(back_id=back_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Agreed. Send it at the bank with its number."))


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def back_sent(request: StaffRequest, back_id: UUID) -> HttpResponse:
    """Note that the bank has sent it."""

    def act() -> object:
        return sent_at_bank(back_id=back_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Booked as sent back."))


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def back_drop(request: StaffRequest, back_id: UUID) -> HttpResponse:
    """Let money wait again that was to go back."""

    def act() -> object:
        return drop_send_back(back_id=back_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Dropped. The money waits again."))


def _told(result: ImportedStatement) -> str:
    if not result.new:
        return str(_("Nothing new: all of it was here already."))
    new = ngettext("{n} new entry", "{n} new entries", result.new).format(n=result.new)
    booked = ngettext("{n} booked", "{n} booked", result.booked).format(n=result.booked)
    waiting = ngettext("{n} in suspense", "{n} in suspense", result.waiting)
    return f"{new} · {booked} · {waiting.format(n=result.waiting)}"
