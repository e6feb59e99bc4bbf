"""
Whether an order may be taken: every check of taking, on facts that were read under its locks.

Pure; the first reason that stands is the one that is told, so the order of checks is a promise.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from qinghe.claims.terms import ClaimState
from qinghe.graph.terms import IDENTICAL
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.market.refusals import (
    AlreadyTaken,
    CoolingOff,
    CreditorLapsed,
    NoCapacity,
    NoLicence,
    OnHold,
    OverBand,
    OverExposure,
    OwnClaim,
    TakingStopped,
)
from qinghe.market.terms import ListingState
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.queries.standing import closed
from qinghe.parties.refusals import NoCertificate


class Order(NamedTuple):
    """What stands on the order, and the name of who signed it for the creditor."""

    pk: UUID
    state: str
    mode: str
    designated_to_id: UUID | None
    band: int
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    document_id: str | None
    commission_plan_id: UUID | None
    signed_by: UUID | None
    signed_role: str
    listed_at: datetime
    expires_at: datetime
    signer: str | None


class Case(NamedTuple):
    """The claim and what keeps it from being worked; amounts in minor units."""

    pk: UUID
    state: str
    creditor_id: UUID
    debtor_id: UUID
    stage: str
    hand: int
    currency: str
    claimed: int
    owed: int
    held: bool
    creditor_stands: bool


class Taker(NamedTuple):
    """The collector and who acts for it, against this one order; amounts in minor units."""

    pk: UUID
    name: str
    level: int
    level_until: date | None
    same_hand: bool
    # Kinds of telling signs that it shares with the creditor.
    signs: list[str]
    certified: bool
    licensed: bool
    stopped_until: datetime | None
    # Places in use and in all, and the highest band; nothing: no places were ever given.
    live: int | None
    limit: int | None
    max_band: int | None
    # What is open under its mandates; read only where a cover caps it.
    exposure: int | None
    user_name: str | None
    # Worked out when the row was read: until when it cools off, and what its cover caps.
    cools_until: datetime | None
    cap: int | None


class Facts(NamedTuple):
    """Everything that decides; `placed` tells whether a place of the collector was free."""

    order: Order | None
    case: Case
    taker: Taker
    placed: bool


def still_open(facts: Facts, at: datetime) -> DomainError | None:
    """Return why an order is over; None while it is not."""
    order = facts.order
    if (
        order is None
        or order.state != ListingState.OPEN
        or at >= order.expires_at
        or facts.case.state != ClaimState.LISTED
    ):
        return AlreadyTaken()
    return None


def obstacle(facts: Facts, at: datetime) -> DomainError | None:
    """Return the first reason against giving an open order to a collector; None: it may have it."""
    if facts.case.held:
        return OnHold()
    if not facts.case.creditor_stands:
        return CreditorLapsed()
    return unfit(facts, at) or full(facts)


def unfit(facts: Facts, at: datetime) -> DomainError | None:
    """Return why a collector and its person may not work an order, whoever else wants it."""
    taker = facts.taker
    if taker.same_hand or IDENTICAL.intersection(taker.signs):
        return OwnClaim()
    if not taker.certified:
        return NoCertificate()
    if taker.cools_until is not None:
        return CoolingOff.of(taker.cools_until)
    return closed_to(facts, at)


def closed_to(facts: Facts, at: datetime) -> DomainError | None:
    """Return why an organisation may be given no such claim: stop, standing, licence, band."""
    taker = facts.taker
    if taker.stopped_until is not None:
        return TakingStopped(until=legal_day(taker.stopped_until).isoformat())
    lapsed = closed(taker, Act.WORK, at)
    if lapsed is not None:
        return lapsed
    if not taker.licensed:
        return NoLicence()
    band = facts.order.band if facts.order else 0
    return OverBand() if taker.max_band is not None and taker.max_band < band else None


def full(facts: Facts) -> DomainError | None:
    """Return why a collector has no room: its places, or what its deposit covers."""
    taker, case = facts.taker, facts.case
    if not facts.placed:
        return NoCapacity(live=taker.live or 0, limit=taker.limit or 0)
    held = taker.exposure or 0
    if taker.cap is None or held + case.claimed <= taker.cap:
        return None
    # Never what the order itself is worth: whoever is refused would learn it for nothing.
    amounts = {"cap": taker.cap, "held": held}
    told = {name: f"{to_major(n, case.currency):,}" for name, n in amounts.items()}
    return OverExposure(currency=case.currency, **told)
