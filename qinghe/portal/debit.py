"""Direct debit for an agreed plan: allow it, see what comes, and end it with one press."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from qinghe.kernel import clock
from qinghe.kernel.money import to_major
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.debit_words import ended, told
from qinghe.portal.doors import DebtorRequest, page, seen_in, sent
from qinghe.portal.fields import Amount, OnceForm
from qinghe.portal.plans import MyPlan, my_plan
from qinghe.settlement.debit_refusals import BadAccount, NoDebitMandate, OthersAccount
from qinghe.settlement.debit_terms import MOST_DAYS_AFTER, TOLD_AHEAD_DAYS, UNDUE_DAYS
from qinghe.settlement.queries.debits import mandate_for, my_debit
from qinghe.settlement.services import allow_debits, cancel_debits

FIELDS: Final = ("holder", "bank", "account", "most", "days_after")
# Times the largest payment above which a ceiling may be a slip of the hand.
FAR: Final = 2


class DebitForm(OnceForm):
    """From which account, how much at most, and when."""

    holder = forms.CharField(label=_("Who holds the account?"), max_length=60)
    bank = forms.CharField(label=_("Bank"), max_length=80)
    account = forms.CharField(
        label=_("Account number"),
        max_length=42,
        help_text=_(
            "Only this page asks for it, because you are beginning a direct debit. Nobody asks you "
            "for it by phone or message."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    days_after = forms.IntegerField(
        label=_("How many days after the due day?"),
        help_text=_("For example, when your pay comes some days later. 0 is the due day itself."),
        min_value=0,
        max_value=MOST_DAYS_AFTER,
    )

    own = forms.BooleanField(label=_("This is my own account."))
    # Asked only where far more is allowed than any payment is.
    sure = forms.BooleanField(
        label=_("Yes, I mean this amount."), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, currency: str, largest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.largest, self.currency = largest, currency
        self.fields["most"] = most = Amount(
            currency=currency,
            label=_("How much may be taken at once, at most?"),
            help_text=_("Never more than your instalment. What is above this is not taken."),
        )
        self.soften(most)
        # The words to agree to come last.
        self.order_fields([*FIELDS, "sure", "own"])
        self.fields["own"].error_messages["required"] = _(
            "Only your own account can be used. Please tick this."
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        most, largest = values.get("most"), self.largest
        if most is not None and most < largest:
            self.add_error("most", self._said("debit_low"))
        elif most is not None and most > FAR * largest > 0 and not values.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            self.add_error("most", self._said("debit_high"))
        return values

    def _said(self, name: str) -> str:
        facts = {"largest": self.largest, "currency": self.currency}
        return render_to_string(f"portal/parts/{name}.html", facts).strip()


@page("GET", "POST")
def debit(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show what was allowed and what comes next; or take a permission in."""
    claim = claim_of(claim_id, request.actor)
    mine, plan = my_debit(claim_id=claim_id, actor=request.actor), my_plan(claim_id, request.actor)
    largest = _largest(plan)
    form = DebitForm(
        request.POST or None,
        currency=claim.currency,
        largest=largest,
        initial=_initial(largest, claim),
    )
    done, _made = sent(
        form,
        lambda actor: allow_debits(
            claim_id=claim_id,
            **{name: form.cleaned_data[name] for name in FIELDS},
            actor=actor,
            at=clock.now(),
            seen=seen_in(request),
        ),
        request.actor,
        fields={BadAccount.code: "account", OthersAccount.code: "holder"},
    )
    if done:
        return redirect("portal:debit", claim_id=claim_id)
    context = {
        "claim": claim,
        "plan": plan,
        "mine": mine,
        "ended": ended(mine) if mine else "",
        "rows": told(mine.rows) if mine else [],
        "undue_days": UNDUE_DAYS,
        "form": form,
        "ahead": TOLD_AHEAD_DAYS,
        "zone": request.zone,
    }
    return render(request, "portal/debit.html", context)


def _largest(plan: MyPlan | None) -> int:
    """Return the largest payment that is open; nothing without a plan that runs."""
    rows = plan.rows if plan and plan.running else ()
    return max((row.amount - row.paid for row in rows), default=0)


def _initial(largest: int, claim: MyClaim) -> dict[str, Any]:
    """Return what is usual: on the due day, and as much as the largest payment that is open."""
    most = f"{to_major(largest, claim.currency):f}" if largest > 0 else ""
    return {"days_after": 0, "most": most}


@page("POST")
def debit_cancel(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """End the direct debit. Nothing is asked."""
    claim_of(claim_id, request.actor)
    try:
        mandate = mandate_for(claim_id=claim_id, actor=request.actor)
        cancel_debits(mandate_id=mandate.pk, actor=request.actor, at=clock.now())
    except NoDebitMandate:
        messages.info(request, _("No direct debit is running: nothing more was to be done."))
    return redirect("portal:debit", claim_id=claim_id)
