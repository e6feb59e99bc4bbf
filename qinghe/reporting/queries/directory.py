"""The directory of agencies that agreed to be listed, with their record, for everybody to read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from qinghe.casework.models import Promise
from qinghe.market.models import Mandate
from qinghe.market.queries.listed import Listed, listed
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.quality.models import Complaint


@dataclass(frozen=True)
class Agency:
    """
    One listed agency. `kept_share` is the part of promised money that came (K-11), None before any
    promise was due; `worked` and `upheld` count cases and justified complaints.
    """

    listed: Listed
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


def agencies(
    *,
    at: datetime,
    product: str = "",
    stage: str = "",
    region: str = "",
    size: str = "",
    slug: str = "",
) -> list[Agency]:
    """Return the listed agencies that may work today and pass the filters; seven queries."""
    wanted = (region,) if region else ()
    found = listed(at, product=product, stage=stage, regions=wanted, size=size)
    rows = [each for each in found if slug in ("", each.slug)]
    ids = [each.org_id for each in rows]
    worked = _counted(Mandate.objects.filter(collector__in=ids), "claim")
    upheld = _counted(Complaint.objects.filter(collector__in=ids, state="upheld"), "pk")
    kept = _kept(ids)
    return [
        Agency(
            listed=row,
            worked=worked.get(row.org_id, 0),
            kept_share=kept.get(row.org_id),
            upheld=upheld.get(row.org_id, 0),
        )
        for row in rows
    ]


def agency(*, slug: str, at: datetime) -> Agency:
    """
    Return one listed agency.

    :raises NoSuchOrganisation: unknown, or not in the directory
    """
    found = agencies(at=at, slug=slug)
    if not found:
        raise NoSuchOrganisation
    return found[0]


def _counted(rows: QuerySet[Mandate] | QuerySet[Complaint], what: str) -> dict[UUID, int]:
    counts = rows.values_list("collector_id").annotate(Count(what, distinct=True))
    return dict(counts.order_by("collector_id"))


def _kept(ids: Collection[UUID]) -> dict[UUID, Fraction]:
    due = Promise.objects.filter(mandate__collector__in=ids, state__in=("kept", "broken"))
    sums = due.values_list("mandate__collector_id").annotate(
        kept=Sum("amount", filter=Q(state="kept"), default=0), due=Sum("amount")
    )
    return {org_id: Fraction(kept, total) for org_id, kept, total in sums}
