"""Corrections of commission: asked for beside an objection, agreed to by a second person."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.correction_terms import Way
from qinghe.settlement.queries.objections import objections
from qinghe.settlement.services import (
    ask_commission_correction,
    book_commission_correction,
    drop_commission_correction,
)
from qinghe.web.amounts import PlainDecimal, to_minor_in
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.money.objections import LIST


class CommissionForm(forms.Form):
    """Which way a difference goes, and how much it is."""

    way = forms.ChoiceField(label=_("Commission was"), choices=Way.choices)
    amount = PlainDecimal(
        label=_("Difference, the platform's part included"),
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> None:
        to_minor_in(self, "amount", self.currency)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def commission_ask(request: StaffRequest, objection_id: UUID) -> HttpResponse:
    """Ask for a difference in commission to be booked."""
    rows = objections(actor=request.actor)
    currency = next((row.currency for row in rows if row.id == objection_id), "CNY")
    form = CommissionForm(request.POST, currency=currency)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return ask_commission_correction(objection_id=objection_id, **form.cleaned_data, **by)

    done = _("Noted. A second person must agree; nothing is booked until then.")
    return acted(request, act, to=LIST, done=done)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def commission_book(request: StaffRequest, correction_id: UUID) -> HttpResponse:
    """Agree to a correction of commission, and book it."""
    by: dict[str, Any] = {"actor": request.actor, "at": request.at}
    act = partial(book_commission_correction, correction_id=correction_id, **by)
    return acted(request, act, to=LIST, done=_("Booked. Both statements show it."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def commission_drop(request: StaffRequest, correction_id: UUID) -> HttpResponse:
    """Take back that a correction was to be booked."""
    by: dict[str, Any] = {"actor": request.actor, "at": request.at}
    act = partial(drop_commission_correction, correction_id=correction_id, **by)
    return acted(request, act, to=LIST, done=_("Dropped. Nothing was booked."))
