"""
What a person fills in behind the door. Choices are of equal weight, and nothing is preselected but
the sum that was agreed to settle everything.
"""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.claims.queries.payable import Payable
from qinghe.claims.terms import DisputeReason
from qinghe.contact.terms import WishKind
from qinghe.parties.terms import Channel
from qinghe.portal.fields import Amount, Files, KindForm, OnceForm, story
from qinghe.quality.terms import ComplaintKind
from qinghe.settlement.cashier import PROVIDER as PRACTICE

ALL, PART, OFFER = "all", "part", "offer"
NO_CLAIM = "none"
# Papers in one form.
AT_ONCE = 5
# Times what was ever claimed above which a paid amount may be a slip of the hand.
ODD = 10
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
    """
    All of it, or a part that the person chooses.

    Where an offer would settle everything (`asked`, in words `offer`), that takes the place of all:
    nobody pays more than was agreed without having said so first.
    """

    part_of = forms.ChoiceField(
        label=_("How much would you like to pay?"),
        choices=[(ALL, _("All of it")), (PART, _("A part of it"))],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        limit: Payable,
        currency: str,
        ways: list[tuple[str, Any]],
        asked: int = 0,
        offer: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit, self.asked, self.only = limit, asked, ways[0][0] if ways else PRACTICE
        chosen = cast(forms.ChoiceField, self.fields["part_of"])
        if asked:
            chosen.choices = [(OFFER, offer), (PART, _("A part of it"))]
            chosen.initial = OFFER
        elif limit.excess:
            chosen.choices = [(ALL, _("All that the law gives at most")), (PART, _("A part of it"))]
        self.fields["amount"] = amount = Amount(
            currency=currency,
            label=_("If a part: how much?"),
            help_text=_("Any amount helps. You can pay again later."),
            required=False,
        )
        self.soften(amount)
        if len(ways) > 1:
            self.fields["way"] = way = forms.ChoiceField(
                label=_("How would you like to pay?"), choices=ways, widget=forms.RadioSelect
            )
            self.soften(way)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values.setdefault("way", self.only)
        if not self.data.get("part_of") and self.data.get("amount", "").strip():
            # Whoever types an amount has chosen it.
            del self.errors["part_of"]
            values["part_of"] = PART
        if values.get("part_of") == ALL:
            values["amount"] = self.limit.most
        elif values.get("part_of") == OFFER:
            values["amount"] = self.asked
        elif values.get("part_of") == PART and "amount" not in self.errors:
            self._check_part(values.get("amount"))
        return values

    def _check_part(self, amount: int | None) -> None:
        if amount is None:
            self.add_error("amount", _("Please enter how much you would like to pay."))
        elif amount > self.limit.claimed:
            self.add_error("amount", _("This is more than is claimed. Please enter less."))
        elif amount > self.limit.most:
            words = _("This is more than contract and law give. Please enter less.")
            self.add_error("amount", words)
        elif self.asked and amount > self.asked:
            self.add_error("amount", _("This is more than the offer asks. Please enter less."))


class HardshipForm(OnceForm):
    statement = story(
        _("What has happened?"),
        _("One sentence is enough. Papers can come later."),
    )


class ContestForm(OnceForm):
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=DisputeReason.choices, widget=forms.RadioSelect
    )
    paid_on = forms.DateField(
        label=_("If you paid: on which day? If you do not know, leave it empty."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    statement = story(
        _("Tell us more, if you like"),
        _("For example what you paid and to whom, or which amount is right."),
        required=False,
    )

    papers = Files(
        most=AT_ONCE,
        label=_("Receipts, screenshots or other papers"),
        help_text=_(
            "Photos or PDF, up to five at once and 60 MB together. On a telephone you can take the "
            "photo here. Cover what has nothing to do with it. Where and with what a photo was "
            "taken is taken out of it. You can send more afterwards."
        ),
    )
    hide = forms.BooleanField(
        label=_("Do not show my words and papers to the creditor"),
        required=False,
        help_text=_(
            "Then the creditor sees only what you have chosen above under “What is wrong?”."
        ),
    )

    # The odd amount that was sent a second time, in minor units: then it is meant so.
    sure = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, currency: str, days: tuple[date, date], claimed: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.days, self.claimed = currency, days, claimed
        self.fields["paid"] = paid = Amount(
            currency=currency,
            label=_("If you paid: how much?"),
            help_text=_("In digits. If you do not know, leave it empty."),
            required=False,
        )
        self.soften(paid)
        self.order_fields(
            ["reason", "paid", "paid_on", "statement", "papers", "hide", "request_key"]
        )

    def clean_paid_on(self) -> date | None:
        day: date | None = self.cleaned_data["paid_on"]
        earliest, today = self.days
        if day is not None and day < earliest:
            words = _("This day lies before %(earliest)s. Please check it, or leave it empty.")
            raise forms.ValidationError(words % {"earliest": earliest.isoformat()})
        if day is not None and day > today:
            raise forms.ValidationError(
                _("This day has not come yet. Please check it, or leave it empty.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Ask once about an amount far above what was ever claimed; never stand in the way."""
        values: dict[str, Any] = super().clean() or {}
        paid = values.get("paid")
        if paid and paid > ODD * self.claimed and values.get("sure") != paid:
            self.add_error(
                "paid",
                _(
                    "This is far more than was ever claimed. Please check it, or leave it empty. "
                    "If it is right, just send it again."
                ),
            )
            told = cast("QueryDict", self.data).copy()
            told["sure"] = str(paid)
            self.data = told
        return values

    @property
    def said(self) -> str:
        """Return everything the person wrote as one text, what was paid first."""
        values = self.cleaned_data
        amount, day = values.get("paid"), values.get("paid_on")
        facts = {"amount": amount, "currency": self.currency, "day": day}
        told = [render_to_string("portal/parts/paid.html", facts).strip()] if amount or day else []
        return "\n".join([*told, *filter(None, [values["statement"].strip()])])


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
