"""Words of costs that somebody advanced."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AdvanceKind(TextChoices):
    COURT = "court", _("Court fee")
    PRESERVATION = "preservation", _("Fee for preserving assets")
    ENFORCEMENT = "enforcement", _("Cost of enforcement")
    NOTARY = "notary", _("Notary or mediation fee")
    DELIVERY = "delivery", _("Service of documents, announcement")


class AdvanceState(TextChoices):
    TOLD = "told", pgettext_lazy("advance", "Waiting for the other side")
    AGREED = "agreed", pgettext_lazy("advance", "Refunded first")
    REFUSED = "refused", pgettext_lazy("advance", "Refused")
