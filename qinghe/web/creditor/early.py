"""Early settlement for creditors: who may offer how much less, offers on a claim, consent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.early import authority_of, early_offers
from qinghe.casework.refusals import MuchWaived
from qinghe.casework.services import (
    Grant,
    decide_early_offer,
    make_early_offer,
    set_authority,
)
from qinghe.casework.terms import LONGEST_OFFER_DAYS, EarlyState, OfferRole
from qinghe.claims.queries import claim_for
from qinghe.claims.terms import Stage
from qinghe.kernel.money import to_major
from qinghe.parties.roles import NotPermitted, Permission
from qinghe.web.amounts import Amount, Meant, ask_whether_meant
from qinghe.web.collector.forms import DAY
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in

CURRENCY: Final = "CNY"
SPARE_ROWS: Final = 2
MOST_ROWS: Final = 20


class GrantForm(forms.Form):
    """One row of the matrix; a row without a role is left out."""

    role = forms.ChoiceField(
        label=_("Who"), choices=[("", "—"), *OfferRole.choices], required=False
    )
    stage = forms.ChoiceField(
        label=_("Stage"), choices=[("", _("every stage")), *Stage.choices], required=False
    )
    discount_pct = forms.DecimalField(
        label=_("At most so much less, %"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
    )
    days = forms.IntegerField(
        label=_("Stands for days"), min_value=1, max_value=LONGEST_OFFER_DAYS, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owed_to"] = Amount(
            label=_("Debts up to"), currency=CURRENCY, required=False, help_text=_("Empty: any.")
        )
        self.order_fields(("role", "stage", "owed_to", "discount_pct", "days"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("role"):
            for name in ("discount_pct", "days"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Please fill this in."))
        return values

    def grant(self) -> Grant:
        """Return the row as the service takes it."""
        facts = self.cleaned_data
        return Grant(
            facts["role"], facts["discount_pct"], facts["days"], facts["stage"], facts["owed_to"]
        )


Matrix = forms.formset_factory(GrantForm, extra=SPARE_ROWS, max_num=MOST_ROWS)


class EarlyForm(forms.Form):
    """A sum that settles a claim, and the last day it may come."""

    last_day = forms.DateField(label=_("To be paid by"), widget=DAY)
    waives = Meant()

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = Amount(label=_("This sum settles everything"), currency=currency)
        self.order_fields(("amount", "waives", "last_day"))

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn refusals inside the block into words here; of much that is waived, into a tick."""
        with refusals_in(self):
            try:
                yield
            except MuchWaived as refused:
                self.add_error("amount", refused.user_message)
                label = _("Yes, {waives} is waived.").format(**refused.facts)
                ask_whether_meant(self, "waives", label, refused.facts["waives_minor"])


@page(Permission.DECIDE_PLANS, methods=("GET", "POST"))
def authority(request: StaffRequest) -> HttpResponse:
    """Show and set how much less each role may offer; below it, the offers that wait."""
    org_id = request.actor.org_id
    if org_id is None:
        raise NotPermitted
    rows = [
        {**vars(row), "owed_to": row.owed_to and to_major(row.owed_to, CURRENCY)}
        for row in authority_of(creditor_id=org_id)
    ]
    matrix = Matrix(request.POST or None, initial=rows, prefix="m")
    note = forms.Form(request.POST or None)
    if matrix.is_bound and matrix.is_valid():
        grants = [each.grant() for each in matrix.forms if each.cleaned_data.get("role")]
        with refusals_in(note):
            set_authority(creditor_id=org_id, rows=grants, actor=request.actor, at=request.at)
            messages.success(request, str(_("The authority is kept.")))
            return redirect("web:offer-authority")
    waiting = early_offers(actor=request.actor, states=(EarlyState.ASKED,))
    context = {"matrix": matrix, "waiting": waiting}
    return formed(request, "web/creditor/authority.html", context, note)


@page(Permission.DECIDE_PLANS, methods=("GET", "POST"))
def claim_early(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show the offers on a claim, and make one."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = EarlyForm(request.POST or None, currency=view.currency)
    if form.is_bound and form.is_valid():
        with form.asking():
            make_early_offer(
                claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
            )
            messages.success(request, str(_("The offer is made.")))
            return redirect("web:claim-early", claim_id)
    offers = early_offers(actor=request.actor, claim_id=claim_id)
    context = {"claim": view, "offers": offers, "back": "web:claim", "consents": True}
    return formed(request, "web/early.html", context, form)


@page(Permission.DECIDE_PLANS, methods=("POST",))
def early_decide(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    """Consent to an offer beyond what its author may offer, or not."""
    agreed = request.POST.get("agreed") == "1"

    def act() -> object:
        return decide_early_offer(
            offer_id=offer_id, agreed=agreed, actor=request.actor, at=request.at
        )

    done = _("The debtor sees the offer now.") if agreed else _("Declined.")
    return acted(request, act, to="web:offer-authority", done=done)
