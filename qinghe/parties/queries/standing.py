"""Reads of what is proven of a party: levels, proofs, doubts, what ends soon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.models import Certificate, Cover, Organisation, PartyFlag, Proof


def below(org_ids: Iterable[UUID], act: Act, at: datetime) -> frozenset[UUID]:
    """Return those of some parties whose proofs do not open an act today, in one query."""
    rows = Organisation.objects.filter(pk__in=set(org_ids)).filter(
        Q(level__lt=act) | Q(level_until__lte=legal_day(at))
    )
    return frozenset(rows.values_list("pk", flat=True))


def proofs(*, org_id: UUID) -> list[Proof]:
    """Return every proof of a party, the newest first, ended ones too."""
    return list(Proof.objects.filter(organisation_id=org_id).order_by("-decided_at", "-id"))


def party_flags(*, org_id: UUID) -> list[PartyFlag]:
    """Return the doubts about a party, undecided ones first, each with the other party."""
    rows = PartyFlag.objects.filter(organisation_id=org_id).select_related("other")
    return list(rows.order_by("decided_at", "raised_at", "id").reverse())


def covers(*, org_id: UUID) -> list[Cover]:
    """Return deposits and insurances of a party, the newest first."""
    return list(Cover.objects.filter(organisation_id=org_id).order_by("-recorded_at", "-id"))


def certificate_of(*, user_id: UUID, at: datetime) -> Certificate | None:
    """Return somebody's certificate that lasts longest, valid or not; None when there is none."""
    rows = Certificate.objects.filter(user_id=user_id, revoked_at__isnull=True)
    return rows.order_by("-ends_on").first()


def is_valid(certificate: Certificate | None, on: date) -> bool:
    """Tell whether a certificate counts on a day."""
    return (
        certificate is not None
        and certificate.revoked_at is None
        and certificate.issued_on <= on < certificate.ends_on
    )
