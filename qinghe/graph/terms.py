"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TraceKind(TextChoices):
    """Signs of an organisation that two real parties do not share."""

    DEVICE = "device", _("Browser of the staff")
    USER = "user", _("Person of the staff")
    CODE = "code", _("Registration number")
    LICENCE = "licence", _("Licence number")
    DOMAIN = "domain", _("E-mail domain")
    ACCOUNT = "account", _("Bank account")
    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("E-mail address")
    ADDRESS = "address", _("Postal address")
    OFFICER = "id_number", _("Identity number")


# The mark of a browser of the staff; debtors' browsers get none.
DEVICE_COOKIE = "qinghe_device"
# Kinds whose digest is the vault's own, so that organisations can be compared with debtors.
OF_THE_VAULT = (TraceKind.ACCOUNT, TraceKind.PHONE, TraceKind.EMAIL, TraceKind.ADDRESS)
# Whoever shares one of these with a creditor is the creditor.
IDENTICAL = frozenset(
    {
        TraceKind.USER, TraceKind.CODE, TraceKind.LICENCE, TraceKind.ACCOUNT, TraceKind.OFFICER,
    }
)  # fmt: skip
# Signs that show one hand; a common mail provider or an office tower shows nothing.
TELLING = frozenset(TraceKind) - {TraceKind.ADDRESS}
