"""What keeps a claim from being placed; asked for many claims at once, in five queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.claims.completeness import Completeness, names
from qinghe.claims.models import Claim, Hold
from qinghe.claims.queries import papers_of
from qinghe.claims.terms import ClaimState, Stage
from qinghe.kernel.errors import DomainError
from qinghe.market.queries.rights import kept_for_others
from qinghe.market.refusals import (
    CreditorLapsed,
    KeptForAnother,
    NotDue,
    NotProven,
    NotReady,
    OnHold,
    Unreachable,
)
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.queries import reachable
from qinghe.parties.queries.standing import below


def held(claims: Iterable[Claim], at: datetime) -> set[UUID]:
    """Return the ids of the claims under a live hold, of the claim or of the whole person."""
    claims = list(claims)
    holds = live_holds(at).filter(person__in={claim.debtor_id for claim in claims})
    found: frozenset[tuple[object, object]] = frozenset(holds.values_list("person_id", "claim_id"))
    return {
        each.pk
        for each in claims
        if (each.debtor_id, each.pk) in found or (each.debtor_id, None) in found
    }


def live_holds(at: datetime) -> QuerySet[Hold]:
    """Return the holds that stand at a moment."""
    return Hold.objects.filter(lifted_at__isnull=True, placed_at__lte=at).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    )


def obstacles(
    claims: Iterable[Claim], at: datetime, *, offered_to: UUID | None = None
) -> dict[UUID, DomainError]:
    """
    Return the first reason against placing each claim; claims without one are absent.

    `offered_to` is the collector that alone is offered them, if it is one.
    """
    claims = list(claims)
    on_hold = held(claims, at)
    lapsed = below({claim.creditor_id for claim in claims}, Act.WORK, at)
    channels = reachable(claim.debtor_id for claim in claims)
    papers = papers_of([claim.pk for claim in claims])
    found = {
        claim.pk: _obstacle(claim, on_hold=claim.pk in on_hold, known=claim.debtor_id in channels)
        or _unproven(papers[claim.pk])
        for claim in claims
    }
    reasons = {pk: reason for pk, reason in found.items() if reason is not None}
    ended = {claim.pk: CreditorLapsed() for claim in claims if claim.creditor_id in lapsed}
    kept = kept_for_others([claim.pk for claim in claims], offered_to, at)
    others = {pk: KeptForAnother(until=legal_day(until)) for pk, until in kept.items()}
    return {**others, **ended, **reasons}


def _obstacle(claim: Claim, *, on_hold: bool, known: bool) -> DomainError | None:
    if claim.state != ClaimState.READY:
        return NotReady()
    if on_hold:
        return OnHold()
    if claim.stage == Stage.M0:
        return NotDue()
    return None if known else Unreachable()


def _unproven(papers: Completeness) -> DomainError | None:
    return None if papers.complete else NotProven(missing=names(papers.missing))
