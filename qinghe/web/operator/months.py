"""Months: what is open in the next one, who asks to close it, and who closes it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.ledger.export import FORMATS, export
from qinghe.parties.roles import Permission
from qinghe.settlement.queries.closing import closes, next_month, open_matters
from qinghe.settlement.services import ask_close, close_month, drop_close
from qinghe.web.doors import StaffRequest, acted, page, unclear

HERE = "web:months"


class CloseForm(forms.Form):
    """Why what is open may stay open; it stays with the month."""

    explanation = forms.CharField(
        label=_("What is open, and why it may stay open"), max_length=2_000, required=False
    )


@page(Permission.PREPARE_PAYOUTS)
def month_list(request: StaffRequest) -> HttpResponse:
    """Show the month that is closed next, what is open in it, and the months before."""
    rows = closes(actor=request.actor)
    month = next_month(at=request.at)
    context = {
        "month": month,
        "asked": next((row for row in rows if row.month == month), None),
        "matters": open_matters(month=month) if month else [],
        "rows": rows,
        "me": request.actor.label,
    }
    return render(request, "web/operator/months.html", context)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def month_ask(request: StaffRequest, month: str) -> HttpResponse:
    """
    Ask for a month to be closed.

    :raises Http404: no month
    """
    form, first = CloseForm(request.POST), _first_day(month)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        return ask_close(month=first, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Asked. A second person closes the month."))


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def month_close(request: StaffRequest, close_id: UUID) -> HttpResponse:
    """Close a month that somebody else asked for."""

    def act() -> object:
        return close_month(close_id=close_id, actor=request.actor, at=request.at)

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


def _first_day(month: str) -> date:
    """
    Return the first day of a month such as 2026-11.

    :raises Http404: no month
    """
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
