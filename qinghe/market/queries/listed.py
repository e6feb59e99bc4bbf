"""Who is in the directory now, and which of them fit a portfolio."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.graph.queries import shared_by
from qinghe.graph.terms import IDENTICAL
from qinghe.market.models import DirectoryEntry, TakingStop
from qinghe.market.queries.standing import StandingRow, standing_of
from qinghe.parties.levels import Act
from qinghe.parties.models import Licence
from qinghe.parties.queries.standing import below
from qinghe.parties.regions import province_of
from qinghe.parties.terms import LicenceKind, OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class Paper:
    """One verified registration: its number, where it holds (empty: everywhere), its last day."""

    number: str
    region: str
    ends_on: date


@dataclass(frozen=True)
class Listed:
    """
    One agency of the directory: what it told, what was verified, what is published of its conduct.

    `standing` is None until it was graded; the ratio inside is None while too little was worked.
    """

    org_id: UUID
    slug: str
    name: str
    region: str
    products: tuple[str, ...]
    stages: tuple[str, ...]
    size: str
    since: datetime
    papers: tuple[Paper, ...]
    standing: StandingRow | None

    def fits(self, product: str, stage: str, regions: Iterable[str]) -> bool:
        """Tell whether it does such claims and is registered in all the regions."""
        held = {paper.region for paper in self.papers}
        return (
            (not self.products or not product or product in self.products)
            and (not self.stages or not stage or stage in self.stages)
            and all(held & {"", region, province_of(region)} for region in regions if region)
        )


def listed(
    at: datetime,
    *,
    product: str = "",
    stage: str = "",
    regions: Collection[str] = (),
    size: str = "",
    only: Collection[UUID] | None = None,
) -> list[Listed]:
    """
    Return the agencies in the directory that may work today and fit, by name; four queries.

    Who left, was suspended, or holds no verified registration today is absent at once.
    """
    rows = entries(at).select_related("collector").order_by("collector__name", "pk")
    rows = rows.filter(size=size) if size else rows
    rows = rows if only is None else rows.filter(collector__in=only)
    found = list(rows)
    ids = [row.collector_id for row in found]
    papers, standing = _papers(ids, at), standing_of(ids, at)
    weak = below(ids, Act.WORK, at)
    made = [
        _listed(row, papers, standing)
        for row in found
        if row.collector_id in papers and row.collector_id not in weak
    ]
    return [each for each in made if each.fits(product, stage, regions)]


def entries(at: datetime) -> QuerySet[DirectoryEntry]:
    """Narrow to entries that stand: agreed, not ended, of an active agency nobody stopped."""
    stopped = TakingStop.objects.filter(lifted_at__isnull=True, starts_at__lte=at, ends_at__gt=at)
    return DirectoryEntry.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        agreed_at__lte=at,
        collector__state=OrgState.ACTIVE,
    ).exclude(collector__in=stopped.values("collector"))


def entry_of(org_id: UUID) -> DirectoryEntry | None:
    """Return the standing entry of an agency."""
    return DirectoryEntry.objects.filter(collector=org_id, ended_at__isnull=True).first()


def fitting(
    creditor_id: UUID, at: datetime, *, product: str, stage: str, regions: Collection[str]
) -> list[Listed]:
    """Return whom a creditor may ask about a portfolio: who fits and is not its own hand."""
    found = listed(at, product=product, stage=stage, regions=regions)
    signs = shared_by((creditor_id, each.org_id) for each in found)
    own = {firm for (_creditor, firm), kinds in signs.items() if kinds & IDENTICAL}
    return [each for each in found if each.org_id not in own]


def _listed(
    row: DirectoryEntry,
    papers: Mapping[UUID, tuple[Paper, ...]],
    standing: Mapping[UUID, StandingRow],
) -> Listed:
    return Listed(
        org_id=row.collector_id,
        slug=row.collector.slug,
        name=row.collector.name,
        region=row.collector.region,
        products=tuple(row.products),
        stages=tuple(row.stages),
        size=row.size,
        since=row.agreed_at,
        papers=papers[row.collector_id],
        standing=standing.get(row.collector_id),
    )


def _papers(ids: Collection[UUID], at: datetime) -> dict[UUID, tuple[Paper, ...]]:
    today = local_day(NATIONAL, at)
    rows = Licence.objects.filter(
        organisation__in=ids,
        kind=LicenceKind.COLLECTION,
        verified_at__isnull=False,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    found: dict[UUID, tuple[Paper, ...]] = {}
    for row in rows.order_by("region", "-ends_on", "pk"):
        paper = Paper(row.number, row.region, row.ends_on)
        found[row.organisation_id] = (*found.get(row.organisation_id, ()), paper)
    return found
