"""
Early settlement: less than is owed, paid by a day, and the rest is waived.

A creditor says beforehand how much less each role may offer. What is within that is open to the
debtor at once; more waits for the creditor's consent. Refusing has no consequence, and an offer
that runs out leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from qinghe.casework.models import Authority, EarlyOffer, Plan
from qinghe.casework.refusals import (
    BadAuthority,
    BadDay,
    ConsentBySamePerson,
    EarlyOfferOpen,
    EarlyOfferOver,
    MuchWaived,
    NoSuchEarlyOffer,
    NotAnOffer,
    PlanExists,
)
from qinghe.casework.services.guard import locked_claim, mandate_of
from qinghe.casework.terms import (
    LONGEST_OFFER_DAYS,
    SLIGHT_OFFER,
    EarlyState,
    OfferRole,
    PlanState,
)
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import accrue_interest
from qinghe.claims.terms import Stage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.money import to_major
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.roles import NotPermitted, Permission, require

OPEN = (EarlyState.ASKED, EarlyState.OFFERED, EarlyState.ACCEPTED)
PAYABLE = (EarlyState.OFFERED, EarlyState.ACCEPTED)


@dataclass(frozen=True)
class Grant:
    """One row of the matrix: a role, where it holds (empty, null: everywhere), and how much."""

    role: str
    discount_pct: Decimal
    days: int
    stage: str = ""
    owed_to: int | None = None


@verb("casework.set-authority")
def set_authority(
    *, creditor_id: UUID, rows: Sequence[Grant], actor: Actor, at: datetime
) -> list[Authority]:
    """
    Say how much less each role may offer, in place of what was said before; offers made stand.

    :raises NotPermitted: not this creditor's own
    :raises BadAuthority: an unknown role or stage, a discount beyond all, or no days
    """
    require(actor, Permission.DECIDE_PLANS)
    if actor.org_id != creditor_id:
        raise NotPermitted
    if not all(_possible(row) for row in rows):
        raise BadAuthority(days=LONGEST_OFFER_DAYS)
    # Two matrices of one creditor are written one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=creditor_id)
    Authority.objects.filter(creditor=creditor_id, replaced_at__isnull=True).update(replaced_at=at)
    made = Authority.objects.bulk_create(
        Authority(creditor_id=creditor_id, seq=seq, set_at=at, **vars(row))
        for seq, row in enumerate(rows)
    )
    record(
        kind="casework.authority-set",
        subject=f"organisation:{creditor_id}",
        actor=actor,
        at=at,
        rows=len(made),
    )
    return made


def _possible(row: Grant) -> bool:
    known = row.role in OfferRole.values and row.stage in ("", *Stage.values)
    limits = 0 <= row.discount_pct <= 100 and 0 < row.days <= LONGEST_OFFER_DAYS
    return known and limits and (row.owed_to is None or row.owed_to > 0)


@verb("casework.make-early-offer")
def make_early_offer(
    *, claim_id: UUID, amount: int, last_day: date, actor: Actor, at: datetime, waives: int = 0
) -> EarlyOffer:
    """
    Offer that an amount (minor units), paid by a day, settles the whole claim.

    Within the authority of the role it is open to the debtor at once; more waits for the creditor.
    Whoever offers less than a tenth of the debt names what is waived in `waives`, in minor units.

    :raises NotPermitted: neither a collector nor the creditor
    :raises NoMandate: a collector without a live mandate
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises NotAnOffer: nothing, or not below what is owed
    :raises MuchWaived: less than a tenth of the debt, and what is waived was not named
    :raises BadDay: in the past, or further ahead than allowed
    :raises PlanExists: a plan is kept; nobody but the creditor speaks of money then
    :raises EarlyOfferOpen: there is an offer already
    """
    role = _role(actor)
    mandate = mandate_of(claim_id, actor, at)
    claim = locked_claim(claim_id, actor)
    claim = accrue_interest(claim_id=claim.pk, to=day_of(at), actor=actor, at=at)
    if not 0 < amount < claim.owed:
        raise NotAnOffer
    _check_meant(claim, amount, waives)
    if role == OfferRole.COLLECTOR and _planned(claim):
        raise PlanExists
    if EarlyOffer.objects.filter(claim=claim, state__in=OPEN).exists():
        raise EarlyOfferOpen
    row = _row_for(claim, role)
    _check_day(last_day, row, day_of(at))
    within = row is not None and _within(row, amount, claim.owed)
    free = row is None and role == OfferRole.CREDITOR
    offer = EarlyOffer.objects.create(
        claim=claim,
        mandate=mandate if role == OfferRole.COLLECTOR else None,
        authority=row if within else None,
        amount=amount,
        owed=claim.owed,
        paid_before=claim.paid,
        last_day=last_day,
        state=EarlyState.OFFERED if within or free else EarlyState.ASKED,
        made_by=role,
        author=actor.label,
        made_at=at,
        consented_at=at if free else None,
    )
    _note("casework.early-offer-made", offer, actor, at, amount=amount, state=offer.state)
    return offer


def _check_meant(claim: Claim, amount: int, waives: int) -> None:
    less = claim.owed - amount
    if amount * SLIGHT_OFFER < claim.owed and waives < less:
        words = f"{to_major(less, claim.currency):,} {claim.currency}"
        raise MuchWaived(waives=words, waives_minor=less)


@verb("casework.decide-early-offer")
def decide_early_offer(*, offer_id: UUID, agreed: bool, actor: Actor, at: datetime) -> EarlyOffer:
    """
    Consent for the creditor to an offer beyond what its author may offer, or not.

    :raises NotPermitted: the role decides no offers
    :raises NoSuchEarlyOffer: unknown, or on another creditor's claim
    :raises EarlyOfferOver: it does not wait for consent
    :raises ConsentBySamePerson: made by this very person, or one of the two made the other
    """
    require(actor, Permission.DECIDE_PLANS)
    offer = _locked(offer_id, actor)
    if offer.state != EarlyState.ASKED or offer.last_day < day_of(at):
        raise EarlyOfferOver
    if agreed and not independent(offer.author, actor.label):
        raise ConsentBySamePerson
    offer.state = EarlyState.OFFERED if agreed else EarlyState.DECLINED
    if agreed:
        offer.consented_at = at
    else:
        offer.ended_at = at
    offer.save()
    _note(f"casework.early-offer-{'consented' if agreed else 'declined'}", offer, actor, at)
    return offer


@verb("casework.answer-early-offer")
def answer_early_offer(*, offer_id: UUID, accepted: bool, actor: Actor, at: datetime) -> EarlyOffer:
    """
    Accept an offer made to the debtor, or decline it; declining changes nothing else.

    :raises NotPermitted: only a debtor answers
    :raises NoSuchEarlyOffer: unknown, or made to somebody else
    :raises EarlyOfferOver: it is not open, or its day has passed
    """
    if actor.role != Role.DEBTOR:
        raise NotPermitted
    offer = _locked(offer_id, actor)
    if offer.state not in PAYABLE or offer.last_day < day_of(at):
        raise EarlyOfferOver
    offer.state = EarlyState.ACCEPTED if accepted else EarlyState.DECLINED
    if accepted:
        offer.accepted_at = offer.accepted_at or at
    else:
        offer.ended_at = at
    offer.save()
    _note(f"casework.early-offer-{offer.state}", offer, actor, at)
    return offer


def end_offer(offer: EarlyOffer, state: EarlyState, actor: Actor, at: datetime) -> None:
    """End an offer whose claim is locked."""
    offer.state, offer.ended_at = state, at
    offer.save(update_fields=["state", "ended_at", "waived"])
    _note(f"casework.early-offer-{state.value}", offer, actor, at, waived=offer.waived)


def _role(actor: Actor) -> OfferRole:
    if actor.role == Role.COLLECTOR:
        require(actor, Permission.WORK_CASES)
        return OfferRole.COLLECTOR
    if actor.role != Role.CREDITOR:
        raise NotPermitted
    require(actor, Permission.DECIDE_PLANS)
    return OfferRole.CREDITOR


def _planned(claim: Claim) -> bool:
    return Plan.objects.filter(claim=claim, state=PlanState.ACTIVE).exists()


def _row_for(claim: Claim, role: str) -> Authority | None:
    """Return the first row that fits a role and a claim; None where the matrix is silent."""
    rows = Authority.objects.filter(
        creditor=claim.creditor_id, role=role, replaced_at__isnull=True, stage__in=("", claim.stage)
    )
    fits = (row for row in rows.order_by("seq") if row.owed_to is None or claim.owed <= row.owed_to)
    return next(fits, None)


def _within(row: Authority, amount: int, owed: int) -> bool:
    return (owed - amount) * 100 <= owed * row.discount_pct


def _check_day(last_day: date, row: Authority | None, today: date) -> None:
    days = row.days if row is not None else LONGEST_OFFER_DAYS
    if not today <= last_day <= today + timedelta(days=days):
        raise BadDay(days=days)


def _locked(offer_id: UUID, actor: Actor) -> EarlyOffer:
    claim_id = EarlyOffer.objects.filter(pk=offer_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchEarlyOffer
    try:
        locked_claim(claim_id, actor)
    except NoSuchClaim:
        raise NoSuchEarlyOffer from None
    return EarlyOffer.objects.get(pk=offer_id)


def _note(kind: str, offer: EarlyOffer, actor: Actor, at: datetime, **facts: Any) -> None:
    subject = f"claim:{offer.claim_id}"
    record(kind=kind, subject=subject, actor=actor, at=at, offer=offer.pk, **facts)
