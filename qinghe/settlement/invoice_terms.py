"""Words of invoices."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvoiceKind(TextChoices):
    FEE = "fee", _("Platform fee")
    COMMISSION = "commission", _("Commission, billed for the collector")
    CREDIT = "credit", pgettext_lazy("invoice", "Credit note")
