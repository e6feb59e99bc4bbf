"""Months: what is open in the next one, who asks to close it, and who closes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qinghe.ledger.export import FORMATS, export
from qinghe.parties.roles import Permission
from qinghe.settlement.closing_terms import Matter
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.chart import accounts_key
from qinghe.settlement.queries.closing import (
    Open,
    closable_from,
    close_mark,
    closes,
    next_month,
    open_matters,
)
from qinghe.settlement.services import ask_close, close_month, drop_close
from qinghe.web.doors import StaffRequest, acted, formed, page, seen_in, tried

HERE = "web:months"
# Where an open matter is settled: a page and a place on it.
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    Matter.BOOKS: ("web:money", ""),
    Matter.DRAFTS: ("web:payouts", ""),
    Matter.RECEIPTS: ("web:money", ""),
    Matter.UNMATCHED: ("web:money", ""),
    Matter.SUSPENSE: ("web:suspense", ""),
    Matter.BANK: ("web:reconciliation", "#bank"),
    Matter.FEES: ("web:reconciliation", "#fees"),
    Matter.LEFT_BANK: ("web:suspense", "#ou"),
    Matter.LEFT_TWICE: ("web:reconciliation", "#bank"),
    Matter.NOTED: ("web:suspense", "#no"),
    Matter.SENDING_BACK: ("web:suspense", "#ba"),
    Matter.OBJECTIONS: ("web:line-objections", ""),
    Matter.TAKEN_BACK: ("web:refunds", ""),
    Matter.ON_THE_WAY: ("web:payouts", ""),
    Matter.REFUNDS: ("web:refunds", ""),
    Matter.DEBITS: ("web:debits", ""),
    Matter.UNCOVERED: ("web:money", ""),
    Matter.RESERVES: ("web:payments", ""),
}


class CloseForm(forms.Form):
    """Why what is open may stay open; it stays with the month."""

    explanation = forms.CharField(
        label=_("What is open, and why it may stay open"), max_length=2_000, required=False
    )


@page(Permission.PREPARE_PAYOUTS)
def month_list(request: StaffRequest) -> HttpResponse:
    """Show the month that is closed next, what is open in it, and the months before."""
    return _months(request, CloseForm())


def _months(request: StaffRequest, form: CloseForm) -> HttpResponse:
    rows = closes(actor=request.actor)
    month = next_month(at=request.at)
    asked = next((row for row in rows if row.month == month), None)
    matters = open_matters(month=month) if month else []
    context = {
        "month": month,
        "closable_from": closable_from(at=request.at),
        "asked": asked,
        "mark": close_mark(asked.id, matters) if asked else "",
        "matters": _linked(matters),
        "rows": rows,
        "tied": tied_to((row.asked_by for row in rows if row.month == month), request.actor),
    }
    return formed(request, "web/operator/months.html", context, form)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def month_ask(request: StaffRequest, month: str) -> HttpResponse:
    """
    Ask for a month to be closed.

    :raises Http404: no month
    """
    form, first = CloseForm(request.POST), _first_day(month)

    def act(**told: str) -> object:
        return ask_close(month=first, **told, actor=request.actor, at=request.at)

    if tried(request, form, act, done=_("Asked. A second person closes the month.")):
        return redirect(HERE)
    return _months(request, form)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def month_close(request: StaffRequest, close_id: UUID) -> HttpResponse:
    """Close a month that somebody else asked for."""

    def act() -> object:
        seen = seen_in(request)
        return close_month(close_id=close_id, seen=seen, actor=request.actor, at=request.at)

    done = _("Closed. Nothing can be booked in it any more; its statements are being made.")
    return acted(request, act, to=HERE, done=done)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def month_drop(request: StaffRequest, close_id: UUID) -> HttpResponse:
    """Take back that a month was to be closed."""

    def act() -> object:
        return drop_close(close_id=close_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Taken back. The month is open."))


@page(Permission.PREPARE_PAYOUTS)
def month_export(request: StaffRequest, month: str, fmt: str) -> HttpResponse:
    """
    Download a closed month for accounting, as beancount or CSV.

    :raises Http404: no month, or another format
    """
    first = _first_day(month)
    if fmt not in FORMATS:
        raise Http404
    content = export(month=first, fmt=fmt, zone=settings.DISPLAY_ZONE)
    name = f'attachment; filename="books-{first:%Y-%m}.{fmt}"'
    return HttpResponse(
        content, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )


@page(Permission.PREPARE_PAYOUTS)
def month_accounts(request: StaffRequest) -> HttpResponse:
    """Download whose the accounts of the exports are."""
    return HttpResponse(
        accounts_key(actor=request.actor),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="accounts.csv"'},
    )


def _linked(matters: list[Open]) -> list[tuple[Open, str]]:
    """Return what is open, each with the page where it is settled."""
    return [
        (each, reverse(name) + part) for each in matters for name, part in [PLACES[each.matter]]
    ]


def _first_day(month: str) -> date:
    """
    Return the first day of a month such as 2026-11.

    :raises Http404: no month
    """
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
