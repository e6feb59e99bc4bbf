"""What an organisation says for itself, sealed for the officers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

PRIVATE = _("Only officers open it, and each look is put on record.")


class WordsForm(forms.Form):
    """What an organisation says for itself."""

    text = forms.CharField(
        label=_("Your side"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=PRIVATE,
    )
