"""The forms of a passkey with a label in words; allauth leaves the name of the field."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LABEL = _("Name of this passkey")
HELP = _("Such as “work laptop”, so that you know which one it is.")


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=LABEL, help_text=HELP, required=False, max_length=60)


class RenamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=LABEL, help_text=HELP, max_length=60)
