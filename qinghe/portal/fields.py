"""Parts of forms: the key that makes sending twice harmless, and amounts as people write them."""

from __future__ import annotations

import re
import unicodedata
import uuid
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import exponent, to_minor, typed, ungrouped

LONGEST_TEXT = 2000
# Bytes of one form with all its files; its words take some of them.
TOGETHER = 60 * 1024 * 1024
OF_WORDS = 64 * 1024
# Only so: `1e3` would else be read as a thousand.
DIGITS: Final = re.compile(r"[+-]?\d*\.?\d*")
COMMAS: Final = _(
    "Please write the amount like 1260.50 or 1,260.50. A comma cannot stand for the decimal point."
)


def _new_key() -> str:
    return uuid.uuid4().hex


class KindForm(forms.Form):
    """A form that says what to do, not what was wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self.soften(field)

    def soften(self, field: forms.Field) -> forms.Field:
        """Give a field the words of these pages for being left empty or unreadable."""
        chosen = isinstance(field, forms.ChoiceField)
        field.error_messages["required"] = (
            _("Please choose one.") if chosen else _("Please fill this in.")
        )
        unreadable = _("There is a character here that cannot be read. Please type it again.")
        field.error_messages["null_characters_not_allowed"] = unreadable
        if isinstance(field, forms.DecimalField):
            field.error_messages["invalid"] = _("Please enter an amount in digits.")
        return field


class OnceForm(KindForm):
    """A form that may be sent twice and acts once."""

    request_key = forms.CharField(max_length=64, initial=_new_key, widget=forms.HiddenInput)


class Amount(forms.DecimalField):
    """An amount in major units with the currency's decimals; cleaned to minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        places = exponent(currency)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 12}))
        super().__init__(max_digits=14, decimal_places=places, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Read `1,260.50`, `￥200` and `２００元` as people write them."""
        if isinstance(value, str):
            try:
                plain = ungrouped(unicodedata.normalize("NFKC", typed(value)))
            except ValueError:
                raise ValidationError(COMMAS, code="commas") from None
            value = plain.removeprefix("¥").removesuffix("yuan").rstrip("元块 ").strip()
            if value and not DIGITS.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        if amount is None:
            return None
        if amount <= 0:
            raise ValidationError(_("Please enter an amount above zero."))
        return to_minor(amount, self.currency)


_TOO_MUCH = _(
    "Together these files are larger than 60 MB. Choose fewer, or send the form without them first."
)


class Files(forms.FileField):
    """Several pictures or PDF files at once; cleaned to a list, empty without any."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("widget", _ManyFiles(attrs={"accept": "image/*,application/pdf"}))
        super().__init__(required=False, **kwargs)
        # Said by the browser before an hour of sending; the server says it in any case.
        self.widget.attrs["data-most"] = TOGETHER - OF_WORDS
        self.widget.attrs["data-too-much"] = _TOO_MUCH

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files that hold something."""
        files = [each for each in data or [] if each]
        if len(files) > self.most:
            raise ValidationError(
                _("Please send at most %(most)s files at once. You can send more afterwards."),
                params={"most": self.most},
            )
        return [super(Files, self).clean(each, initial) for each in files]


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:
        found: list[UploadedFile[Any]] = files.getlist(name) if hasattr(files, "getlist") else []
        return found


def story(label: object, help_text: object, *, required: bool = True) -> forms.CharField:
    """Return a field for a few sentences in the person's own words."""
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=help_text,  # type: ignore[arg-type]
        required=required,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
