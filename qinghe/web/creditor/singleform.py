"""The form for one claim told by hand: plain questions, in the order a person thinks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.contract_terms import Schedule
from qinghe.claims.services import FieldFault
from qinghe.claims.terms import Product
from qinghe.parties.terms import PersonKind

CURRENCIES: Final = ("CNY", "HKD", "USD", "EUR", "GBP", "JPY", "SGD")
# Where a sentence about a row or a cell would puzzle somebody who fills in a form.
HAND_WORDS: Final = {
    "missing": _("Fill this in."),
    "bad-date": _("This is no day of the calendar."),
    "bad-list": _("Line {place}: write a day and an amount, such as 2025-03-01 500.00."),
    "phone-in-text": _(
        "There is a telephone number in this field. Only the debtor's own number may be given, "
        "and only in its own field: nobody else is called about this debt."
    ),
    "day-ahead": _("This day is still to come. Choose today or an earlier day."),
    "number-known": _(
        "A claim with this number is here already. Correct that one, or give this claim another "
        "number."
    ),
    "zero": _("By this nothing is owed. Write the amount that is still open."),
    "zero-term": _("Write an amount above zero, or leave this empty."),
    "bad-term": _("This is no possible value here. Choose one, or leave it empty."),
    "contradiction": _("This contradicts itself: {fact}. Correct it by the contract."),
    "bad-count": _("Write a whole number from {least} to {limit}, or leave this empty."),
    "bad-form": _("Choose how it is paid back."),
    "unknown-product": _("Choose what the debt is about."),
    "unknown-kind": _("Say whether the debtor is a person or a firm."),
    "bad-id": _(
        "This identity number cannot exist: its length, birth date or last character is wrong. "
        "Compare it with the identity card or the contract."
    ),
    "no-identity": _(
        "Give the identity number, or at least the telephone number, of the person who owes; of a "
        "firm its credit code. Otherwise nothing tells who owes."
    ),
    "rate-not-known": _(
        "The lawful limit of interest for the day of this contract is not published here yet. "
        "Leave the rate empty, or ask the platform."
    ),
    "rate-without-contract": _(
        "Say on which day it was signed (“Signed on”): the lawful limit of interest depends on it."
    ),
    "handed-over-more": _(
        "This is more than the amount lent. Compare both with the note; they may be exchanged."
    ),
    "ends-before-payout": _(
        "The last day to pay back must be after the day the money was handed over."
    ),
    "too-many-instalments": _(
        "So many monthly instalments do not fit between the day the money was handed over and the "
        "last one. Check the number and both days."
    ),
    "terms-without-principal": _("Something was paid back: say how much was lent at first."),
    "terms-without-loan": _("Say how much was lent at first."),
    "repayment-ahead": _("A repayment is of a day after the day on which the amounts are right."),
    "bad-email": _("This is no e-mail address. Check it, or leave it empty."),
    "contract-in-future": _("This day is after the day on which the amounts are right."),
    "terms-without-day": _("Say on which day the money was handed over, or the contract signed."),
    "contract-changed": _(
        "A claim with this number is here already, with other facts. Correct that one, or give "
        "this claim another number."
    ),
    "terms-differ": _(
        "This claim is here already, with other terms or repayments. Change them on its contract "
        "page; do not post it again."
    ),
    "rate-over-limit": _(
        "A claim at this rate may not be collected (rule {rule}). Nobody has to pay such interest."
    ),
}


@dataclass(frozen=True)
class Part:
    """One part of the form under a heading, with a sentence about it."""

    title: StrPromise
    lead: StrPromise
    fields: tuple[str, ...]


PARTS: Final = (
    Part(
        _("Who owes you money?"),
        _("Only the person or firm that signed. Relatives, colleagues, friends: no data, ever."),
        ("debtor_kind", "debtor_name", "id_number"),
    ),
    Part(
        _("What was agreed?"),
        _("As it stands in the loan note or contract. With it we calculate what the law permits."),
        ("product", "loan_principal", "handed_over", "contract_date", "paid_out_on", "due_date",
         "agreed_rate", "annual_overdue_rate", "contract_number"),
    ),
    Part(
        _("Is it paid back in parts?"),
        _("Leave this alone when everything was to be paid back on one day."),
        ("repayment_form", "instalments", "matures_on"),
    ),
    Part(
        _("What was paid back so far?"),
        _("Every repayment counts, cash and transfers alike. What is left out comes back as a "
          "dispute."),
        ("repayments",),
    ),
    Part(
        _("What is still owed?"),
        _("Count interest to the day you name here and leave out what was paid."),
        ("as_of", "principal", "interest", "fees", "currency"),
    ),
    Part(
        _("How can the debtor be reached?"),
        _("Only the debtor's own telephone, e-mail and address. There is no place here for other "
          "people's: they owe nothing, and nobody may be asked about somebody else's debt."),
        ("phone", "email", "address", "region"),
    ),
)  # fmt: skip


def _text(
    label: StrPromise, hint: StrPromise | str = "", *, needed: bool = False, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=needed,
        max_length=4000,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _sum(label: StrPromise, hint: StrPromise, *, needed: bool = False) -> forms.CharField:
    return _text(label, hint, needed=needed, inputmode="decimal")


def _day(
    label: StrPromise, hint: StrPromise | str = "", *, needed: bool = False
) -> forms.CharField:
    # Judged as in a file; what cannot be read is told beside the field, and stays in it.
    return _text(label, hint, needed=needed, type="date")


def _choice(
    label: StrPromise,
    choices: Iterable[tuple[Any, Any]],
    *,
    needed: bool = False,
    widget: type[forms.Widget] = forms.Select,
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=needed, widget=widget)


class SingleForm(forms.Form):
    """What a creditor knows about one debt. The names are those of the columns of a file."""

    debtor_kind = _choice(
        _("A person or a firm?"), PersonKind.choices, widget=forms.RadioSelect, needed=True
    )
    debtor_name = _text(
        _("Debtor's name"), _("As on the identity card, or the full name of the firm."), needed=True
    )
    id_number = _text(
        _("Identity number"),
        _("18 digits on the identity card; of a firm its credit code. Kept encrypted. Without it, "
          "the telephone below is needed."),
    )  # fmt: skip
    product = _choice(_("What is it about?"), Product.choices, needed=True)
    loan_principal = _sum(
        _("Amount lent"), _("The sum in the note, in numbers. Empty: it is what is still owed.")
    )
    handed_over = _sum(
        _("Really handed over"),
        _("What the debtor received, after anything kept back. Interest counts on this sum."),
    )
    contract_date = _day(
        _("Signed on"), _("The day on the note. The lawful limit of interest depends on it.")
    )
    paid_out_on = _day(_("Handed over on"), _("Empty: on the day it was signed."))
    due_date = _day(
        _("Due on"), _("The day by which it was to be paid. No day agreed: the day you set."),
        needed=True,
    )  # fmt: skip
    agreed_rate = _sum(
        _("Agreed interest, % a year"),
        _("1 % a month is 12 % a year. Empty: no interest was agreed, and none is owed."),
    )
    annual_overdue_rate = _sum(
        _("Interest for late payment, % a year"), _("Only what was agreed. Empty: none.")
    )
    contract_number = _text(
        _("Number of the contract"),
        _("A loan note without one gets a number here; leave it empty."),
    )
    repayment_form = _choice(
        _("How it is paid back"), [("", _("All at once")), *Schedule.choices[1:]]
    )
    instalments = _text(_("Number of instalments"), _("One each month."), inputmode="numeric")
    matures_on = _day(_("Last instalment due on"), _("Empty: the due day above."))
    repayments = forms.CharField(
        label=_("Repayments"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One a line: the day and the amount, such as 2025-03-01 500.00."),
    )
    as_of = forms.DateField(
        label=_("The amounts are right on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today, or the day you counted to."),
    )
    principal = _sum(_("Principal still owed"), _("Without interest."), needed=True)
    interest = _sum(_("Interest still owed"), _("Up to the day above. Empty: none."))
    fees = _sum(_("Costs"), _("Such as court fees that the debtor owes. Empty: none."))
    currency = _choice(_("Currency"), [(each, each) for each in CURRENCIES])
    phone = _text(
        _("Debtor's telephone"),
        _("The debtor's own, from the note or from your dealings."),
        inputmode="tel",
    )
    email = _text(_("Debtor's e-mail"), inputmode="email")
    address = _text(
        _("Debtor's postal address"),
        _("Before anybody collects, the debtor gets a letter and may object. Without an address or "
          "e-mail that letter cannot go out."),
    )  # fmt: skip
    region = _text(_("Debtor's city or province"), _("Such as Hangzhou or 330100."))

    def __init__(self, *args: Any, private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if private:
            # A private creditor claims in yuan.
            del self.fields["currency"]

    def parts(self) -> list[tuple[Part, list[forms.BoundField]]]:
        """Return the headings with their fields."""
        return [(each, [self[n] for n in each.fields if n in self.fields]) for each in PARTS]

    def told(self) -> dict[str, str]:
        """Return the facts as a row of a file has them, as they were typed."""
        return {n: str(self.data.get(n, "")).strip() for n in self.fields if n != "as_of"}

    @property
    def day(self) -> date | None:
        """Return the day of the amounts; None when it could not be read."""
        found: date | None = self.cleaned_data.get("as_of")
        return found

    def blame(self, faults: Iterable[FieldFault]) -> None:
        """Put every fault beside its field; what has a fault already is not told twice."""
        before = set(self.errors)
        for fault in faults:
            if fault.field not in before:
                place = fault.field if fault.field in self.fields else None
                self.add_error(place, words_of(fault))


def words_of(fault: FieldFault) -> str:
    """Return a fault in the words of a form."""
    if fault.code in HAND_WORDS:
        return str(HAND_WORDS[fault.code]).format(**fault.facts)
    return f"{fault.reason} {fault.fix}"


def first_values(private: bool, today: date, before: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form begins with: what was told before, else what most people need."""
    usual = {
        "debtor_kind": PersonKind.NATURAL.value,
        "product": Product.PRIVATE_LOAN.value if private else Product.CONSUMER_LOAN.value,
        "currency": CURRENCIES[0],
        "as_of": today,
    }
    told = {**before, "repayments": before.get("repayments", "").replace("; ", "\n")}
    return usual | (told if before else {})
