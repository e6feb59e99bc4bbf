"""Forms of a team: members, queues, moving a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.claims.terms import Product, Stage
from qinghe.market.bands import bands
from qinghe.web.formats import band_words

BOXES = forms.CheckboxSelectMultiple


class MemberForm(forms.Form):
    """What somebody may hold and can do; nothing ticked means all."""

    capacity = forms.IntegerField(label=_("Cases at most"), min_value=0, max_value=5000, initial=50)
    languages = forms.MultipleChoiceField(
        label=_("Speaks"), choices=settings.LANGUAGES, required=False, widget=BOXES
    )
    queues = forms.MultipleChoiceField(label=_("Queues"), required=False, widget=BOXES)

    def __init__(self, *args: Any, queues: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["queues"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(queue), name) for queue, name in queues]

    def clean_queues(self) -> list[UUID]:
        """Return the chosen queues by id."""
        return [UUID(each) for each in self.cleaned_data["queues"]]


class NewMemberForm(MemberForm):
    """A colleague who joins the team."""

    user_id = forms.TypedChoiceField(label=_("Colleague"), coerce=UUID)
    field_order = ["user_id", "capacity", "languages", "queues"]

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(str(account), name) for account, name in people]


class SetMemberForm(MemberForm):
    """A member told anew, with an absence."""

    away_from = forms.DateField(
        label=_("Away from"), required=False, widget=forms.DateInput({"type": "date"})
    )
    away_until = forms.DateField(
        label=_("Back on"), required=False, widget=forms.DateInput({"type": "date"})
    )


class QueueForm(forms.Form):
    """Which cases a queue takes; nothing ticked means all."""

    name = forms.CharField(label=_("Name"), max_length=60)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=0,
        max_value=5000,
        initial=100,
        help_text=_("The lowest rank that fits takes a case."),
    )
    products = forms.MultipleChoiceField(
        label=_("Products"), choices=Product.choices, required=False, widget=BOXES
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages"),
        choices=[(each.value, each.label) for each in Stage if each != Stage.M0],
        required=False,
        widget=BOXES,
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of the debtor"), choices=settings.LANGUAGES, required=False, widget=BOXES
    )
    min_band = forms.TypedChoiceField(label=_("Amounts from"), coerce=int)
    max_band = forms.TypedChoiceField(label=_("Amounts up to"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = self.fields["min_band"], self.fields["max_band"]
        assert isinstance(low, forms.TypedChoiceField)
        assert isinstance(high, forms.TypedChoiceField)
        choices = [(each.index, str(band_words(each.index, "CNY"))) for each in bands()]
        low.choices = high.choices = choices
        high.initial = len(choices) - 1


class MoveForm(forms.Form):
    """Who gets a debtor, and why."""

    member_id = forms.UUIDField(label=_("Member"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class LeadForm(forms.Form):
    """The account that leads."""

    user_id = forms.UUIDField(label=_("Account"))
