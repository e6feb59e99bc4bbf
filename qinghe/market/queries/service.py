"""Which mandates are to be looked at, and what their collectors reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate, Report
from qinghe.market.queries.mandates import mandate_by_id
from qinghe.market.terms import MandateState

LOOK_AT_MOST = 20_000


@dataclass(frozen=True)
class ReportRow:
    """One report of a collector, in codes."""

    outlook: str
    next_step: str
    at: datetime


def due_for_check(at: datetime) -> list[Mandate]:
    """Return the active mandates whose service is looked at now, longest due first."""
    due = Mandate.objects.filter(state=MandateState.ACTIVE, check_at__lte=at)
    return list(due.select_related("claim").order_by("check_at", "pk")[:LOOK_AT_MOST])


def reports(*, mandate_id: UUID, actor: Actor) -> list[ReportRow]:
    """
    Return the reports under a mandate to its two sides, newest first.

    :raises NoSuchMandate: unknown, or another party's
    """
    mandate_by_id(mandate_id=mandate_id, actor=actor)
    rows = Report.objects.filter(mandate=mandate_id).order_by("-at", "-pk")
    return [ReportRow(row.outlook, row.next_step, row.at) for row in rows]
