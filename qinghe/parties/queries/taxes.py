"""How organisations are taxed on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from qinghe.parties.models import TaxStatus
from qinghe.parties.terms import OrgKind


def taxpayers(org_ids: Iterable[UUID], day: date) -> dict[UUID | None, str]:
    """
    Return the kinds of taxpayer on a day, the platform's own under None; absent: nothing was said.

    One query.
    """
    of = Q(organisation__in=set(org_ids)) | Q(organisation__kind=OrgKind.OPERATOR)
    rows = TaxStatus.objects.filter(of, from_on__lte=day).order_by("from_on", "told_at")
    found: dict[UUID | None, str] = {}
    told = rows.values_list("organisation_id", "organisation__kind", "taxpayer")
    for organisation_id, kind, taxpayer in told:
        found[organisation_id] = taxpayer
        if kind == OrgKind.OPERATOR:
            found[None] = taxpayer
    return found


def tax_statuses(*, org_id: UUID) -> list[TaxStatus]:
    """Return how an organisation was and will be taxed, the latest first."""
    return list(TaxStatus.objects.filter(organisation=org_id).order_by("-from_on"))
