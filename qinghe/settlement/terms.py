"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PaymentSource(TextChoices):
    CASHIER = "cashier", _("Paid here")
    CREDITOR = "creditor", _("Reported by the creditor")


class PaymentState(TextChoices):
    POSTED = "posted", _("Booked")
    UNMATCHED = "unmatched", _("Waiting to be matched")
    REVERSED = "reversed", _("Reversed")


class OrderState(TextChoices):
    CREATED = "created", _("Waiting for payment")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")


class PayoutState(TextChoices):
    DRAFT = "draft", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Returned by the bank")
