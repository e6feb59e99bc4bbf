"""
Bring back what a decision took away that was set aside: the order is its collector's first.

Nobody takes an order from whoever has it since, and the creditor signs again: an order is a
contract, and a creditor could end it without a reason before, too. But while the right stands, no
other collector is offered the claim unless the creditor says why.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from qinghe.claims.services import check_words
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import FirstRight, Listing, Mandate
from qinghe.market.refusals import NoSuchRight, RightWords
from qinghe.market.services.listings import publish
from qinghe.market.terms import FIRST_RIGHT_DAYS, STOPPED, MandateState, Mode, RightEnd
from qinghe.parties.roles import Permission, require


def grant_first_rights(*, collector_id: UUID, since: datetime, actor: Actor, at: datetime) -> int:
    """
    Let a collector have back first what ended because it was suspended; return how many.

    Inside the caller's transaction. Both parties find it on their pages. What is placed again
    stays where it is.
    """
    lost = Mandate.objects.filter(
        collector=collector_id,
        state=MandateState.RECALLED,
        reason=STOPPED,
        closed_at__gte=since,
        claim__state=ClaimState.READY,
    ).exclude(pk__in=FirstRight.objects.values("mandate"))
    made = [
        FirstRight(
            mandate=each,
            claim_id=each.claim_id,
            creditor_id=each.creditor_id,
            collector_id=collector_id,
            granted_at=at,
            until=at + timedelta(days=FIRST_RIGHT_DAYS),
        )
        for each in lost.order_by("pk")
    ]
    FirstRight.objects.bulk_create(made)
    for each in made:
        _note("granted", each, actor, at, until=each.until.isoformat())
    return len(made)


@verb("market.offer-back")
def offer_back(*, right_id: UUID, actor: Actor, at: datetime) -> Listing:
    """
    Offer a claim back to the collector that lost it, on the terms of before; it accepts by taking.

    :raises NotPermitted: the role may not place claims
    :raises NoSuchRight: unknown, another creditor's, or over
    :raises DomainError: what `publish` refuses
    """
    require(actor, Permission.PLACE_CLAIMS)
    found = _standing(right_id, at, creditor_id=actor.org_id)
    before = found.mandate
    listing = publish(
        claim_id=found.claim_id,
        mode=Mode.DESIGNATED,
        commission_rate=before.commission_rate,
        quality_share=before.quality_share,
        period_days=max(((before.agreed_ends_at or before.ends_at) - before.starts_at).days, 1),
        designated_to=found.collector_id,
        actor=actor,
        at=at,
    )
    _end(found, RightEnd.OFFERED, "", actor, at)
    return listing


@verb("market.end-right")
def end_right(*, right_id: UUID, reason: str, actor: Actor, at: datetime) -> FirstRight:
    """
    Give a right up as its collector, or let it go as the creditor, who says why.

    :raises NotPermitted: the role neither takes nor places orders
    :raises NoSuchRight: unknown, of others, or over
    :raises RightWords: a creditor without a reason
    :raises WordsRefused: the words threaten, insult or mislead
    """
    if actor.role == Role.COLLECTOR:
        require(actor, Permission.TAKE_ORDERS)
        found = _standing(right_id, at, collector_id=actor.org_id)
        return _end(found, RightEnd.GIVEN_UP, "", actor, at)
    require(actor, Permission.PLACE_CLAIMS)
    found = _standing(right_id, at, creditor_id=actor.org_id)
    if not reason.strip():
        raise RightWords
    check_words(reason)
    return _end(found, RightEnd.LET_GO, reason.strip(), actor, at)


def _standing(right_id: UUID, at: datetime, **whose: UUID | None) -> FirstRight:
    rows = FirstRight.objects.select_for_update(of=("self",)).select_related("mandate")
    found = rows.filter(pk=right_id, ended_at__isnull=True, until__gt=at, **whose).first()
    if found is None:
        raise NoSuchRight
    return found


def _end(right: FirstRight, end: RightEnd, reason: str, actor: Actor, at: datetime) -> FirstRight:
    right.ended_at, right.end, right.reason = at, end, reason
    right.save(update_fields=["ended_at", "end", "reason"])
    _note(end.value, right, actor, at, reason=reason)
    return right


def _note(what: str, right: FirstRight, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.first-right-{what}",
        subject=f"claim:{right.claim_id}",
        actor=actor,
        at=at,
        mandate=right.mandate_id,
        creditor=right.creditor_id,
        collector=right.collector_id,
        **facts,
    )
