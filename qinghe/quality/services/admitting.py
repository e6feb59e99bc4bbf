"""Give a collector places: what the operator grants, and at once what its record opens of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import Capacity
from qinghe.market.services import set_capacity
from qinghe.market.services.capacity import TOP_BAND
from qinghe.quality.services.grading import regrade


@verb("quality.grant-places")
def grant_places(
    *, collector_id: UUID, limit: int, actor: Actor, at: datetime, max_band: int = TOP_BAND
) -> Capacity:
    """
    Grant a collector places and grade it in the same step: nobody works a day ungraded.

    :raises NotPermitted: the role may not set it
    :raises NotACollector: the organisation takes no orders
    :raises CapacityBelowLive: it holds more than the new limit
    """
    given = {"limit": limit, "max_band": max_band, "actor": actor, "at": at}
    capacity = set_capacity(collector_id=collector_id, **given)  # type: ignore[arg-type]
    regrade(collector_id, at)
    capacity.refresh_from_db()
    return capacity
