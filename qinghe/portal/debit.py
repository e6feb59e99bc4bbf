"""Direct debit for an agreed plan: allow it, see what comes, and end it with one press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel import clock
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.fields import Amount, OnceForm
from qinghe.portal.plans import my_plan
from qinghe.settlement.debit_terms import MOST_DAYS_AFTER, TOLD_AHEAD_DAYS
from qinghe.settlement.queries.debits import mandate_for, my_debit
from qinghe.settlement.services import allow_debits, cancel_debits


class DebitForm(OnceForm):
    """From which account, how much at most, and when."""

    holder = forms.CharField(label=_("Who holds the account?"), max_length=60)
    bank = forms.CharField(label=_("Bank"), max_length=80)
    account = forms.CharField(
        label=_("Account number"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    days_after = forms.IntegerField(
        label=_("How many days after the due day?"),
        help_text=_("For example, when your pay comes some days later. 0 is the due day itself."),
        min_value=0,
        max_value=MOST_DAYS_AFTER,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["most"] = most = Amount(
            currency=currency,
            label=_("How much may be taken at once, at most?"),
            help_text=_("Never more than your instalment. What is above this is not taken."),
        )
        self.soften(most)


@page("GET", "POST")
def debit(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show what was allowed and what comes next; or take a permission in."""
    claim = claim_of(claim_id, request.actor)
    mine, plan = my_debit(claim_id=claim_id, actor=request.actor), my_plan(claim_id, request.actor)
    form = DebitForm(request.POST or None, currency=claim.currency, initial={"days_after": 0})
    done, _made = sent(
        form,
        lambda actor: allow_debits(
            claim_id=claim_id,
            **{name: form.cleaned_data[name] for name in FIELDS},
            actor=actor,
            at=clock.now(),
        ),
        request.actor,
    )
    if done:
        return redirect("portal:debit", claim_id=claim_id)
    context = {
        "claim": claim,
        "plan": plan,
        "mine": mine,
        "form": form,
        "ahead": TOLD_AHEAD_DAYS,
        "zone": request.zone,
    }
    return render(request, "portal/debit.html", context)


FIELDS = ("holder", "bank", "account", "most", "days_after")


@page("POST")
def debit_cancel(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """End the direct debit. Nothing is asked."""
    mandate = mandate_for(claim_id=claim_id, actor=request.actor)
    cancel_debits(mandate_id=mandate.pk, actor=request.actor, at=clock.now())
    return redirect("portal:debit", claim_id=claim_id)
