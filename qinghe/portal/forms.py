"""What a person fills in behind the door. Nothing is preselected; choices are of equal weight."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.casework.refusals import PlanTooLong
from qinghe.casework.services.plans import months
from qinghe.claims.terms import DisputeReason
from qinghe.contact.terms import WishKind
from qinghe.kernel.errors import DomainError
from qinghe.parties.terms import Channel
from qinghe.portal.fields import Amount, KindForm, OnceForm, story
from qinghe.portal.offers import monthly_offers, offer_label, too_little
from qinghe.quality.terms import ComplaintKind

ALL, PART, OTHER = "all", "part", "other"
NO_CLAIM = "none"
# Channels a person can do without; notices that a law requires still come by letter.
WISH_CHANNELS = (Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.VISIT)
TEXT = {"autocomplete": "off", "spellcheck": "false"}


class DoorForm(KindForm):
    """The code of the letter and one thing only the person knows."""

    code = forms.CharField(
        label=_("Code from your letter"),
        help_text=_("Ten letters and digits. Spaces do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={**TEXT, "autocapitalize": "characters", "class": "mono"}),
    )
    answer = forms.CharField(
        label=_("Last four characters of your ID number"),
        help_text=_("Not given an ID number? Then the last four digits of your phone number."),
        max_length=4,
        widget=forms.TextInput(attrs={**TEXT, "size": 6}),
    )


class PayForm(OnceForm):
    """All of it, or a part that the person chooses."""

    part_of = forms.ChoiceField(
        label=_("How much would you like to pay?"),
        choices=[(ALL, _("All of it")), (PART, _("A part of it"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, owed: int, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed = owed
        self.fields["amount"] = amount = Amount(
            currency=currency,
            label=_("If a part: how much?"),
            help_text=_("Any amount helps. You can pay again later."),
            required=False,
        )
        self.soften(amount)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("part_of") == ALL:
            values["amount"] = self.owed
        elif values.get("part_of") == PART and "amount" not in self.errors:
            self._check_part(values.get("amount"))
        return values

    def _check_part(self, amount: int | None) -> None:
        if amount is None:
            self.add_error("amount", _("Please enter how much you would like to pay."))
        elif amount > self.owed:
            self.add_error("amount", _("This is more than is claimed. Please enter less."))


class PlanForm(OnceForm):
    """An amount a month: one of three of equal size, or the person's own."""

    def __init__(self, *args: Any, owed: int, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed, self.currency = owed, currency
        offers = monthly_offers(owed, currency)
        self.fields["choice"] = choice = forms.ChoiceField(
            label=_("How much can you pay each month without worry?"),
            help_text=_("Less is fine. You may also enter your own amount."),
            choices=[
                *((str(each), offer_label(each, owed, currency)) for each in offers),
                (OTHER, _("My own amount")),
            ],
            widget=forms.RadioSelect,
        )
        self.fields["monthly"] = monthly = Amount(
            currency=currency,
            label=_("If your own amount: how much a month?"),
            help_text=_("It can be less than the amounts above."),
            required=False,
        )
        self.soften(choice)
        self.soften(monthly)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        choice = values.get("choice")
        if choice and choice != OTHER:
            values["monthly"] = int(choice)
        if choice and "monthly" not in self.errors:
            self._check(values.get("monthly"))
        return values

    def _check(self, monthly: int | None) -> None:
        if monthly is None:
            self.add_error("monthly", _("Please enter an amount a month."))
            return
        try:
            months(self.owed, monthly)
        except PlanTooLong:
            self.add_error("monthly", too_little(self.owed, self.currency))
        except DomainError as refusal:
            self.add_error("monthly", refusal.user_message)


class SendPlanForm(OnceForm):
    """The schedule was shown; this sends it."""

    monthly = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class HardshipForm(OnceForm):
    statement = story(
        _("What has happened?"),
        _("One sentence is enough. Papers can come later."),
    )


class ContestForm(OnceForm):
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=DisputeReason.choices, widget=forms.RadioSelect
    )
    statement = story(
        _("Tell us more, if you like"),
        _("For example when you paid. You can also leave this empty."),
        required=False,
    )


class ChannelWishForm(OnceForm):
    channels = forms.MultipleChoiceField(
        label=_("Do not contact me by"),
        choices=[(c.value, c.label) for c in WISH_CHANNELS],
        widget=forms.CheckboxSelectMultiple,
    )


class TimeWishForm(OnceForm):
    window_start = forms.TimeField(
        label=_("After what time?"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    window_end = forms.TimeField(
        label=pgettext_lazy("hour", "Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("window_start"), values.get("window_end")
        if start and end and start >= end:
            self.add_error("window_end", _("The end must be later than the start."))
        return values


WISH_FORMS: dict[str, type[OnceForm]] = {
    WishKind.CHANNEL: ChannelWishForm,
    WishKind.TIME: TimeWishForm,
    WishKind.WORKPLACE: OnceForm,
    WishKind.CEASE_ALL: OnceForm,
}


class ComplaintForm(OnceForm):
    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=ComplaintKind.choices, widget=forms.RadioSelect
    )
    happened_on = forms.DateField(
        label=_("On which day? If you do not know, leave it empty."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    statement = story(_("What happened?"), _("When, who and what was said. Write as you speak."))

    def __init__(self, *args: Any, claims: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"] = about = forms.ChoiceField(
            label=_("About which claim?"),
            choices=[
                ("", _("Please choose")),
                *claims,
                (NO_CLAIM, _("None of these, or I do not know")),
            ],
        )
        self.soften(about)
        self.order_fields(["claim", "kind", "happened_on", "statement", "request_key"])
