"""How organisations are taxed on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from qinghe.parties.models import Organisation, TaxStatus
from qinghe.parties.terms import OrgKind


def taxpayers(org_ids: Iterable[UUID], day: date) -> dict[UUID | None, str]:
    """
    Return the kinds of taxpayer on a day, the platform's own under None; absent: nothing was said.

    One query.
    """
    found: dict[UUID | None, str] = {}
    for pk, told in histories(org_ids).items():
        for from_on, taxpayer in told:
            if from_on <= day:
                found[pk] = taxpayer
    return found


def histories(org_ids: Iterable[UUID]) -> dict[UUID | None, list[tuple[date, str]]]:
    """
    Return the kinds of taxpayer from day to day, the earliest first; the platform's under None.

    One query.
    """
    of = Q(organisation__in=set(org_ids)) | Q(organisation__kind=OrgKind.OPERATOR)
    rows = TaxStatus.objects.filter(of).order_by("from_on", "told_at")
    found: dict[UUID | None, list[tuple[date, str]]] = {}
    told = rows.values_list("organisation_id", "organisation__kind", "from_on", "taxpayer")
    for organisation_id, kind, from_on, taxpayer in told:
        found.setdefault(organisation_id, []).append((from_on, taxpayer))
        if kind == OrgKind.OPERATOR:
            found.setdefault(None, []).append((from_on, taxpayer))
    return found


def house() -> tuple[str, str]:
    """Return the registered name and code of the operator, the seller of the platform's fees."""
    rows = Organisation.objects.filter(kind=OrgKind.OPERATOR).order_by("created_at", "pk")
    return rows.values_list("name", "credit_code").first() or ("", "")


def tax_statuses(*, org_id: UUID) -> list[TaxStatus]:
    """Return how an organisation was and will be taxed, the latest first."""
    return list(TaxStatus.objects.filter(organisation=org_id).order_by("-from_on"))
