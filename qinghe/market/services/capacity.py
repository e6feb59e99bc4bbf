"""How many orders a collector may hold: a counter the database keeps within its limit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import Capacity
from qinghe.market.refusals import CapacityBelowLive, NoCapacity, NotACollector
from qinghe.market.terms import BAND_BOUNDS
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind

COLLECTORS = (OrgKind.AGENCY, OrgKind.OWN_TEAM)
TOP_BAND = len(BAND_BOUNDS) - 1


@verb("market.set-capacity")
def set_capacity(
    *, collector_id: UUID, limit: int, actor: Actor, at: datetime, max_band: int = TOP_BAND
) -> Capacity:
    """
    Say how many orders a collector may hold, and up to which amount band.

    :raises NotPermitted: the role may not set it
    :raises NotACollector: the organisation takes no orders
    :raises CapacityBelowLive: it holds more than the new limit
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    if not Organisation.objects.filter(pk=collector_id, kind__in=COLLECTORS).exists():
        raise NotACollector
    capacity, _new = Capacity.objects.select_for_update().get_or_create(
        collector_id=collector_id, defaults={"limit": limit}
    )
    if capacity.live > limit:
        raise CapacityBelowLive(live=capacity.live)
    capacity.limit, capacity.max_band = limit, min(max_band, TOP_BAND)
    capacity.save(update_fields=["limit", "max_band"])
    record(
        kind="market.capacity-set",
        subject=f"organisation:{collector_id}",
        actor=actor,
        at=at,
        limit=limit,
        max_band=capacity.max_band,
    )
    return capacity


def use_one(collector_id: UUID) -> None:
    """
    Use one place of a collector: compared and set in one statement, so no race can exceed it.

    :raises NoCapacity: every place is in use, or none was ever given
    """
    mine = Capacity.objects.filter(collector_id=collector_id)
    if not mine.filter(live__lt=F("limit")).update(live=F("live") + 1):
        live, limit = mine.values_list("live", "limit").first() or (0, 0)
        raise NoCapacity(live=live, limit=limit)


def free_one(collector_id: UUID) -> None:
    """Free one place of a collector."""
    Capacity.objects.filter(collector_id=collector_id, live__gt=0).update(live=F("live") - 1)
