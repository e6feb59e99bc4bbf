"""Forms of the integrity desk."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.parties.queries import NoSuchOrganisation, organisation
from qinghe.quality.integrity_terms import Outcome

CURRENCY = "CNY"
READ = _("The organisation reads it: facts, no names of other people, no numbers of accounts.")
AREA = {"rows": 3}


class HearForm(forms.Form):
    """What the organisations are asked."""

    question = forms.CharField(
        label=_("Question"), max_length=2000, widget=forms.Textarea(attrs=AREA), help_text=READ
    )


class RuleForm(forms.Form):
    """The outcome, its reason, and the figures that belong to some outcomes."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs=AREA), help_text=READ
    )
    stop_days = forms.IntegerField(
        label=_("Days without new orders"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=_("Only for “no new orders for a time”."),
    )
    damage = forms.DecimalField(
        label=_("Proven damage in yuan"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("Only for a proven breach. No more is ever called from a deposit."),
    )
    harmed = forms.SlugField(
        label=_("Short name of the harmed creditor"), required=False, max_length=80
    )

    def harmed_id(self) -> UUID | None:
        """Return the harmed creditor, if one was named."""
        slug = self.cleaned_data["harmed"]
        return organisation(slug).pk if slug else None

    def clean_harmed(self) -> str:
        """Refuse a short name that no organisation has."""
        slug = str(self.cleaned_data["harmed"])
        try:
            if slug:
                organisation(slug)
        except NoSuchOrganisation:
            raise forms.ValidationError(_("No organisation has this short name.")) from None
        return slug


class LetterForm(forms.Form):
    """What a suspended organisation wrote."""

    text = forms.CharField(
        label=_("What its letter says"), max_length=4000, widget=forms.Textarea(attrs=AREA)
    )


class AnswerForm(forms.Form):
    """What the organisation reads about its objection."""

    answer = forms.CharField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs=AREA), help_text=READ
    )


class CallForm(forms.Form):
    """Which deposit, and how much of it."""

    cover = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(
        label=_("Amount in yuan"), min_value=0, max_digits=14, decimal_places=2
    )


class RetireForm(forms.Form):
    """Why a rule is retired."""

    reason = forms.CharField(label=_("Why"), max_length=500)
