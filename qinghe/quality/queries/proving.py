"""What probation asks of a collector: accounts it proved itself with, orders nobody worked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q

from qinghe.contact.models import Attempt
from qinghe.contact.terms import SILENT
from qinghe.market.models import Mandate
from qinghe.market.queries.cooling import COUNTS
from qinghe.quality.ladder import Probation
from qinghe.quality.models import Complaint
from qinghe.quality.queries.integrity.changes import untouched
from qinghe.quality.signs.table import days
from qinghe.quality.terms import GRAVE, ComplaintState

# Nobody is proven by an account about which somebody complains, or complained with reason.
AGAINST = (ComplaintState.OPEN, ComplaintState.UPHELD)


def proving(
    collector_id: UUID, firms: Collection[UUID], rule: Probation, at: datetime
) -> dict[str, Any]:
    """
    Return what probation counts, by the names of `ladder.Facts`.

    Proof is the firm's own, as experience is; what speaks against it is of every name it has.
    """
    since = at - timedelta(days=rule.memory_days)
    rows = Complaint.objects.filter(
        collector__in=firms, state=ComplaintState.UPHELD, decided_at__gt=since, decided_at__lte=at
    )
    established = set(rows.values_list("mandate", "person", "kind"))
    return {
        "proven": proven(collector_id, rule, at),
        "lately": len(established),
        "lately_grave": sum(kind in GRAVE for _mandate, _person, kind in established),
        "idle": untouched(firms, since, at),
    }


def proven(collector_id: UUID, rule: Probation, at: datetime) -> int:
    """
    Return how many debtors were reached long enough ago, and nobody complained about it.

    An order given back for a reason of the collector's own proves nothing, nor do several orders of
    one debtor prove more than one.
    """
    enough = max(rule.opened)
    reached = _reached(at - timedelta(days=rule.quiet_days))
    against = Complaint.objects.filter(
        Q(mandate=OuterRef("pk")) | Q(mandate=None, claim=OuterRef("claim")), state__in=AGAINST
    )
    rows = Mandate.objects.filter(Exists(reached), ~Exists(against), collector=collector_id)
    return rows.exclude(COUNTS).values("claim__debtor").distinct()[: 4 * enough].count()


def heard(firms: Collection[UUID], at: datetime) -> dict[str, int]:
    """Return how many people are being heard about a collector, and about grave things."""
    rows = open_complaints(firms, at).values_list("person", "pk", "kind")
    people = {(person or pk, kind in GRAVE) for person, pk, kind in rows}
    return {
        "heard": len({who for who, _grave in people}),
        "heard_grave": len({who for who, grave in people if grave}),
    }


def open_complaints(firms: Collection[UUID], at: datetime) -> Any:
    """Return the complaints about a collector that are being heard, the newest first."""
    rows = Complaint.objects.filter(
        collector__in=firms, state=ComplaintState.OPEN, opened_at__lte=at
    )
    return rows.order_by("-opened_at", "-pk")


def next_change(collector_id: UUID, rule: Probation, at: datetime) -> datetime | None:
    """Return when time alone changes what probation counts: an account ripens, an order ages."""
    quiet = timedelta(days=rule.quiet_days)
    fresh = Attempt.objects.filter(collector=collector_id, at__gt=at - quiet, at__lte=at)
    ripens = fresh.exclude(state__in=SILENT).aggregate(first=Min("at"))["first"]
    held = Mandate.objects.filter(collector=collector_id, closed_at=None)
    lies = held.filter(starts_at__gt=at - days("idle_days")).aggregate(first=Min("starts_at"))
    moments = [
        ripens + quiet if ripens else None,
        lies["first"] + days("idle_days") if lies["first"] else None,
    ]
    return min(filter(None, moments), default=None)


def _reached(until: datetime) -> Any:
    tries = Attempt.objects.filter(mandate=OuterRef("pk"), at__lte=until)
    return tries.exclude(state__in=SILENT)
