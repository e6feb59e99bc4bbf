"""Whether a collector may take what the hall shows, judged by what is shown alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity
from qinghe.market.queries.cooling import WINDOW, cooling_until
from qinghe.market.queries.taking import CERTIFIED, RETURNED
from qinghe.market.refusals import CoolingOff, NoCapacity, NoLicence, OnHold, OverBand
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.queries.standing import closed
from qinghe.parties.refusals import NoCertificate
from qinghe.parties.regions import province_of
from qinghe.parties.terms import OrgState

TAKER: Final = f"""
SELECT w.name, w.level, w.level_until, {CERTIFIED}, k.live, k."limit", k.max_band, {RETURNED},
    coalesce((
        SELECT json_agg(json_build_array(kind, region)) FROM parties_licence
        WHERE organisation_id = w.id AND w.state = '{OrgState.ACTIVE.value}'
            AND verified_at IS NOT NULL AND starts_on <= %(day)s AND ends_on > %(day)s
    ), '[]')
FROM parties_organisation w LEFT JOIN market_capacity k ON k.collector_id = w.id
WHERE w.id = %(collector)s::uuid
"""  # noqa: S608  constants of this house


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
    """Return what decides for a collector; nothing for everybody else. One statement."""
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return None
    asked = {"collector": actor.org_id, "user": actor.user_id, "at": at, "since": at - WINDOW}
    rows = prepared.execute(TAKER, {**asked, "day": legal_day(at)})
    if not rows:
        return Taker(None)
    ((name, level, until, certified, live, limit, max_band, returned, licences),) = rows
    capacity = None if live is None else CapacityRow(live, limit, max_band)
    lapsed = closed(_Office(name, level, until), Act.WORK, at)
    obstacle = lapsed or (None if certified else NoCertificate())
    # Who acts without a person of its own, as a job does, is asked again when it takes.
    obstacle = obstacle if actor.user_id is not None else None
    cools = cooling_until(returned, at)
    return Taker(
        capacity, _regions(licences), obstacle or (CoolingOff.of(cools) if cools else None)
    )


class _Office(NamedTuple):
    name: str
    level: int
    level_until: date | None


def _regions(licences: list[list[str]]) -> dict[str, frozenset[str]]:
    """Return the regions that each kind of licence covers."""
    regions: dict[str, frozenset[str]] = {}
    for kind, region in licences:
        regions[kind] = regions.get(kind, frozenset()) | {region}
    return regions


def capacity_of(*, collector_id: UUID) -> CapacityRow | None:
    """Return the places of a collector; nothing when none were ever given."""
    row = Capacity.objects.filter(pk=collector_id).values_list("live", "limit", "max_band").first()
    return CapacityRow(*row) if row else None
