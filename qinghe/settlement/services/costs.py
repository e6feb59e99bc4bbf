"""
Costs of the court that somebody advanced: told by one side, agreed to by the other.

From then on what the debtor pays of the costs goes back to whoever paid them, the oldest first,
and nobody earns on it. What was divided before stays as it was.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.settlement.cost_refusals import (
    AdvanceDecided,
    AdvanceIncomplete,
    AdvanceTooMuch,
    AdvanceTwice,
    NoCosts,
    NoSuchAdvance,
    RefusalNeedsWords,
)
from qinghe.settlement.cost_terms import AdvanceKind, AdvanceState
from qinghe.settlement.models import CostAdvance
from qinghe.settlement.queries.costs import decides, has_part, open_advances

LONGEST = 300


@verb("settlement.tell-advance")
def tell_advance(
    *,
    claim_id: UUID,
    kind: str,
    amount: int,
    paid_on: date,
    receipt: str,
    actor: Actor,
    at: datetime,
) -> CostAdvance:
    """
    Say that the actor's organisation paid costs of a claim; it counts when the other side agreed.

    :raises NoCosts: unknown, or the actor's organisation has no part in the claim
    :raises AdvanceIncomplete: no amount, no receipt, or a day to come
    :raises AdvanceTooMuch: the claim does not owe so much in costs that nobody advanced
    :raises AdvanceTwice: these costs were told before
    """
    claim = _lock_claim(claim_id)
    if claim is None or actor.org_id is None or not has_part(claim, actor):
        raise NoCosts
    number = receipt.strip()[:LONGEST]
    if amount <= 0 or not number or paid_on > day_of(at):
        raise AdvanceIncomplete
    _check_room(claim, amount, at)
    told = {"kind": AdvanceKind(kind), "amount": amount, "currency": claim.currency}
    try:
        with transaction.atomic():
            advance = CostAdvance.objects.create(
                claim=claim,
                organisation_id=actor.org_id,
                paid_on=paid_on,
                receipt=number,
                told_by=actor.label,
                told_at=at,
                **told,
            )
    except IntegrityError:
        raise AdvanceTwice from None
    _note("told", advance, actor, at)
    return advance


@verb("settlement.agree-advance")
def agree_advance(*, advance_id: UUID, actor: Actor, at: datetime) -> CostAdvance:
    """
    Agree that costs were advanced; from now on they are refunded first.

    :raises NoSuchAdvance: unknown, or not for this actor to decide
    :raises AdvanceDecided: decided before
    :raises AdvanceTooMuch: the claim owes less in costs by now
    """
    advance, claim = _lock(advance_id, actor)
    _check_room(claim, advance.amount, at)
    advance.state, advance.agreed_by, advance.agreed_at = AdvanceState.AGREED, actor.label, at
    advance.save(update_fields=["state", "agreed_by", "agreed_at"])
    _note("agreed", advance, actor, at)
    return advance


@verb("settlement.refuse-advance")
def refuse_advance(*, advance_id: UUID, why: str, actor: Actor, at: datetime) -> CostAdvance:
    """
    Say that costs were not advanced, or are not costs of this claim.

    :raises RefusalNeedsWords: no reason
    :raises NoSuchAdvance: unknown, or not for this actor to decide
    :raises AdvanceDecided: decided before
    """
    if not why.strip():
        raise RefusalNeedsWords
    advance, _claim = _lock(advance_id, actor)
    advance.state, advance.refused_why = AdvanceState.REFUSED, why.strip()[:LONGEST]
    advance.save(update_fields=["state", "refused_why"])
    _note("refused", advance, actor, at, why=advance.refused_why)
    return advance


def _lock_claim(claim_id: UUID) -> Claim | None:
    """Lock a claim, so that no payment is divided meanwhile."""
    return Claim.objects.select_for_update(no_key=True).filter(pk=claim_id).first()


def _lock(advance_id: UUID, actor: Actor) -> tuple[CostAdvance, Claim]:
    known = CostAdvance.objects.filter(pk=advance_id).values_list("claim", flat=True).first()
    claim = _lock_claim(known) if known else None
    if claim is None:
        raise NoSuchAdvance
    advance = CostAdvance.objects.select_for_update().get(pk=advance_id)
    if not decides(advance, claim, actor):
        raise NoSuchAdvance
    if advance.state != AdvanceState.TOLD:
        raise AdvanceDecided
    return advance, claim


def _check_room(claim: Claim, amount: int, at: datetime) -> None:
    known = open_advances([claim.pk], at=at).get(claim.pk, [])
    room = claim.costs - sum(each.open for each in known)
    if amount > room:
        shown = f"{to_major(max(room, 0), claim.currency):,}"
        raise AdvanceTooMuch(open=shown, currency=claim.currency)


def _note(what: str, advance: CostAdvance, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"advance.{what}",
        subject=f"claim:{advance.claim_id}",
        actor=actor,
        at=at,
        advance=advance.pk,
        organisation=advance.organisation_id,
        what=advance.kind,
        amount=advance.amount,
        currency=advance.currency,
        **facts,
    )
