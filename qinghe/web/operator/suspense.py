"""Statements of the bank and money in suspense: what waits, what it may be, who agrees."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.parties.roles import Permission
from qinghe.settlement.bank.reading import LARGEST_FILE
from qinghe.settlement.bank.table import template_of
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.became import became
from qinghe.settlement.queries.entries import noted
from qinghe.settlement.queries.gaps import gaps, seen_gaps
from qinghe.settlement.queries.hands import hands
from qinghe.settlement.queries.suspense import (
    PAGE,
    BackRow,
    SuspenseRow,
    ages,
    counted,
    going_back,
    in_suspense,
    spent_claim,
    suspense_row,
    unexplained,
)
from qinghe.settlement.queries.twins import TwinRow, twins
from qinghe.settlement.queries.uncompared import uncompared
from qinghe.settlement.services import (
    Booking,
    ImportedStatement,
    agree,
    approve_send_back,
    drop_send_back,
    import_statement,
    known_bookings,
    named_number,
    open_back_account,
    open_words,
    propose_claim,
    propose_known,
    propose_return,
    send_back,
    sent_at_bank,
    withdraw,
)
from qinghe.web.doors import StaffRequest, acted, page, seen_in, tried, unclear
from qinghe.web.numbers import page_asked

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


class KnownForm(forms.Form):
    """Which booking tells the money already."""

    booking = forms.ChoiceField(label=_("The booking"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, bookings: Iterable[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.key, each.label) for each in bookings]
        self.fields["booking"].choices = choices  # type: ignore[attr-defined]


class BackForm(forms.Form):
    """Where money goes whose account the statement does not tell."""

    holder = forms.CharField(label=_("Holder of the account"), max_length=140, required=False)
    account = forms.CharField(
        label=_("Account, as the bank tells it"), max_length=40, required=False
    )


def _page_of(request: StaffRequest, key: str) -> int:
    return page_asked({"page": request.GET.get(key, "")})


@page(Permission.MANAGE_PAYMENTS)
def suspense_list(request: StaffRequest) -> HttpResponse:
    """Show what waits, the oldest first, with its ages; what goes back and what went out."""
    actor = request.actor
    number, out_number = (_page_of(request, key) for key in ("page", "out"))
    waiting, out = counted(actor=actor)
    rows = in_suspense(actor=actor, offset=(number - 1) * PAGE, limit=PAGE)
    backs, alone = going_back(actor=actor), uncompared(actor=actor)
    context = {
        "rows": rows,
        "waiting": waiting,
        "number": number,
        "more": waiting > number * PAGE,
        "out_count": out,
        "out_number": out_number,
        "out_more": out > out_number * PAGE,
        "ages": ages(actor=actor, at=request.at),
        "backs": backs,
        "out": unexplained(actor=actor, offset=(out_number - 1) * PAGE, limit=PAGE),
        "noted": noted(actor=actor),
        "gaps": gaps(actor=actor),
        "seen": (seen := seen_gaps(actor=actor)),
        "names": hands(each.noted_by for each in seen),
        "twins": (pairs := twins(actor=actor)),
        "form": StatementForm(),
        "me": actor.label,
        "uncompared": alone,
        "importers": hands(each.imported_by for each in alone),
        "tied": tied_to(
            [*_askers(rows, backs, pairs), *(each.imported_by for each in alone)], actor
        ),
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
def statement_template(request: StaffRequest) -> HttpResponse:
    """Give an empty statement whose columns are known, for banks that name them otherwise."""
    headers = {"Content-Disposition": 'attachment; filename="statement.csv"'}
    return HttpResponse(
        template_of(MAPPING), content_type="text/csv; charset=utf-8", headers=headers
    )


@page(Permission.MANAGE_PAYMENTS)
def suspense_page(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Show one amount with its words, which opens them on record, and what it may be."""
    return _one(request, suspense_id)


def _askers(*rows: Iterable[SuspenseRow | BackRow | TwinRow]) -> list[str]:
    return [each.asked_by for some in rows for each in some]


def _known_form(request: StaffRequest, suspense_id: UUID, data: Any = None) -> KnownForm:
    found = known_bookings(suspense_id=suspense_id, actor=request.actor)
    return KnownForm(data, bookings=found)


def _typed(request: StaffRequest, backs: Iterable[BackRow]) -> list[dict[str, str]]:
    """Open the accounts that persons typed; who looks is on record."""
    told: dict[str, Any] = {"actor": request.actor, "at": request.at}
    return [
        {"number": back.number, **json.loads(open_back_account(back_id=back.id, **told))}
        for back in backs
        if back.typed
    ]


def _one(
    request: StaffRequest,
    suspense_id: UUID,
    claim_form: ClaimForm | None = None,
    known_form: KnownForm | None = None,
    back_form: BackForm | None = None,
) -> HttpResponse:
    forms_ = (claim_form, known_form, back_form)
    row = suspense_row(suspense_id=suspense_id, actor=request.actor)
    backs = going_back(actor=request.actor, suspense_id=suspense_id)
    said = {}
    # Whoever agrees to send it back, or sends it, must see to whom.
    if row.written and (row.rest or backs):
        said = json.loads(open_words(suspense_id=row.id, actor=request.actor, at=request.at))
    context = {
        "r": row,
        "by": hands([row.asked_by]).get(row.asked_by, ""),
        "ours": named_number(suspense_id=row.id, actor=request.actor) if row.rest else "",
        "spent": spent_claim(suspense_id=row.id, actor=request.actor),
        "said": said,
        "backs": backs,
        "became": became(suspense_id=row.id, actor=request.actor),
        "typed": _typed(request, backs),
        "claim_form": claim_form or ClaimForm(),
        "known_form": known_form or _known_form(request, suspense_id),
        "back_form": back_form or BackForm(),
        "me": request.actor.label,
        "tied": tied_to(_askers([row], backs), request.actor),
    }
    status = 422 if any(form and form.errors for form in forms_) else 200
    return render(request, "web/operator/suspense_one.html", context, status=status)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_claim(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Propose which claim the money pays."""
    form = ClaimForm(request.POST)

    def act(**told: str) -> object:
        return propose_claim(suspense_id=suspense_id, **told, actor=request.actor, at=request.at)

    if tried(request, form, act, done=WAITS):
        return redirect(HERE)
    return _one(request, suspense_id, form)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_known(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Propose that the money is in the books already."""
    form = _known_form(request, suspense_id, request.POST)

    def act(**told: str) -> object:
        return propose_known(suspense_id=suspense_id, **told, actor=request.actor, at=request.at)

    if tried(request, form, act, done=WAITS):
        return redirect(HERE)
    return _one(request, suspense_id, known_form=form)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_return(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Propose that the money is a payout which the bank returned."""

    def act() -> object:
        return propose_return(suspense_id=suspense_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=WAITS)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_back(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Ask that the money goes back."""
    form = BackForm(request.POST)

    def act(**told: str) -> object:
        return send_back(suspense_id=suspense_id, **told, actor=request.actor, at=request.at)

    if tried(request, form, act, done=_("Set aside. A second person must agree.")):
        return redirect(HERE)
    return _one(request, suspense_id, back_form=form)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_agree(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Agree to what a colleague proposed."""

    def act() -> object:
        seen = seen_in(request)
        return agree(suspense_id=suspense_id, seen=seen, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Booked."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def suspense_withdraw(request: StaffRequest, suspense_id: UUID) -> HttpResponse:
    """Take a proposal back."""

    def act() -> object:
        return withdraw(suspense_id=suspense_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Taken back. The money waits."))


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
    parts = [new]
    for n, words in (
        (result.own_booked, ngettext("{n} booked", "{n} booked", result.own_booked)),
        (result.own_waiting, ngettext("{n} in suspense", "{n} in suspense", result.own_waiting)),
        (result.own_left, ngettext("{n} out, known", "{n} out, known", result.own_left)),
        (result.own_open, ngettext("{n} out, unknown", "{n} out, unknown", result.own_open)),
    ):
        parts += [words.format(n=n)] if n else []
    told = " · ".join(parts)
    if result.twins:
        twice = ngettext("{n} perhaps told twice", "{n} perhaps told twice", result.twins)
        told += f" · {twice.format(n=result.twins)}"
    return told
