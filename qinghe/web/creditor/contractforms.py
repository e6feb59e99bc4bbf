"""Forms about a contract: its terms, corrections, waivers, assignment, acts of limitation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.contract_terms import ActKind, DayCount, FeeKind, Schedule, WriteOff
from qinghe.claims.queries import ClaimView, EvidenceRow
from qinghe.claims.services import FeeGiven, TermsGiven
from qinghe.claims.terms import Component, PayOrder, Security, StopGround
from qinghe.kernel.money import exponent, to_major, to_minor, ungrouped
from qinghe.web.amounts import Amount
from qinghe.web.formats import as_day
from qinghe.web.words import label

DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# A name, blanks, and the day it got the claim.
HOLDER: Final = re.compile(r"^(?P<name>.+?)[\s,，]+(?P<on>\d{4}-\d{2}-\d{2})$")
LENDERS: Final = (
    ("", _("Not known (judged the stricter way)")),
    ("bank", _("Bank")),
    ("consumer_finance_company", _("Consumer finance company")),
    ("small_loan_company", _("Small-loan company")),
    ("guarantee_company", _("Guarantee company")),
    ("leasing", _("Leasing company")),
    ("factoring", _("Factoring company")),
    ("pawn", _("Pawn shop")),
    ("local_amc", _("Local asset manager")),
    ("private_company", _("Other company")),
    ("natural_person", _("Natural person")),
)


def _percent(
    label: StrPromise, places: int, help_text: StrPromise | str = ""
) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=7,
        decimal_places=places,
        min_value=0,
        required=False,
        help_text=help_text,
    )


def _lines(label: StrPromise, help_text: StrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text,
    )


class TermsForm(forms.Form):
    """What was agreed, as it stands in the contract."""

    field_order = ("principal", "handed_over")
    disbursed_on = forms.DateField(label=_("Paid out on"), widget=DAY)
    matures_on = forms.DateField(label=_("Last day to pay back"), widget=DAY)
    schedule = forms.ChoiceField(label=_("How it is paid back"), choices=Schedule.choices)
    periods = forms.IntegerField(
        label=_("Number of periods"), min_value=1, max_value=600, initial=1
    )
    period_months = forms.IntegerField(
        label=_("Months in a period"), min_value=1, max_value=120, initial=1
    )
    rate_pct = _percent(_("Rate, % a year"), 4, _("Empty: no interest was agreed."))
    day_count = forms.ChoiceField(label=_("How days are counted"), choices=DayCount.choices)
    overdue_rate_pct = _percent(_("Rate after the due day, % a year"), 4)
    penalty_daily_pct = _percent(_("Penalty, % a day"), 5)
    grace_days = forms.IntegerField(label=_("Days of grace"), min_value=0, max_value=365, initial=0)
    accelerated_on = forms.DateField(
        label=_("Everything called due on"), widget=DAY, required=False
    )
    sued_on = forms.DateField(
        label=_("Sued on"),
        widget=DAY,
        required=False,
        help_text=_("For contracts from before 20 August 2020."),
    )
    pays_first = forms.ChoiceField(
        label=_("What a payment pays first"), choices=PayOrder.choices, required=False
    )
    security = forms.ChoiceField(label=_("Security"), choices=Security.choices, required=False)
    charge = _lines(
        _("Service and other charges"),
        _("One a line: the day and the amount, as 2025-06-01 500.00."),
    )
    enforcement = _lines(_("Costs of enforcing the claim"), _("Court and lawyer; one a line."))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["principal"] = Amount(label=_("Principal in the contract"), currency=currency)
        self.fields["handed_over"] = Amount(
            label=_("Really handed over"),
            currency=currency,
            required=False,
            help_text=_("What the debtor received, after anything kept back."),
        )
        self.order_fields(self.field_order)

    def clean_charge(self) -> list[FeeGiven]:
        """Return the charges that count towards the cap."""
        return self._fees(FeeKind.CHARGE)

    def clean_enforcement(self) -> list[FeeGiven]:
        """Return the costs that stand outside the cap."""
        return self._fees(FeeKind.ENFORCEMENT)

    def _fees(self, kind: FeeKind) -> list[FeeGiven]:
        amount = self.fields["principal"]
        assert isinstance(amount, Amount)
        found = []
        for place, text in enumerate(self.cleaned_data[kind.value].splitlines(), start=1):
            if not text.strip():
                continue
            try:
                day, sum_text = text.split()
                minor = amount.clean(ungrouped(sum_text))
                found.append(FeeGiven(kind, minor or 0, date.fromisoformat(day)))
            except (ValueError, forms.ValidationError):
                wrong = _("Line %(n)d: write a day and an amount, such as “2025-06-01 500.00”.")
                raise forms.ValidationError(wrong, params={"n": place}) from None
        return found

    def show_amounts(self, principal: int, handed_over: int | None) -> None:
        """Fill in the amounts that were told before, given in minor units."""
        for name, minor in (("principal", principal), ("handed_over", handed_over)):
            field = self.fields[name]
            assert isinstance(field, Amount)
            if minor is not None:
                field.initial = to_major(minor, field.currency)

    def show_fees(self, fees: Sequence[tuple[str, int, date]], currency: str) -> None:
        """Fill in the charges that were told before, as (kind, minor units, day)."""
        for kind in FeeKind.values:
            rows = [
                f"{on} {to_major(amount, currency)}" for each, amount, on in fees if each == kind
            ]
            self.fields[kind].initial = "\n".join(rows)

    def given(self) -> TermsGiven:
        """Return the terms as the service takes them."""
        facts = dict(self.cleaned_data)
        fees = (*facts.pop(FeeKind.CHARGE.value), *facts.pop(FeeKind.ENFORCEMENT.value))
        return TermsGiven(**facts, fees=fees)


class StopForm(forms.Form):
    """Until when a claim bears no interest, and what that stands on."""

    until = forms.DateField(label=_("No interest before"), widget=DAY)
    ground = forms.ChoiceField(label=_("Ground"), choices=StopGround.choices)
    source = forms.CharField(
        label=_("What it stands on"),
        max_length=500,
        help_text=_("The law, the ruling or the agreement. The debtor reads the ground."),
    )


class PartsForm(forms.Form):
    """An amount for each part of a claim, and words the debtor reads."""

    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("The debtor reads it."))

    def __init__(self, *args: Any, view: ClaimView, filled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.view = view
        places = exponent(view.currency)
        for part in reversed(Component.values):
            field = forms.DecimalField(
                label=label(part, "component"),
                max_digits=14,
                decimal_places=places,
                min_value=0,
                required=False,
            )
            if filled:
                field.initial = to_major(getattr(view, part), view.currency)
            self.fields[part] = field
        self.order_fields([*reversed(Component.values), "reason"])

    def amounts(self) -> dict[str, int]:
        """Return what was written, in minor units."""
        return {
            part: to_minor(self.cleaned_data[part], self.view.currency)
            for part in Component.values
            if self.cleaned_data.get(part) is not None
        }


class WaiveForm(PartsForm):
    """What is waived of each part, and why."""

    ground = forms.ChoiceField(label=_("Ground"), choices=WriteOff.choices)


class FileForm(forms.Form):
    """Something that one of the files of a claim shows."""

    evidence = forms.ChoiceField(label=_("The file that shows it"))

    def __init__(self, *args: Any, files: Sequence[EvidenceRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["evidence"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(each.id), f"{label(each.kind, 'evidence')} · {as_day(each.uploaded_at):%Y-%m-%d}")
            for each in files
        ]


class AssignForm(FileForm):
    """To whom a claim is assigned."""

    to_slug = forms.SlugField(
        label=_("The new creditor's identifier"),
        help_text=_("It tells you its own: the short name in its address here."),
    )


class NoticeForm(FileForm):
    """When the debtor was told of the assignment."""

    reached_on = forms.DateField(label=_("Reached the debtor on"), widget=DAY)


class ActForm(FileForm):
    """An act that interrupts or suspends the limitation."""

    kind = forms.ChoiceField(label=_("What happened"), choices=ActKind.choices)
    on = forms.DateField(label=_("On"), widget=DAY)
    ended_on = forms.DateField(
        label=_("Ended on"),
        widget=DAY,
        required=False,
        help_text=_("For a procedure that is over, or an obstacle."),
    )


class ChainForm(FileForm):
    """How a claim came from its first creditor to this one, before it came here."""

    first = forms.CharField(label=_("First creditor"), max_length=200)
    first_kind = forms.ChoiceField(
        label=_("Kind of the first creditor"), choices=LENDERS, required=False
    )
    holders = forms.CharField(
        label=_("Creditors in between"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: the name and the day it got the claim, as 2025-03-01."),
    )
    on = forms.DateField(label=_("You got it on"), widget=DAY)
    told_on = forms.DateField(
        label=_("The debtor was told on"),
        widget=DAY,
        required=False,
        help_text=_("Until the debtor was told, nobody collects."),
    )

    def clean_holders(self) -> list[tuple[str, date]]:
        """Return name and day of each creditor in between."""
        found = []
        for place, text in enumerate(self.cleaned_data["holders"].splitlines(), start=1):
            match = HOLDER.match(text.strip())
            if not text.strip():
                continue
            try:
                found.append((match["name"], date.fromisoformat(match["on"])))  # type: ignore[index]
            except (TypeError, ValueError):
                wrong = _("Line %(n)d: write a name and a day, such as “Example Fund 2025-03-01”.")
                raise forms.ValidationError(wrong, params={"n": place}) from None
        return found


class HistoryForm(forms.Form):
    """A file about many contracts: their earlier payments, or their terms."""

    what = forms.ChoiceField(
        label=_("What is in it"),
        choices=[("payments", _("Earlier payments")), ("terms", _("Terms of contracts"))],
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 100 MB. The columns are named below."),
    )
