"""Words of this room: the routes a claim can take, from the mildest to the strictest."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RouteCode(TextChoices):
    PLAN = "plan", _("Plan between the parties")
    MEDIATION = "mediation", _("Mediation")
    PAYMENT_ORDER = "payment_order", _("Payment order")
    SMALL_CLAIMS = "small_claims", _("Small claims procedure")
    ARBITRATION = "arbitration", _("Arbitration")
    SUIT = "suit", _("Ordinary suit")
