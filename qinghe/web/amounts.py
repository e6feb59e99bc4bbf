"""Amounts as staff type them: with the decimals of their currency, taken as minor units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from qinghe.kernel.money import exponent, to_minor


class Amount(forms.DecimalField):
    """An amount above zero in major units of a currency; cleaned to minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        places = exponent(currency)
        smallest = Decimal(1).scaleb(-places)
        super().__init__(max_digits=14, decimal_places=places, min_value=smallest, **kwargs)

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else to_minor(amount, self.currency)
