"""Amounts as staff type them: with the decimals of their currency, taken as minor units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from qinghe.kernel.money import exponent, to_minor, typed, ungrouped


class PlainDecimal(forms.DecimalField):
    """A number written out: what a machine reads as an exponent is a slip of the hand here."""

    def to_python(self, value: Any) -> Any:
        """
        Return the number; commas may stand between its thousands.

        :raises ValidationError: no number, with an exponent, or with a comma elsewhere
        """
        if not isinstance(value, str):
            return super().to_python(value)
        try:
            plain = ungrouped(typed(value))
        except ValueError:
            plain = "e"
        if "e" in plain.casefold():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(plain)


class Amount(PlainDecimal):
    """An amount above zero in major units of a currency; cleaned to minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        places = exponent(currency)
        smallest = Decimal(1).scaleb(-places)
        super().__init__(max_digits=14, decimal_places=places, min_value=smallest, **kwargs)

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else to_minor(amount, self.currency)


class _Tick(forms.CheckboxInput):
    """A tick whose value is the sum it names."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)


class Meant(forms.IntegerField):
    """A sum in minor units that is named by a tick; hidden until somebody has to be asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value: Any) -> int:
        """Return what was named; nothing is none of it."""
        return super().clean(value) or 0


def ask_whether_meant(form: forms.Form, name: str, label: str, minor: object) -> None:
    """Let a form that is drawn again show a tick that says what is meant by what was typed."""
    form.fields[name].widget = _Tick(attrs={"value": minor})
    form[name].label = label
    # A sum named before was another one.
    told = cast("QueryDict", form.data).copy()
    told.pop(form.add_prefix(name), None)
    form.data = told


def to_minor_in(form: forms.Form, name: str, currency: str) -> None:
    """Turn an amount, typed beside its currency, into minor units; else put a word beside it."""
    amount = form.cleaned_data.get(name)
    if amount is None:
        return
    try:
        form.cleaned_data[name] = to_minor(amount, currency)
    except ValueError:
        words = _("%(currency)s has no more than %(n)d decimals.")
        form.add_error(name, words % {"currency": currency, "n": exponent(currency)})
