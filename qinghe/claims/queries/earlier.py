"""Money that was told after something was agreed, and had been paid before it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from qinghe.claims.days import day_of
from qinghe.claims.models import Line
from qinghe.claims.terms import LineKind


def paid_earlier(*, claim_id: UUID, since: datetime) -> int:
    """
    Return how much of what was booked on a claim after a moment had been paid before its day, less
    what of such money was taken back; minor units, below zero where more was taken back. One query.
    """
    rows = Line.objects.filter(
        claim=claim_id,
        kind__in=(LineKind.PAID, LineKind.UNDONE),
        booked_at__gt=since,
        facts__paid_on__lt=day_of(since).isoformat(),
    )
    return -(rows.aggregate(sum=Sum("amount"))["sum"] or 0)
