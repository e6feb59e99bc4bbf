"""Flags and scores of claims, and the facts both are made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from qinghe.claims import ageing
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import PROVES
from qinghe.graph.queries import sharing
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.parties.models import ContactPoint, Licence, VaultItem
from qinghe.parties.queries import reachable
from qinghe.parties.terms import LicenceKind, PointState, Secret
from qinghe.parties.vault import ring
from qinghe.risk.models import Flag
from qinghe.risk.rules import BY_CODE, Facts, Score, rate

WRITTEN = (Secret.ADDRESS, Secret.EMAIL)


class NoSuchFlag(DomainError):
    code = "risk.no-such-flag"
    status = 404
    text = _("There is no such flag.")


@dataclass(frozen=True)
class FlagRow:
    """One reason to doubt a claim, told in the active language."""

    id: UUID
    claim_id: UUID
    code: str
    title: str
    reason: str
    grave: bool
    state: str
    state_label: str
    raised_at: datetime
    decided_at: datetime | None


def flags(claim_id: UUID) -> list[FlagRow]:
    """Return every flag of a claim, open ones first."""
    rows = Flag.objects.filter(claim_id=claim_id).order_by("-state", "raised_at", "id")
    return [_told(flag) for flag in rows]


def open_flags(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many open flags claims have; those without are absent."""
    rows = Flag.objects.filter(claim_id__in=claim_ids, state=Flag.State.OPEN)
    counts = rows.order_by().values("claim_id").annotate(n=Count("pk"))
    return dict(counts.values_list("claim_id", "n"))


def score(*, claim_id: UUID, on: date) -> Score | None:
    """Return the score of a claim on a day, with reasons; None for an unknown claim."""
    found = facts([claim_id], on=on)
    return rate(found[claim_id]) if claim_id in found else None


def facts(claim_ids: Collection[UUID], *, on: date | None = None) -> dict[UUID, Facts]:
    """Return what the rules look at for many claims, with a fixed number of queries."""
    claims = list(Claim.objects.select_related("creditor").filter(pk__in=claim_ids))
    people = {claim.debtor_id for claim in claims}
    phones = sharing(person_ids=people, kind=Secret.PHONE)
    channels = reachable(people)
    evidence = _evidence(claim_ids)
    alike = _alike(people)
    own = _own_debtors(claims)
    elsewhere = _known_elsewhere(claim_ids)
    licences = _licences({claim.creditor_id for claim in claims})
    return {
        claim.pk: Facts(
            principal_major=int(to_major(claim.principal, claim.currency)),
            exact_major=to_major(claim.principal, claim.currency) % 1 == 0,
            creditor_owes_itself=(claim.creditor_id, claim.debtor_id) in own,
            known_elsewhere=claim.pk in elsewhere,
            phone_shared_with=phones.get(claim.debtor_id, 0),
            same_claims=alike.get(_likeness(claim), 1),
            licensed_at_contract=_licensed(claim, licences),
            stage=ageing.stage(claim.due_on, on) if on else claim.stage,
            claimed=claim.claimed,
            paid=claim.paid,
            channels=len(channels.get(claim.debtor_id, ())),
            evidence=evidence.get(claim.pk, 0),
            hand=claim.hand,
        )
        for claim in claims
    }


Likeness = tuple[UUID, UUID, int, date]


def _likeness(claim: Claim) -> Likeness:
    return claim.creditor_id, claim.debtor_id, claim.claimed, claim.due_on


def _alike(people: Collection[UUID]) -> dict[Likeness, int]:
    rows = (
        Claim.objects.filter(debtor_id__in=people)
        .order_by()
        .values_list("creditor_id", "debtor_id", "claimed", "due_on")
        .annotate(n=Count("pk"))
    )
    return {(creditor, debtor, claimed, due): n for creditor, debtor, claimed, due, n in rows}


def _evidence(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    proving = Evidence.objects.filter(PROVES, claim_id__in=claim_ids)
    rows = proving.order_by().values("claim_id")
    return dict(rows.annotate(n=Count("pk")).values_list("claim_id", "n"))


def _own_debtors(claims: Collection[Claim]) -> set[tuple[UUID, UUID]]:
    """Return (creditor, person) where the person's id number is the creditor's own number."""
    codes = {claim.creditor_id: claim.creditor.credit_code for claim in claims}
    by_blind = {
        blind: creditor_id
        for creditor_id, code in codes.items()
        if code
        for blind in ring().blinds(Secret.ID_NUMBER, code.upper())
    }
    rows = VaultItem.objects.filter(kind=Secret.ID_NUMBER, blind__in=list(by_blind))
    known = rows.filter(person__isnull=False).values_list("blind", "person_id")
    return {(by_blind[bytes(blind or b"")], person_id) for blind, person_id in known}


def _known_elsewhere(claim_ids: Collection[UUID]) -> set[UUID]:
    """
    Return claims that brought an address of a person whom another creditor had named before.

    The code of a letter opens all claims of a person: who can name the address could read them.
    """
    brought = ContactPoint.objects.filter(
        person=OuterRef("debtor"), kind__in=WRITTEN, created_at__gte=OuterRef("created_at")
    ).exclude(state=PointState.VALID)
    earlier = Claim.objects.filter(
        debtor=OuterRef("debtor"), created_at__lt=OuterRef("created_at")
    ).exclude(creditor=OuterRef("creditor"))
    rows = Claim.objects.filter(Exists(brought), Exists(earlier), pk__in=claim_ids)
    return set(rows.values_list("pk", flat=True))


def _licences(creditors: Collection[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    rows = Licence.objects.filter(organisation_id__in=creditors, kind=LicenceKind.LENDING)
    found: dict[UUID, list[tuple[date, date]]] = {}
    for creditor_id, starts_on, ends_on in rows.values_list(
        "organisation_id", "starts_on", "ends_on"
    ):
        found.setdefault(creditor_id, []).append((starts_on, ends_on))
    return found


def _licensed(claim: Claim, licences: dict[UUID, list[tuple[date, date]]]) -> bool | None:
    periods = licences.get(claim.creditor_id)
    if not periods or claim.contract_on is None:
        return None
    day = claim.contract_on
    return any(starts_on <= day < ends_on for starts_on, ends_on in periods)


def _told(flag: Flag) -> FlagRow:
    doubt = BY_CODE[flag.code]
    return FlagRow(
        id=flag.pk,
        claim_id=flag.claim_id,
        code=flag.code,
        title=str(doubt.title),
        reason=str(doubt.sentence).format(**flag.facts),
        grave=doubt.grave,
        state=flag.state,
        state_label=str(Flag.State(flag.state).label),
        raised_at=flag.raised_at,
        decided_at=flag.decided_at,
    )
