"""
What is told to who may not have an order because of its place or its amount.

The hall shows both no finer than five alike. A refusal that named the reason would tell more, to
whoever tries: so where what is shown does not say it, one answer stands for all such reasons, and
every such try counts. The facts are read in one statement before any check, so that the time of an
answer does not tell which check it was.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_minor
from qinghe.market.bands import bands
from qinghe.market.models import Capacity, Listing
from qinghe.market.queries.seen import Place, shown_places
from qinghe.market.queries.taker import Seen, taker_of
from qinghe.market.queries.taking import facts_of
from qinghe.market.refusals import (
    NoLicence,
    NotACollector,
    OutOfReach,
    OverBand,
    OverExposure,
    TriesSpent,
)
from qinghe.market.taking import Facts, uncovered, unready
from qinghe.parties.days import legal_day

# So many tries a day may end by place or amount. Who works has fewer; who scans needs thousands.
TRIES: Final = 5
UNTOLD: Final = (NoLicence, OverBand, OverExposure)


def told(listing_id: UUID, actor: Actor, at: datetime) -> DomainError:
    """
    Return what is told instead of one of `UNTOLD`, after its transaction was undone.

    What the hall shows says it itself: the reason. Else one answer for all, and a try is counted.
    """
    listing = Listing.objects.get(pk=listing_id)
    facts = _facts(listing, actor, at)
    known = _by_what_is_shown(listing, facts, actor, at)
    if known is not None:
        return known
    return counted(listing.number, facts.taker.pk, OutOfReach, actor, at)


def check_tries(facts: Facts, actor: Actor, at: datetime) -> None:
    """
    Refuse an order that may prove out of reach to who has no try left today.

    :raises TriesSpent: what the hall shows does not tell whether it is
    """
    if facts.taker.tried < TRIES or facts.order is None:
        return
    listing = Listing.objects.get(pk=facts.order.pk)
    place, taker = shown_places([listing.pk])[listing.pk], taker_of(actor, at)
    seen = Seen(listing.licence, *place)
    if taker is None or taker.unsure(seen) or _deposit_decides(facts, place):
        raise TriesSpent(limit=TRIES)


def check_bidder(listing: Listing, place: Place, actor: Actor, at: datetime) -> None:
    """
    Check whether an actor's organisation may bid: its own side, and what the hall shows.

    :raises OwnClaim: creditor and collector are one firm, or the actor acts for both
    :raises DomainError: certificate or standing, as in `take`; licence or band where they show
    """
    reason = unready(_facts(listing, actor, at), at)
    if reason is not None:
        raise reason
    taker = taker_of(actor, at)
    known = taker.outside(Seen(listing.licence, *place)) if taker else None
    if known is not None:
        raise known


def _facts(listing: Listing, actor: Actor, at: datetime) -> Facts:
    if actor.org_id is None:
        raise NotACollector
    return facts_of(
        claim_id=listing.claim_id,
        listing_id=listing.pk,
        collector_id=actor.org_id,
        actor=actor,
        at=at,
    )


def _by_what_is_shown(
    listing: Listing, facts: Facts, actor: Actor, at: datetime
) -> DomainError | None:
    place, taker = shown_places([listing.pk])[listing.pk], taker_of(actor, at)
    known = taker.outside(Seen(listing.licence, *place)) if taker else None
    return known or uncovered(facts, max(_least(place, facts), 1))


def _deposit_decides(facts: Facts, place: Place) -> bool:
    """Tell whether the deposit covers some of the amounts that the order may have, and not all."""
    top = bands()[place.band_to].high
    if facts.taker.cap is None:
        return False
    most = None if top is None else to_minor(Decimal(top), facts.case.currency)
    return most is None or uncovered(facts, most) is not None


def _least(place: Place, facts: Facts) -> int:
    return to_minor(Decimal(bands()[place.band].low), facts.case.currency)


@transaction.atomic
def counted(
    number: str, collector_id: UUID, answer: type[DomainError], actor: Actor, at: datetime
) -> DomainError:
    """Count a try that place or amount ended; return what is told of it."""
    left = _use_try(collector_id, legal_day(at))
    if left is None:
        return TriesSpent(limit=TRIES)
    record(
        kind="market.take-out-of-reach",
        subject=f"organisation:{collector_id}",
        actor=actor,
        at=at,
        listing=number,
        left=left,
    )
    return answer(left=left)


def _use_try(collector_id: UUID, day: date) -> int | None:
    """Count a try of a day, compared and set in one statement; return what is left, or None."""
    mine = Capacity.objects.filter(pk=collector_id)
    mine.filter(~Q(tried_on=day) | Q(tried_on__isnull=True)).update(tried_on=day, tried=0)
    if not mine.filter(tried_on=day, tried__lt=TRIES).update(tried=F("tried") + 1):
        return None
    return TRIES - mine.values_list("tried", flat=True).get()
