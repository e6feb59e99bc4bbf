"""Forms of the operator."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Role
from qinghe.market.bands import bands
from qinghe.parties.roles import ROLES
from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.web.formats import band_words

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STAFF_ROLES = tuple(role for role in Role if role not in (Role.DEBTOR, Role.SYSTEM))


class OrganisationForm(forms.Form):
    """A new organisation; it works only after verification."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"), help_text=_("Small letters, digits and dashes; part of addresses.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrgKind.choices)
    credit_code = forms.CharField(label=_("Social credit code"), required=False, max_length=18)


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
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten signs. Tell it in person; it can be changed after signing in."),
    )


class LicenceForm(forms.Form):
    """A licence as it stands on paper; a reviewer confirms it."""

    kind = forms.ChoiceField(label=_("Licence"), choices=LicenceKind.choices)
    number = forms.CharField(label=_("Number"), max_length=60)
    starts_on = forms.DateField(label=_("Valid from"), widget=DAY)
    ends_on = forms.DateField(label=_("First day without it"), widget=DAY)
