"""Payments that somebody wants undone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from qinghe.settlement.terms import PaymentState, asked_since


def undoing_asked(at: datetime) -> Q:
    """Return the condition of a payment whose undoing waits for a second person at an instant."""
    return Q(state=PaymentState.POSTED, reversal_asked_at__gt=asked_since(at))
