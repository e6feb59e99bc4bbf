"""What a person fills in to pay in parts: how much, in which rhythm, what is left to live on."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.casework.fairness import check_fits, least_monthly, smallest
from qinghe.casework.refusals import BadShape, InstalmentTooSmall, PlanTooLong, PlanTooSteep
from qinghe.casework.schedules import Variation, affordable, first_day
from qinghe.casework.terms import Rhythm
from qinghe.kernel.errors import DomainError
from qinghe.portal.claims import MyClaim
from qinghe.portal.fields import Amount, OnceForm
from qinghe.portal.offers import (
    least_hint,
    monthly_offers,
    offer_label,
    too_heavy,
    too_little,
    too_slow,
    too_steep,
    too_thin,
)

OTHER: Final = "other"
# What a rhythm still lacks, by the field that tells it.
_SHAPES: Final = {
    "step": _("Please say by how much it rises each time."),
    "step_months": _("Please say after how many months it rises."),
    "months": _(
        "Please choose the months in which you pay this amount: at least one, and not all twelve. "
        "In the others nothing is paid, unless you name an amount for them."
    ),
}


class PlanForm(OnceForm):
    """An amount a month, and how it changes if it does; means only if the person tells them."""

    rhythm = forms.ChoiceField(
        label=pgettext_lazy("plan", "How would you like to pay?"),
        choices=Rhythm.choices,
        initial=Rhythm.EQUAL,
        required=False,
    )
    step_months = forms.IntegerField(
        label=_("If it rises: after how many months?"), min_value=1, max_value=60, required=False
    )
    months = forms.TypedMultipleChoiceField(
        label=_("If by the seasons: in which months do you pay this amount?"),
        choices=list(MONTHS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, claim: MyClaim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim, currency = claim, claim.currency
        self._choice(claim)
        least = least_hint(claim.owed, currency)
        words = {
            "monthly": (_("If your own amount: how much a month?"), least),
            "step": (_("If it rises: by how much each time?"), ""),
            "otherwise": (_("If by the seasons: how much in the other months?"), _("Empty: none.")),
            "income": (
                _("Your income a month"),
                _("Only if you like. We do not keep it, and nobody else sees it."),
            ),
            "expenses": (
                _("What you need a month to live"),
                _("Rent, food, school, medicine, those who depend on you. It stays whole."),
            ),
        }
        for name, (label, hint) in words.items():
            field = Amount(currency=currency, label=label, help_text=hint, required=False)
            self.fields[name] = self.soften(field)
        self.order_fields(
            ("choice", "monthly", "rhythm", "step", "step_months", "months", "otherwise")
        )

    def _choice(self, claim: MyClaim) -> None:
        offers = monthly_offers(claim.owed, claim.currency)
        named = [(str(x), offer_label(x, claim.owed, claim.currency)) for x in offers]
        self.fields["choice"] = choice = forms.ChoiceField(
            label=_("How much can you pay each month without worry?"),
            help_text=_("Less is fine. You may also enter your own amount."),
            choices=[*named, (OTHER, _("My own amount"))],
            widget=forms.RadioSelect,
        )
        self.soften(choice)

    @property
    def variation(self) -> Variation:
        """Return how the instalments differ, from cleaned values; of other rhythms nothing."""
        return _variation(self.cleaned_data)

    def proposal(self) -> dict[str, Any]:
        """Return what is sent on, in the fields of `SendPlanForm`."""
        how = self.variation
        return {
            "monthly": self.cleaned_data["monthly"],
            "rhythm": how.rhythm,
            "step": how.step,
            "step_months": how.step_months,
            "months": ",".join(str(month) for month in how.months),
            "otherwise": how.otherwise,
            "spare": self.cleaned_data.get("spare"),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        choice = values.get("choice")
        if not self.data.get("choice") and self.data.get("monthly", "").strip():
            # Whoever types an amount has chosen it.
            del self.errors["choice"]
            choice = OTHER
        if choice and choice != OTHER:
            values["monthly"] = int(choice)
        if values.get("income") is not None:
            values["spare"] = affordable(values["income"], values.get("expenses") or 0)
        if choice and not self.errors:
            self._check(values, "monthly" if choice == OTHER else "choice")
        return values

    def _check(self, values: dict[str, Any], asked: str) -> None:
        """Refuse a plan that cannot be; `asked` is the field the monthly amount came from."""
        if values.get("monthly") is None:
            self.add_error("monthly", _("Please enter an amount a month."))
            return
        how, owed, currency = _variation(values), self.claim.owed, self.claim.currency
        first = first_day(self.claim.today, self.claim.paused_until)
        try:
            parts = check_fits(owed, values["monthly"], first, how, currency)
            spare = values.get("spare")
            if spare is not None and max(amount for _day, amount in parts) > spare:
                self.add_error(asked, too_heavy(owed, currency, spare))
        except PlanTooLong as refusal:
            self.add_error(asked, _too_long(owed, first, how, currency) or refusal.user_message)
        except PlanTooSteep:
            enough = least_monthly(owed, first, how) or owed
            self.add_error(asked, too_steep(owed, currency, enough))
        except InstalmentTooSmall:
            thin = asked if values["monthly"] < smallest(owed) else "otherwise"
            self.add_error(thin, too_thin(owed, currency))
        except BadShape:
            field = _unshaped(values)
            self.add_error(field, _SHAPES[field])
        except DomainError as refusal:
            self.add_error(asked, refusal.user_message)


def _unshaped(values: dict[str, Any]) -> str:
    """Return the field whose fact is missing from a rhythm, or contradicts it."""
    if values.get("rhythm") == Rhythm.GRADUATED:
        return "step_months" if values.get("step") else "step"
    return "months"


def _too_long(owed: int, first: date, how: Variation, currency: str) -> str:
    """Return the least that would do in this rhythm; empty where no amount does."""
    if how.rhythm == Rhythm.EQUAL:
        return too_little(owed, currency)
    enough = least_monthly(owed, first, how)
    return too_slow(owed, currency, enough) if enough else ""


def _variation(values: dict[str, Any]) -> Variation:
    rhythm = values.get("rhythm") or Rhythm.EQUAL
    if rhythm == Rhythm.GRADUATED:
        step, every = values.get("step") or 0, values.get("step_months") or 0
        return Variation(rhythm, step=step, step_months=every)
    if rhythm == Rhythm.SEASONAL:
        months = tuple(sorted(values.get("months") or ()))
        return Variation(rhythm, months=months, otherwise=values.get("otherwise") or 0)
    return Variation()


class SendPlanForm(OnceForm):
    """The schedule was shown; this sends it."""

    monthly = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    rhythm = forms.ChoiceField(choices=Rhythm.choices, required=False, widget=forms.HiddenInput)
    step = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    step_months = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    months = forms.RegexField(r"^(\d{1,2},?)*$", required=False, widget=forms.HiddenInput)
    otherwise = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    spare = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def variation(self) -> Variation:
        """Return how the instalments differ."""
        months = [int(each) for each in self.cleaned_data.get("months", "").split(",") if each]
        return _variation({**self.cleaned_data, "months": months})
