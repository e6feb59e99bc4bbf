"""Forms of an application, one per part."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.web.operator.forms import DAY, LENDERS, RegionField

CODE_SHAPE: Final = 18
PAPER: Final = _("PDF, PNG or JPG, 10 MB at most. It is kept encrypted.")
LICENCES_OF: Final = {
    OrgKind.INSTITUTION: (LicenceKind.BUSINESS, LicenceKind.LENDING),
    OrgKind.AGENCY: (LicenceKind.COLLECTION, LicenceKind.MEDIATION, LicenceKind.BUSINESS),
}


class FirmForm(forms.Form):
    """The firm as its register knows it."""

    name = forms.CharField(label=_("Full registered name"), max_length=120)
    credit_code = forms.CharField(label=_("Social credit code"), max_length=CODE_SHAPE)
    region = RegionField(label=_("City of the registered office"), max_length=40)


class LenderForm(FirmForm):
    """A creditor's firm: the lawful cap of interest hangs on its kind."""

    lender_kind = forms.ChoiceField(
        label=_("Kind of lender"),
        choices=[(key, words) for key, words in LENDERS.items() if key != "natural_person"],
    )


class PersonForm(forms.Form):
    """Somebody who stands behind the party; kept encrypted, shown masked."""

    name = forms.CharField(
        label=_("Name as on the identity card"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Identity number"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=_("One that is registered in this person's own name."),
    )


class SelfForm(PersonForm):
    """The creditor in person, with the identity card."""

    paper = forms.FileField(label=_("Picture of the identity card"), help_text=PAPER)


class SignatoryForm(PersonForm):
    """Who may sign, and the paper that says so."""

    position = forms.CharField(label=_("Position"), max_length=60)
    mandate_ends_on = forms.DateField(
        label=_("First day without authority"),
        required=False,
        widget=DAY,
        help_text=_("Leave it empty for the legal representative."),
    )
    paper = forms.FileField(
        label=_("Power of attorney, or the register's extract"), help_text=PAPER
    )


class PrincipalForm(PersonForm):
    """A person responsible for how the agency collects."""

    position = forms.CharField(label=_("Position"), max_length=60)


class OwnLicenceForm(forms.Form):
    """A licence with its scan."""

    kind = forms.ChoiceField(label=_("Licence"))
    number = forms.CharField(label=_("Number"), max_length=60)
    region = RegionField(
        label=_("City or province"),
        required=False,
        max_length=40,
        help_text=_("Leave empty only when the paper holds for the whole country."),
    )
    starts_on = forms.DateField(label=_("Valid from"), widget=DAY)
    ends_on = forms.DateField(label=_("First day without it"), widget=DAY)
    scan = forms.FileField(label=_("Scan"), help_text=PAPER)

    def __init__(self, *args: Any, org_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        known = LICENCES_OF.get(OrgKind(org_kind), tuple(LicenceKind))
        field.choices = [(each.value, each.label) for each in known]


class AccountForm(forms.Form):
    """The account to be paid to."""

    holder = forms.CharField(
        label=_("Account holder"),
        max_length=120,
        help_text=_("It must be the declared name; another one is looked at by a reviewer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    bank = forms.CharField(label=_("Bank and branch"), max_length=120)


class AmountForm(forms.Form):
    """What arrived."""

    yuan = forms.DecimalField(
        label=_("Amount that arrived, in yuan"),
        min_value=0,
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )

    def cents(self) -> int:
        """Return the stated amount in cents."""
        return int(self.cleaned_data["yuan"] * 100)
