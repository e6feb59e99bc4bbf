"""Deposits and insurances of an agency: recorded by one, confirmed by another, released."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import to_minor
from qinghe.parties.queries import organisation
from qinghe.parties.roles import Permission
from qinghe.parties.services import confirm_cover, record_cover, release_cover
from qinghe.parties.terms import CoverKind
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.operator.forms import ASKED, DAY

ONE: Final = "web:organisation"
CURRENCY: Final = "CNY"


class CoverForm(forms.Form):
    """A deposit or an insurance as a paper shows it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CoverKind.choices)
    amount = forms.DecimalField(
        label=_("Amount in yuan"), min_value=1, max_digits=14, decimal_places=2
    )
    reference = forms.CharField(label=_("Number of the receipt or policy"), max_length=80)
    ends_on = forms.DateField(
        label=_("First day without it"),
        required=False,
        widget=DAY,
        help_text=_("A deposit has none."),
    )


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def cover_add(request: StaffRequest, slug: str) -> HttpResponse:
    """Put a deposit or an insurance on file; a colleague confirms it."""
    form = CoverForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, slug=slug)
    told = dict(form.cleaned_data)
    amount = to_minor(told.pop("amount"), CURRENCY)

    def act() -> object:
        return record_cover(
            org_id=organisation(slug).pk,
            amount=amount,
            currency=CURRENCY,
            **told,
            actor=request.actor,
            at=request.at,
        )

    done = _("On file. It counts once a colleague confirms it.")
    return acted(request, act, to=ONE, done=done, slug=slug)


@page(Permission.MANAGE_ACCOUNTS, methods=("POST",))
def cover_decide(request: StaffRequest, slug: str, cover_id: UUID) -> HttpResponse:
    """Confirm what a colleague recorded, or take it off file."""
    if request.POST.get("decision") == "confirm":

        def act() -> object:
            return confirm_cover(cover_id=cover_id, actor=request.actor, at=request.at)

        return acted(request, act, to=ONE, done=_("Confirmed: it covers orders now."), slug=slug)

    def release() -> object:
        reason = request.POST.get("reason", "").strip()[:200]
        return release_cover(cover_id=cover_id, reason=reason, actor=request.actor, at=request.at)

    def released(cover: object) -> object:
        return _("Taken off file.") if getattr(cover, "released_at", None) else ASKED

    return acted(request, release, to=ONE, done=released, slug=slug)
