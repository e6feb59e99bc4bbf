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
    # Tries of today that place or amount ended; see `services.trying`.
    tried: int
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
    # Its own side first: nobody learns of a place or an amount who could not take the order anyway.
    return unready(facts, at) or full(facts) or outside(facts)


def unready(facts: Facts, at: datetime) -> DomainError | None:
    """Return what on its own side keeps a collector and its person from working an order."""
    taker = facts.taker
    if taker.same_hand or IDENTICAL.intersection(taker.signs):
        return OwnClaim()
    if not taker.certified:
        return NoCertificate()
    if taker.cools_until is not None:
        return CoolingOff.of(taker.cools_until)
    return halted(facts, at)


def halted(facts: Facts, at: datetime) -> DomainError | None:
    """Return why an organisation may be given nothing at all: a stop, or its standing."""
    taker = facts.taker
    if taker.stopped_until is not None:
        return TakingStopped(until=legal_day(taker.stopped_until).isoformat())
    return closed(taker, Act.WORK, at)


def full(facts: Facts) -> DomainError | None:
    """Return that every place of a collector is in use."""
    taker = facts.taker
    return None if facts.placed else NoCapacity(live=taker.live or 0, limit=taker.limit or 0)


def outside(facts: Facts) -> DomainError | None:
    """
    Return why a claim is too far or too large for a collector: licence, band, deposit.

    What the hall shows may not say so: `services.trying` decides what is told of it.
    """
    taker = facts.taker
    if not taker.licensed:
        return NoLicence()
    band = facts.order.band if facts.order else 0
    if taker.max_band is not None and taker.max_band < band:
        return OverBand()
    return uncovered(facts, facts.case.claimed)


def uncovered(facts: Facts, amount: int) -> OverExposure | None:
    """Return that a collector's deposit does not cover so much more, in minor units."""
    taker, case = facts.taker, facts.case
    held = taker.exposure or 0
    if taker.cap is None or held + amount <= taker.cap:
        return None
    # Never what the order itself is worth: whoever is refused would learn it for nothing.
    amounts = {"cap": taker.cap, "held": held}
    told = {name: f"{to_major(n, case.currency):,}" for name, n in amounts.items()}
    return OverExposure(currency=case.currency, **told)
