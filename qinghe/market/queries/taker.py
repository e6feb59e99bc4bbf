"""Whether a collector may take what the hall shows, judged by what is shown alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity
from qinghe.market.queries.cooling import cooling_of
from qinghe.market.refusals import CoolingOff, NoCapacity, NoLicence, OnHold, OverBand
from qinghe.parties.models import Licence
from qinghe.parties.queries.standing import work_obstacle
from qinghe.parties.regions import province_of
from qinghe.parties.terms import OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class CapacityRow:
    """Places of a collector: used, in all, and the highest band it may take."""

    live: int
    limit: int
    max_band: int

    @property
    def free(self) -> int:
        """Return the places left."""
        return max(self.limit - self.live, 0)


@dataclass(frozen=True)
class Seen:
    """What is judged of an order: its licence, and place and amount as they are shown."""

    licence: str
    region: str
    band: int
    band_to: int


@dataclass(frozen=True)
class Taker:
    """What decides, for one collector, whether an order may be taken."""

    capacity: CapacityRow | None
    regions: dict[str, frozenset[str]] = field(default_factory=dict)
    obstacle: DomainError | None = None

    def refuses(self, order: Seen, *, held: bool, places: int = 1) -> DomainError | None:
        """Return why the order cannot be taken; None when what is shown does not say so."""
        if self.obstacle is not None:
            return self.obstacle
        if held:
            return OnHold()
        if self.capacity is None or self.capacity.free < places:
            live, limit = (self.capacity.live, self.capacity.limit) if self.capacity else (0, 0)
            return NoCapacity(live=live, limit=limit)
        return self.outside(order)

    def outside(self, order: Seen) -> DomainError | None:
        """Return why place or amount do not fit, as far as what is shown tells."""
        if self.capacity is not None and order.band > self.capacity.max_band:
            return OverBand()
        return None if self._covers(order) is not False else NoLicence()

    def unsure(self, order: Seen) -> bool:
        """Tell whether place or amount show too little to say: taking decides."""
        over = self.capacity is not None and order.band <= self.capacity.max_band < order.band_to
        return over or self._covers(order) is None

    def _covers(self, order: Seen) -> bool | None:
        """
        Tell whether a registration covers an order; None when its place is shown too wide to know.

        The exact place must not be asked: whoever is registered in one city would read it here.
        """
        mine = self.regions.get(order.licence, frozenset())
        if "" in mine or (order.region and mine & {order.region, province_of(order.region)}):
            return True
        if not order.region:
            return None if mine else False
        within = order.region == province_of(order.region)
        return None if within and any(r[:2] == order.region[:2] for r in mine) else False


def taker_of(actor: Actor, at: datetime) -> Taker | None:
    """Return what decides for a collector; nothing for everybody else. Four queries."""
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return None
    until = cooling_of(collector_id=actor.org_id, at=at)
    obstacle = work_obstacle(actor=actor, at=at) or (CoolingOff.of(until) if until else None)
    return Taker(capacity_of(collector_id=actor.org_id), _licensed(actor.org_id, at), obstacle)


def capacity_of(*, collector_id: UUID) -> CapacityRow | None:
    """Return the places of a collector; nothing when none were ever given."""
    row = Capacity.objects.filter(pk=collector_id).values_list("live", "limit", "max_band").first()
    return CapacityRow(*row) if row else None


def _licensed(org_id: UUID, at: datetime) -> dict[str, frozenset[str]]:
    today = local_day(NATIONAL, at)
    rows = Licence.objects.filter(
        organisation=org_id,
        organisation__state=OrgState.ACTIVE,
        verified_at__isnull=False,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    regions: dict[str, frozenset[str]] = {}
    for kind, region in rows.values_list("kind", "region"):
        regions[kind] = regions.get(kind, frozenset()) | {region}
    return regions
