"""The directory of verified agencies with their record, for everybody to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import get_language

from qinghe.casework.models import Promise
from qinghe.claims.days import day_of
from qinghe.market.models import Mandate
from qinghe.parties.models import Licence, Organisation
from qinghe.parties.regions import region_name
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.models import Complaint


@dataclass(frozen=True)
class Agency:
    """
    One agency that may work today. `kept_share` is the part of promised money that came (K-11),
    None before any promise was due; `upheld` counts justified complaints.
    """

    id: UUID
    slug: str
    name: str
    kind: str
    region: str
    licence: str
    until: date
    worked: int
    kept_share: Fraction | None
    upheld: int

    @property
    def kept(self) -> str:
        """Return the kept share in words of a table: a percentage with one decimal, or a dash."""
        if self.kept_share is None:
            return "–"
        tenths = round(self.kept_share * 1000)
        return f"{tenths // 10}.{tenths % 10}%"


def agencies(*, at: datetime) -> list[Agency]:
    """Return active agencies with a verified licence that is valid today; five queries."""
    kinds = (OrgKind.AGENCY, OrgKind.OWN_TEAM)
    active = Organisation.objects.filter(kind__in=kinds, state=OrgState.ACTIVE)
    licences = _licences(active, day_of(at))
    rows = list(active.filter(pk__in=licences).order_by("name", "pk"))
    worked = _counted(Mandate.objects.filter(collector__in=rows), "claim")
    upheld = _counted(Complaint.objects.filter(collector__in=rows, state="upheld"), "pk")
    kept = _kept(rows)
    return [
        Agency(
            id=row.pk,
            slug=row.slug,
            name=row.name,
            kind=str(OrgKind(row.kind).label),
            region=region_name(row.region, get_language() or "en") if row.region else "",
            licence=licences[row.pk].number,
            until=licences[row.pk].ends_on,
            worked=worked.get(row.pk, 0),
            kept_share=kept.get(row.pk),
            upheld=upheld.get(row.pk, 0),
        )
        for row in rows
    ]


def _licences(active: QuerySet[Organisation], day: date) -> dict[UUID, Licence]:
    valid = Licence.objects.filter(
        organisation__in=active, verified_at__isnull=False, starts_on__lte=day, ends_on__gt=day
    )
    # The one that lasts longest is shown.
    return {licence.organisation_id: licence for licence in valid.order_by("ends_on", "pk")}


def _counted(rows: QuerySet[Mandate] | QuerySet[Complaint], what: str) -> dict[UUID, int]:
    counts = rows.values_list("collector_id").annotate(Count(what, distinct=True))
    return dict(counts.order_by("collector_id"))


def _kept(rows: list[Organisation]) -> dict[UUID, Fraction]:
    due = Promise.objects.filter(mandate__collector__in=rows, state__in=("kept", "broken"))
    sums = due.values_list("mandate__collector_id").annotate(
        kept=Sum("amount", filter=Q(state="kept"), default=0), due=Sum("amount")
    )
    return {org_id: Fraction(kept, total) for org_id, kept, total in sums}
