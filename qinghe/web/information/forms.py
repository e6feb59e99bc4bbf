"""The forms of the information mode; portfolios are told in bands only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qinghe.claims.terms import Product, Stage
from qinghe.market import quoting
from qinghe.market.queries.listed import Listed
from qinghe.parties.regions import provinces
from qinghe.web.creditor.inviting import FORMAT, HomeMoment
from qinghe.web.formats import chinese

STAGES = [(each.value, each.label) for each in Stage if each != Stage.M0]
SEALED = _("Sealed. It opens to the other side only after both have agreed.")


def _provinces() -> list[tuple[str, str]]:
    return list(provinces("zh" if chinese() else "en"))


class Contact(forms.Form):
    """The contact person that an introduction hands over."""

    contact_name = forms.CharField(label=_("Contact person"), max_length=60, help_text=SEALED)
    contact_phone = forms.CharField(label=_("Business telephone"), max_length=30, help_text=SEALED)


class FindForm(forms.Form):
    """What somebody looks for in the directory; empty lets everything through."""

    region = forms.ChoiceField(label=_("Registered in"), required=False)
    product = forms.ChoiceField(
        label=_("Product"), choices=[("", _("All")), *Product.choices], required=False
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", _("All")), *STAGES], required=False)
    size = forms.ChoiceField(
        label=_("Size"), choices=[("", _("All")), *quoting.SizeBand.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(_("All"))), *_provinces()]


class EntryForm(Contact):
    """What an agency tells of itself; nothing ticked means all."""

    products = forms.MultipleChoiceField(
        label=_("Products"),
        choices=Product.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages"), choices=STAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    size = forms.ChoiceField(label=_("Size"), choices=quoting.SizeBand.choices)
    agreed = forms.BooleanField(
        label=_(
            "I agree for our organisation that name, regions of registration, certificates, grade"
            " and complaint ratio are shown to everybody. We can leave at any time, at once."
        )
    )


class AskForm(Contact):
    """A portfolio in bands, the agencies that are asked, and until when they may answer."""

    product = forms.ChoiceField(label=_("Product"), choices=Product.choices)
    stage = forms.ChoiceField(label=_("Stage"), choices=STAGES)
    count_band = forms.ChoiceField(label=_("How many claims"), choices=quoting.CountBand.choices)
    sum_band = forms.ChoiceField(label=_("Sum"), choices=quoting.SumBand.choices)
    regions = forms.MultipleChoiceField(label=_("Provinces"))
    closes_at = HomeMoment(
        label=_("Answers until"),
        input_formats=[FORMAT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT),
        help_text=format_lazy(
            _("Between {hours} hours and {days} days from now."),
            hours=int(quoting.SHORTEST.total_seconds()) // 3600,
            days=quoting.LONGEST.days,
        ),
    )
    collector_ids = forms.TypedMultipleChoiceField(
        label=_("Agencies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody ticked: all that fit are asked. At most ten can be chosen by name."),
    )
    field_order = [
        "product", "stage", "count_band", "sum_band", "regions", "closes_at", "collector_ids",
        "contact_name", "contact_phone",
    ]  # fmt: skip

    def __init__(self, *args: Any, agencies: list[Listed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions, chosen = self.fields["regions"], self.fields["collector_ids"]
        assert isinstance(regions, forms.MultipleChoiceField)
        assert isinstance(chosen, forms.MultipleChoiceField)
        regions.choices = _provinces()
        chosen.choices = [(str(each.org_id), each.name) for each in agencies]


class QuoteForm(forms.Form):
    """A quotation; rates are typed in per cent."""

    rate = forms.DecimalField(label=_("Commission, %"), min_value=0, max_value=99, decimal_places=2)
    quality_share = forms.DecimalField(
        label=_("Of it hanging on quality, %"),
        min_value=1,
        max_value=100,
        decimal_places=2,
        initial=20,
    )
    period_days = forms.IntegerField(label=_("Period in days"), min_value=1, max_value=365)
    first_action_days = forms.IntegerField(
        label=_("First action within, days"), min_value=1, max_value=90, initial=3
    )
    report_days = forms.IntegerField(
        label=_("Report every, days"), min_value=1, max_value=90, initial=30
    )
    sentence = forms.CharField(
        label=_("One sentence"),
        max_length=quoting.LONGEST_SENTENCE,
        required=False,
        help_text=_("No numbers, addresses or names: the introduction hands those over."),
    )


class RefuseForm(forms.Form):
    """Why an agency does not want it."""

    reason = forms.ChoiceField(label=_("Reason"), choices=quoting.NoQuote.choices)


class PassForm(forms.Form):
    """Why a creditor does not take a quotation."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[each for each in quoting.PassedOver.choices if each[0] != "chosen"],
    )


class SaysForm(forms.Form):
    """What became of an introduction."""

    says = forms.ChoiceField(label=_("What came of it"), choices=quoting.Signed.choices)


class ComplainForm(forms.Form):
    """What a side holds against the other."""

    kind = forms.ChoiceField(label=_("What happened"), choices=quoting.IntroComplaintKind.choices)
    words = forms.CharField(
        label=_("In your words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only officers open it, and each look is put on record."),
    )


class DecideForm(forms.Form):
    """An officer's decision about a complaint."""

    upheld = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Justified")), ("no", _("Not justified"))],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PaidForm(forms.Form):
    """The bank's own number of the transfer."""

    reference = forms.CharField(label=_("Reference of the bank"), max_length=80)
