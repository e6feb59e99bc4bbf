"""How complete the papers of claims are, and which files wait for the scanner."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from qinghe.claims.completeness import Case, Completeness, completeness
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.terms import USABLE_SCANS, Scan

# Enough for one run; the next takes the rest.
RESCAN = 200
# What proves something: no newer version of it, and the scanner lets it pass.
PROVES = Q(scan__in=USABLE_SCANS, superseded_at__isnull=True)


def papers_of(claim_ids: Collection[UUID]) -> dict[UUID, Completeness]:
    """Return how complete the papers of claims are, by claim. Two queries, however many."""
    papers: dict[UUID, list[str]] = {}
    usable = Evidence.objects.filter(PROVES, claim__in=claim_ids)
    for claim_id, kind in usable.values_list("claim_id", "kind"):
        papers.setdefault(claim_id, []).append(kind)
    rows = Claim.objects.filter(pk__in=claim_ids).values_list(
        "pk", "product", "creditor__kind", "creditor__lender_kind", "assignments"
    )
    return {
        pk: completeness(Case(product, kind, lender, links), papers.get(pk, ()))
        for pk, product, kind, lender, links in rows
    }


def waiting_for_scan(*, limit: int = RESCAN) -> list[tuple[UUID, str]]:
    """Return (file, hash) of what waits for the scanner, the oldest first."""
    rows = Evidence.objects.filter(scan=Scan.WAITING).order_by("uploaded_at", "id")
    return list(rows.values_list("pk", "sha256")[:limit])
