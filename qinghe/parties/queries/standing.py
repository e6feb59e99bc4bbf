"""Reads of what is proven of a party: levels, proofs, doubts, what ends soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act, Held, standing
from qinghe.parties.models import (
    Certificate,
    Cover,
    Membership,
    Organisation,
    PartyFlag,
    Proof,
    Sitting,
)
from qinghe.parties.refusals import NotAssured, StandingLapsed
from qinghe.parties.roles import Permission, may, require
from qinghe.parties.terms import OrgState, ProofKind


def below(org_ids: Iterable[UUID], act: Act, at: datetime) -> frozenset[UUID]:
    """Return those of some parties whose proofs do not open an act today, in one query."""
    rows = Organisation.objects.filter(pk__in=set(org_ids)).filter(
        Q(level__lt=act) | Q(level_until__lte=legal_day(at))
    )
    return frozenset(rows.values_list("pk", flat=True))


class Levelled(Protocol):
    """What is looked at of a party: an organisation, or a row that was read with others."""

    @property
    def name(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def level_until(self) -> date | None: ...


def closed(organisation: Levelled, act: Act, at: datetime) -> DomainError | None:
    """
    Return why the proofs of a party do not open an act today; None when they do.

    The stored level counts until its day; from that midnight on it counts for nothing until the
    levels were looked at again, so a late job opens no gate.
    """
    until = organisation.level_until
    if until is not None and until <= legal_day(at):
        return StandingLapsed(organisation=organisation.name, ended_on=until.isoformat())
    if organisation.level < act:
        return NotAssured(organisation=organisation.name, needed=int(act), level=organisation.level)
    return None


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
    """Return the certificate that is valid today, else the last one; None when there is none."""
    rows = Certificate.objects.filter(user_id=user_id, revoked_at__isnull=True)
    last = rows.order_by("-ends_on").first()
    today = legal_day(at)
    valid = rows.filter(issued_on__lte=today, ends_on__gt=today)
    return valid.order_by("-ends_on").first() or last


def sittings(*, user_id: UUID) -> list[Sitting]:
    """Return somebody's sittings of the exam, the newest first."""
    return list(Sitting.objects.filter(user_id=user_id).order_by("-started_at")[:20])


def is_valid(certificate: Certificate | None, on: date) -> bool:
    """Tell whether a certificate counts on a day."""
    return (
        certificate is not None
        and certificate.revoked_at is None
        and certificate.issued_on <= on < certificate.ends_on
    )


@dataclass(frozen=True)
class Now:
    """
    A party's standing today: the level that counts, until when, what it opens, what is missing.
    """

    level: int
    until: date | None
    missing: tuple[ProofKind, ...]
    submits: bool
    works: bool


def standing_now(organisation: Organisation, at: datetime) -> Now:
    """Return the standing of a party today, from its proofs; one query."""
    live = Proof.objects.filter(organisation=organisation, ended_at__isnull=True)
    held = [Held(kind, ends) for kind, ends in live.values_list("kind", "expires_on")]
    found = standing(organisation.kind, held, legal_day(at))
    active = organisation.state == OrgState.ACTIVE
    return Now(
        level=found.level,
        until=found.until,
        missing=found.missing,
        submits=active and found.level >= Act.SUBMIT,
        works=active and found.level >= Act.WORK,
    )


@dataclass(frozen=True)
class Ending:
    """Something that ends soon: what, of whom, the first day without it, and how many days left."""

    what: str
    party: str
    slug: str
    number: str
    ends_on: date
    left: int


def ending(*, within_days: int, actor: Actor, at: datetime) -> list[Ending]:
    """
    Return proofs and certificates that end within some days or ended lately, the soonest first.

    :raises NotPermitted: the actor neither verifies parties nor keeps accounts
    """
    if not may(actor, Permission.VERIFY_PARTIES):
        require(actor, Permission.MANAGE_ACCOUNTS)
    today = legal_day(at)
    span = (today - timedelta(days=30), today + timedelta(days=within_days))
    proofs_due = Proof.objects.filter(ended_at__isnull=True, expires_on__range=span)
    rows = proofs_due.select_related("organisation", "licence").order_by("expires_on", "id")[:500]
    found = [
        Ending(
            what=str(ProofKind(row.kind).label),
            party=row.organisation.name,
            slug=row.organisation.slug,
            number=row.licence.number if row.licence else "",
            ends_on=row.expires_on,
            left=(row.expires_on - today).days,
        )
        for row in rows
        if row.expires_on is not None
    ]
    return sorted([*found, *_certificates_ending(span, today, at)], key=lambda each: each.ends_on)


def _certificates_ending(span: tuple[date, date], today: date, at: datetime) -> list[Ending]:
    rows = list(
        Certificate.objects.filter(revoked_at__isnull=True, ends_on__range=span)
        .order_by("ends_on", "id")
        .values_list("user_id", "number", "ends_on")[:500]
    )
    live = Membership.objects.filter(
        user_id__in={row[0] for row in rows}, role="collector", starts_at__lte=at, ends_at=None
    )
    homes = {
        user_id: (name, slug)
        for user_id, name, slug in live.values_list(
            "user_id", "organisation__name", "organisation__slug"
        )
    }
    return [
        Ending(str(_("Certificate")), *homes[user_id], number, ends_on, (ends_on - today).days)
        for user_id, number, ends_on in rows
        if user_id in homes
    ]
