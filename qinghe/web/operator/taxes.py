"""How an organisation is taxed: told by the operator, from the first of a month on."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.queries import organisation
from qinghe.parties.roles import Permission
from qinghe.parties.services import tell_taxpayer
from qinghe.parties.terms import TaxpayerKind
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.operator.forms import DAY

ONE: Final = "web:organisation"


class TaxForm(forms.Form):
    """The kind of taxpayer, and from which month on."""

    taxpayer = forms.ChoiceField(label=_("Value added tax"), choices=TaxpayerKind.choices)
    from_on = forms.DateField(
        label=_("From"), widget=DAY, help_text=_("The first of this month or of a later one.")
    )


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def tax_tell(request: StaffRequest, slug: str) -> HttpResponse:
    """Say how an organisation is taxed."""
    form = TaxForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)

    def act() -> object:
        return tell_taxpayer(
            org_id=organisation(slug).pk, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Noted. Commissions and fees from that day on contain this tax.")
    return acted(request, act, to=ONE, done=done, slug=slug)
