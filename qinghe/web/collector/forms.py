"""Forms of the case page. Nobody types text to a debtor: only approved wording is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.casework.terms import Action, Result
from qinghe.contact.terms import Outcome
from qinghe.market.terms import AUTOMATIC, ReturnReason
from qinghe.web.amounts import Amount
from qinghe.web.formats import home_zone

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RecordForm(forms.Form):
    """What was done and what came of it, in codes; the note is kept encrypted."""

    # Nothing is chosen beforehand: a promise nobody made must not be recorded by a hasty click.
    action = forms.ChoiceField(
        label=_("What was done"), choices=[("", _("choose")), *Action.choices]
    )
    result = forms.ChoiceField(
        label=_("What came of it"), choices=[("", _("choose")), *Result.choices]
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The debtor may read it one day. No numbers, no judgements."),
    )


class PromiseForm(forms.Form):
    """A promise the debtor made; the amount in the currency of the claim."""

    field_order = ("amount", "due_on")
    due_on = forms.DateField(label=_("By"), widget=DAY)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = Amount(label=_("Amount"), currency=currency)
        self.order_fields(self.field_order)


class CallBackForm(forms.Form):
    """When the debtor asked to be called; checked against closed hours and wishes."""

    planned_at = forms.DateTimeField(
        label=_("When"), widget=MOMENT, input_formats=["%Y-%m-%dT%H:%M"]
    )

    def clean_planned_at(self) -> datetime:
        """Return the moment typed, read in the zone of the top bar."""
        typed: datetime = self.cleaned_data["planned_at"]
        return typed.replace(tzinfo=home_zone())


class GiveBackForm(forms.Form):
    """Why the order goes back to the creditor."""

    code = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("choose")), *(c for c in ReturnReason.choices if c[0] not in AUTOMATIC)],
        help_text=_(
            "Several returns within a month pause taking. A reason outside you counts too, until "
            "the creditor confirms it or the record shows it."
        ),
    )
    reason = forms.CharField(
        label=_("In a few words"),
        max_length=500,
        required=False,
        help_text=_("About the work, never about the person."),
    )


class OutcomeForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", _("choose")), *(c for c in Outcome.choices if c[0] != Outcome.DELIVERED)],
    )


def case_forms(currency: str) -> dict[str, Any]:
    """Return the empty forms of the page of a case in a currency."""
    return {
        "record_form": RecordForm(),
        "promise_form": PromiseForm(currency=currency),
        "callback_form": CallBackForm(),
        "give_back_form": GiveBackForm(),
        "outcome_form": OutcomeForm(),
    }
