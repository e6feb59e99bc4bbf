"""How many orders a collector may hold: a counter the database keeps within its limit."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Least

from qinghe.journal.services import record, verb
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.market.models import Capacity, Standing
from qinghe.market.refusals import CapacityBelowLive, NotACollector
from qinghe.market.terms import BAND_BOUNDS
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind

COLLECTORS = (OrgKind.AGENCY, OrgKind.OWN_TEAM)
TOP_BAND = len(BAND_BOUNDS) - 1
USE: Final = """
    UPDATE market_capacity SET live = live + 1 WHERE collector_id = %s AND live < "limit"
    RETURNING live
"""


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
    capacity, new = Capacity.objects.select_for_update().get_or_create(
        collector_id=collector_id, defaults={"limit": limit}
    )
    if capacity.live > limit:
        raise CapacityBelowLive(live=capacity.live)
    capacity.granted, capacity.granted_band = limit, min(max_band, TOP_BAND)
    graded, graded_band = capacity.graded, capacity.graded_band
    if new:
        graded, graded_band = _graded(collector_id)
    fit(capacity, graded=graded, graded_band=graded_band)
    record(
        kind="market.capacity-set",
        subject=f"organisation:{collector_id}",
        actor=actor,
        at=at,
        limit=limit,
        max_band=capacity.granted_band,
    )
    return capacity


def fit(capacity: Capacity, *, graded: int | None, graded_band: int | None) -> None:
    """
    Make the lower of grant and grade what counts; the row is locked.

    What is held stays held: the limit stops at it and follows down as mandates end.
    """
    if capacity.granted is None:
        capacity.granted, capacity.granted_band = capacity.limit, capacity.max_band
    capacity.graded, capacity.graded_band = graded, graded_band
    capacity.limit = max(_lower(capacity.granted, graded), capacity.live)
    capacity.max_band = _lower(capacity.granted_band or 0, graded_band)
    capacity.save()


def _graded(collector_id: UUID) -> tuple[int | None, int | None]:
    told = Standing.objects.filter(collector=collector_id, ends_at__isnull=True)
    return told.values_list("open_cap", "max_band").first() or (None, None)


def _lower(granted: int, graded: int | None) -> int:
    return granted if graded is None else min(granted, graded)


def use_place(collector_id: UUID) -> bool:
    """
    Use one place of a collector if one is free, and tell whether it was.

    Compared and set in one statement, so no race can exceed it; the row stays locked.
    """
    return bool(prepared.execute(USE, [collector_id]))


def use_again(collector_id: UUID) -> None:
    """
    Use a place for an order that comes back; where none is free, the limit goes with it by one.

    It sinks again as orders end, and opens no place to anything new.
    """
    # What was granted is kept apart from now on, as `fit` does it.
    Capacity.objects.filter(collector_id=collector_id).update(
        live=F("live") + 1,
        limit=Greatest("limit", F("live") + 1),
        granted=Coalesce("granted", "limit"),
        granted_band=Coalesce("granted_band", "max_band"),
    )


def free_one(collector_id: UUID) -> None:
    """Free one place of a collector; a limit that a lower grade could not reach follows."""
    # LEAST passes over what is not set.
    meant = Coalesce(Least("granted", "graded"), "limit")
    Capacity.objects.filter(collector_id=collector_id, live__gt=0).update(
        live=F("live") - 1, limit=Greatest(meant, F("live") - 1)
    )
