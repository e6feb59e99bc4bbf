"""Forms of the operator."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Role
from qinghe.market.bands import bands
from qinghe.parties.regions import find_region
from qinghe.parties.roles import ROLES
from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.web.formats import band_words

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# Kinds of lender in the sense of the rules of interest.
LENDERS: Final = {
    "natural_person": _("Natural person"),
    "private_company": _("Company without a licence to lend"),
    "bank": _("Bank"),
    "consumer_finance_company": _("Consumer finance company"),
    "small_loan_company": _("Small loan company"),
    "pawn": _("Pawnbroker"),
    "guarantee_company": _("Guarantee company"),
    "leasing": _("Leasing company"),
    "factoring": _("Factoring company"),
    "local_amc": _("Local asset management company"),
    "regional_equity": _("Regional equity market"),
}
STAFF_ROLES = tuple(role for role in Role if role not in (Role.DEBTOR, Role.SYSTEM))


# What the first of two persons reads.
ASKED = _("You asked for it. Another person, who stands apart from you, must agree.")


class RegionField(forms.CharField):
    """A province or a city, written as people write it; cleaned to its code."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        code = find_region(text)
        if code is None:
            raise forms.ValidationError(_("No province or city has this name or code."))
        return code


class OrganisationForm(forms.Form):
    """A new organisation; it works only after verification."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"), help_text=_("Small letters, digits and dashes; part of addresses.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrgKind.choices)
    credit_code = forms.CharField(label=_("Social credit code"), required=False, max_length=18)
    region = RegionField(label=_("City or province"), required=False, max_length=40)
    lender_kind = forms.ChoiceField(
        label=_("Kind of lender"),
        required=False,
        choices=[("", _("Not known: judged like a private lender"))],
        help_text=_("For creditors. The lawful cap of interest hangs on it."),
    )
    group = forms.SlugField(
        label=_("Group"),
        required=False,
        help_text=_("One word for creditors of one group: they share a contact budget."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["lender_kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*field.choices, *LENDERS.items()]  # type: ignore[misc]


class CapacityForm(forms.Form):
    """How many orders, and how large."""

    limit = forms.IntegerField(label=_("Orders at once"), min_value=0, max_value=1_000_000)
    max_band = forms.TypedChoiceField(label=_("Largest order"), coerce=int)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["max_band"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(each.index, band_words(each.index, "CNY")) for each in bands()]


class MemberForm(forms.Form):
    """A person and the role they get in an organisation."""

    email = forms.EmailField(label=_("E-mail"))
    display_name = forms.CharField(label=_("Name shown to colleagues"), max_length=60)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(r.value, ROLES[r].display_name) for r in STAFF_ROLES]
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least ten signs. Tell it in person; it can be changed after signing in. "
            "Leave it empty for somebody who has an account here."
        ),
    )


class LicenceForm(forms.Form):
    """A licence as it stands on paper; a reviewer confirms it."""

    kind = forms.ChoiceField(label=_("Licence"), choices=LicenceKind.choices)
    number = forms.CharField(label=_("Number"), max_length=60)
    region = RegionField(
        label=_("City or province"),
        required=False,
        max_length=40,
        help_text=_("Leave empty only when the paper holds for the whole country."),
    )
    starts_on = forms.DateField(label=_("Valid from"), widget=DAY)
    ends_on = forms.DateField(label=_("First day without it"), widget=DAY)
