"""Fees of providers and of the bank: asked for by one person, booked by another."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.services import ask_bank_fee, ask_provider_fee, book_fee, drop_fee
from qinghe.settlement.ways import NAMES
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.numbers import some_day

HERE: Final = "web:reconciliation"
WAITS: Final = _("Asked. A second person must agree.")


class ProviderFeeForm(forms.Form):
    """Whose fees of which day."""

    provider = forms.ChoiceField(label=_("Provider"), choices=list(NAMES.items()))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    day = forms.DateField(label=_("Day"))


class BankFeeForm(forms.Form):
    """What the bank charged for."""

    note = forms.CharField(label=_("What the bank charged for; no names"), max_length=200)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def provider_fee(request: StaffRequest) -> HttpResponse:
    """Ask for a provider's fees of a day to be booked."""
    form = ProviderFeeForm(request.POST)
    if not form.is_valid():
        return _shown(request, unclear(request, form, HERE))
    provider, currency = form.cleaned_data["provider"], form.cleaned_data["currency"]
    day: date = form.cleaned_data["day"]

    def act() -> object:
        return ask_provider_fee(
            provider=provider, currency=currency, day=day, actor=request.actor, at=request.at
        )

    return _shown(request, acted(request, act, to=HERE, done=WAITS))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def bank_fee(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Ask for a charge on the bank's statement to be booked."""
    form = BankFeeForm(request.POST)
    if not form.is_valid():
        return _shown(request, unclear(request, form, HERE))

    def act() -> object:
        note = form.cleaned_data["note"]
        return ask_bank_fee(entry_id=entry_id, note=note, actor=request.actor, at=request.at)

    return _shown(request, acted(request, act, to=HERE, done=WAITS))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def fee_book(request: StaffRequest, fee_id: UUID) -> HttpResponse:
    """Agree to a fee that somebody else asked for."""

    def act() -> object:
        return book_fee(fee_id=fee_id, actor=request.actor, at=request.at)

    return _shown(
        request, acted(request, act, to=HERE, done=_("Booked from the platform's own money."))
    )


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def fee_drop(request: StaffRequest, fee_id: UUID) -> HttpResponse:
    """Take back that a fee was to be booked."""

    def act() -> object:
        return drop_fee(fee_id=fee_id, actor=request.actor, at=request.at)

    return _shown(request, acted(request, act, to=HERE, done=_("Taken back. Nothing was booked.")))


def _shown(request: StaffRequest, answer: HttpResponse) -> HttpResponse:
    """Lead back to the day of the check that was being looked at."""
    day = some_day(request.POST.get("shown"), date.min)
    if day > date.min:
        answer["Location"] = f"{answer['Location']}?day={day:%Y-%m-%d}#fees"
    return answer
