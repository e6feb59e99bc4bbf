"""How many collectors could take an order: as a span, never a name and never an exact number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, Q

from qinghe.market.dispatch.network import Flags
from qinghe.market.models import Capacity, Mandate, TakingStop
from qinghe.market.queries.cooling import COUNTS, WINDOW, cooling_until
from qinghe.market.queries.window import conflicts
from qinghe.parties.levels import Act
from qinghe.parties.models import Licence, Organisation
from qinghe.parties.regions import province_of
from qinghe.parties.terms import LicenceKind, OrgKind, OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day

FEW: Final = 5
STEPS: Final = (FEW, 10, 20, 50, 100, 200, 500, 1_000)


class Spot(NamedTuple):
    """What decides who may take an order: its creditor, place and amount band."""

    creditor: UUID
    region: str
    band: int


@dataclass(frozen=True)
class Span:
    """So many or more, and so many at most; no upper end in the last span."""

    low: int
    high: int | None


@dataclass(frozen=True)
class Reach:
    """
    Who comes into question: registered there at all, and of these who could take it today.

    Whether nobody is registered is public. Whoever is registered but full, stopped or of one hand
    with the creditor must not be told from that: so `ready` below five is one span.
    """

    registered: bool
    ready: int

    @property
    def span(self) -> Span:
        """Return the span of those who could take it today."""
        return span_of(self.ready) if self.registered else Span(0, 0)


@dataclass(frozen=True)
class _Collectors:
    """Collectors as arrays: who covers which region, the highest band, whether places are free."""

    ids: list[UUID]
    covers: dict[str, Flags]
    most: Flags
    free: Flags
    team: Flags

    def there(self, region: str, band: int) -> Flags:
        nobody = np.zeros(len(self.ids), dtype=np.bool_)
        places = {"", region, province_of(region)}
        found = [self.covers.get(place, nobody) for place in places]
        covered: Flags = np.logical_or.reduce(found) & (self.most >= band)
        return covered


def span_of(n: int) -> Span:
    """Return the span a number lies in: below five they are not told apart."""
    below = 0
    for step in STEPS:
        if n < step:
            return Span(below, step - 1)
        below = step
    return Span(below, None)


def reach_of(spots: Iterable[Spot], at: datetime) -> tuple[dict[Spot, Reach], bool]:
    """
    Return the reach of each spot, and whether an own team with free places covers them all.

    Seven statements; deposits and the certificates of single members are judged when taking.
    """
    asked = set(spots)
    found = _collectors(at)
    pairs = conflicts({spot.creditor for spot in asked}, found.ids) if asked else set()
    number = {pk: i for i, pk in enumerate(found.ids)}
    apart: dict[UUID, Flags] = {}
    for creditor in {spot.creditor for spot in asked}:
        apart[creditor] = np.ones(len(found.ids), dtype=np.bool_)
    for creditor, collector in pairs:
        if creditor in apart and collector in number:
            apart[creditor][number[collector]] = False
    reach, team = {}, found.team & found.free
    for spot in asked:
        there = found.there(spot.region, spot.band)
        ready = there & found.free & apart[spot.creditor] & ~found.team
        reach[spot] = Reach(bool((there & ~found.team).any()), int(ready.sum()))
        team = team & there & apart[spot.creditor]
    return reach, bool(team.any()) and bool(asked)


def _collectors(at: datetime) -> _Collectors:
    today = local_day(NATIONAL, at)
    works = Organisation.objects.filter(
        Q(level_until__isnull=True) | Q(level_until__gt=today),
        kind__in=(OrgKind.AGENCY, OrgKind.OWN_TEAM),
        state=OrgState.ACTIVE,
        level__gte=Act.WORK,
    )
    seats = Capacity.objects.filter(collector__in=works).order_by("collector_id")
    rows = list(seats.values_list("collector_id", "limit", "live", "max_band", "collector__kind"))
    ids = [row[0] for row in rows]
    shut = _stopped(at) | _cooling(at)
    return _Collectors(
        ids=ids,
        covers=_covers(ids, at),
        most=np.array([row[3] for row in rows], dtype=np.int16),
        free=np.array([row[1] > row[2] and row[0] not in shut for row in rows], dtype=np.bool_),
        team=np.array([row[4] == OrgKind.OWN_TEAM for row in rows], dtype=np.bool_),
    )


def _covers(ids: list[UUID], at: datetime) -> dict[str, Flags]:
    today, number = local_day(NATIONAL, at), {pk: i for i, pk in enumerate(ids)}
    rows = Licence.objects.filter(
        Exists(Capacity.objects.filter(collector=OuterRef("organisation"))),
        kind=LicenceKind.COLLECTION,
        verified_at__isnull=False,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    covers: dict[str, Flags] = {}
    for pk, region in rows.values_list("organisation_id", "region"):
        if pk in number:
            row = covers.setdefault(region, np.zeros(len(ids), dtype=np.bool_))
            row[number[pk]] = True
    return covers


def _stopped(at: datetime) -> set[UUID]:
    rows = TakingStop.objects.filter(lifted_at__isnull=True, starts_at__lte=at, ends_at__gt=at)
    return set(rows.values_list("collector_id", flat=True))


def _cooling(at: datetime) -> set[UUID]:
    rows = Mandate.objects.filter(
        COUNTS,
        closed_at__gt=at - WINDOW,
        closed_at__lte=at,
    )
    moments: dict[UUID, list[datetime]] = {}
    for collector, closed_at in rows.values_list("collector_id", "closed_at"):
        if closed_at is not None:
            moments.setdefault(collector, []).append(closed_at)
    return {pk for pk, when in moments.items() if cooling_until(when, at)}
