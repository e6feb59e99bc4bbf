"""Whose payout came back in the books, while the bank or its statement says that it left."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qinghe.settlement.models import Payout, StatementEntry, Suspense
from qinghe.settlement.payout_terms import PayoutState


def contradicted(org_ids: Iterable[UUID]) -> set[UUID]:
    """Return the organisations to whom such a payout went: another waits. One query."""
    rows = contradicted_payouts().filter(organisation__in=set(org_ids))
    return set(rows.values_list("organisation_id", flat=True))


def contradicted_payouts() -> QuerySet[Payout]:
    """Return the payouts that came back in the books, and oftener left the bank than came back."""
    left = StatementEntry.objects.filter(credit=False, explained=OuterRef("number"))
    back = Suspense.objects.filter(wish_note=OuterRef("number"), known=F("amount"))
    failed = Payout.objects.filter(state=PayoutState.FAILED).annotate(
        times_left=_count(left, "explained"), times_back=_count(back, "wish_note")
    )
    # The bank's word counts as one time that it left.
    said = Q(contradicted_at__isnull=False, times_back=0)
    return failed.filter(said | Q(times_left__gt=F("times_back")))


def _count(rows: QuerySet[StatementEntry] | QuerySet[Suspense], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(times=Count("pk")).values("times")
    return Coalesce(Subquery(counted), 0)
