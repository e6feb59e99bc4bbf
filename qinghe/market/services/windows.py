"""A dispatch window (派单): orders that wait are matched at once, and offered to who was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.conf import settings

from qinghe.journal.services import record, record_many, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market.dispatch.bidding import ranked
from qinghe.market.dispatch.candidates import candidates
from qinghe.market.dispatch.explaining import Alternatives, alternatives
from qinghe.market.dispatch.exposure import Covered, solve_covered
from qinghe.market.dispatch.network import network
from qinghe.market.dispatch.prices import dearest, load_of, worth
from qinghe.market.dispatch.worth import terms, values
from qinghe.market.models import DispatchOffer, DispatchRound, Listing
from qinghe.market.queries.arrays import Window, window
from qinghe.market.queries.signers import check_signer
from qinghe.market.queries.window import Facts, currencies, facts
from qinghe.market.services.offers import accept_offer, lapse
from qinghe.market.services.warmth import former_prices, keep_prices
from qinghe.market.terms import ListingState, OfferState

ANSWER_WITHIN: Final = timedelta(hours=48)
# So many scarce collectors stand in the record of a round.
SCARCE_SHOWN: Final = 20


@dataclass(frozen=True)
class Solved:
    """A window in numbers with its answer."""

    facts: Facts
    window: Window
    covered: Covered
    greedy: int
    next: Alternatives


def dispatch(*, at: datetime) -> dict[str, int]:
    """
    Run a window in every currency: offers that ran out lapse, orders that wait are offered anew.

    Safe to run twice: what is offered no longer waits. Returns counts.
    """
    lapsed = lapse(at=at, actor=system("market.dispatch"))
    offered = accepted = 0
    for currency in currencies(at):
        offers = run_window(currency=currency, actor=system("market.dispatch"), at=at)
        offered += len(offers)
        accepted += sum(_accepted(offer, at) for offer in offers)
    return {"lapsed": lapsed, "offered": offered, "accepted": accepted}


@verb("market.dispatch")
def run_window(*, currency: str, actor: Actor, at: datetime) -> list[DispatchOffer]:
    """
    Match the orders of one currency that wait, and write an offer for each that found a place.

    The orders are locked once more before anything is offered: what was withdrawn meanwhile stays
    out. Nobody decides here for a collector; the offer is checked again when it is accepted.
    """
    found = facts(currency=currency, at=at)
    if not found.orders or not found.free:
        return []
    solved = _solve(found, currency, at)
    made = _round(solved, currency, at)
    offers = _offers(solved, made, at)
    made.save(force_insert=True)
    keep_prices(solved.window, solved.covered, made)
    DispatchOffer.objects.bulk_create(offers, batch_size=1_000)
    record(
        kind="market.dispatched",
        subject=f"round:{made.pk}",
        actor=actor,
        at=at,
        orders=made.orders,
        assigned=made.assigned,
        gap=made.bound - made.objective,
    )
    rows: list[tuple[str, UUID | None, dict[str, object]]] = [
        (f"claim:{solved.facts.orders[i].claim_id}", None, _told(offer))
        for i, offer in zip(_places(solved, offers), offers, strict=True)
    ]
    record_many(kind="market.offered", rows=rows, actor=actor, at=at)
    return offers


def _accepted(offer: DispatchOffer, at: datetime) -> bool:
    """Accept in the name of a standing order that says so; a refusal lapses the offer."""
    wish = offer.standing_order
    if wish is None or not wish.auto_accept:
        return False
    signer = Actor(role=Role.COLLECTOR, user_id=wish.signed_by, org_id=offer.collector_id)
    try:
        check_signer(user_id=wish.signed_by, org_id=offer.collector_id, at=at)
        accept_offer(offer_id=offer.pk, actor=signer, at=at)
    except DomainError as refusal:
        lapse(at=at, actor=system("market.dispatch"), offer_id=offer.pk, reason=refusal.code)
        return False
    return True


def _solve(found: Facts, currency: str, at: datetime) -> Solved:
    asked = window(found, at)
    seat = candidates(asked.orders, asked.seats)
    if len(asked.barred):
        pools = asked.seats.pool[seat]
        for order, pool in asked.barred.tolist():
            seat[order][pools[order] == pool] = -1
    net = network(
        seat,
        values(asked.orders, asked.seats, seat),
        asked.seats.places,
        pool=asked.seats.pool,
        pool_places=asked.seats.pool_places,
        newcomer=asked.seats.newcomer,
        floor=asked.floor,
    )
    limit = float(settings.DISPATCH_SECONDS)
    start = former_prices(asked, currency)
    covered = solve_covered(net, asked.orders.claimed, asked.seats.cover, start=start, limit=limit)
    greedy = worth(net, ranked(net))
    return Solved(found, asked, covered, greedy, alternatives(covered.net, covered.solution))


def _round(solved: Solved, currency: str, at: datetime) -> DispatchRound:
    net, solution = solved.covered.net, solved.covered.solution
    # What the floor counts is no money: it is left out of what people read.
    counted = solution.objective - solution.value
    return DispatchRound(
        ran_at=at,
        currency=currency,
        orders=net.orders,
        seats=net.seats,
        pairs=int((net.value > 0).sum()),
        assigned=int((solution.column >= 0).sum()),
        value=solution.value,
        greedy=solved.greedy,
        objective=solution.value,
        bound=solution.bound - counted,
        relaxed=solved.covered.relaxed - counted,
        newcomers=solution.newcomers,
        newcomer_floor=net.floor,
        newcomer_bonus=solution.prices.bonus,
        seconds=round(solution.seconds, 3),
        scarce=_scarce(solved),
        version=f"qinghe {version('qinghe')}, ortools {version('ortools')}",
    )


def _scarce(solved: Solved) -> list[dict[str, Any]]:
    """Return the collectors whose next place would bring most, dearest first."""
    net, price = solved.covered.net, solved.covered.solution.prices
    dear = dearest(net, price) - np.where(net.newcomer, -price.bonus, 0)
    _seats, used, _new = load_of(net, solved.covered.solution.column)
    top = np.argsort(-dear, kind="stable")[:SCARCE_SHOWN]
    return [
        {
            "collector": str(solved.window.collectors[i]),
            "places": int(net.pool_places[i]),
            "used": int(used[i]),
            "price": int(dear[i]),
        }
        for i in top
        if dear[i] > 0
    ]


def _offers(solved: Solved, made: DispatchRound, at: datetime) -> list[DispatchOffer]:
    """Return the offers of those orders that are still open, now locked."""
    solution = solved.covered.solution
    rows = np.flatnonzero(solution.column >= 0).tolist()
    wanted = [solved.facts.orders[i].listing_id for i in rows]
    listings = Listing.objects.filter(pk__in=wanted, state=ListingState.OPEN).order_by("pk")
    still = set(listings.select_for_update(no_key=True).values_list("pk", flat=True))
    ends = dict(listings.values_list("pk", "expires_at"))
    offers = []
    for i in rows:
        listing_id = solved.facts.orders[i].listing_id
        if listing_id in still:
            offers.append(_offer(solved, made, i, at, ends[listing_id]))
    return offers


def _offer(
    solved: Solved, made: DispatchRound, order: int, at: datetime, ends: datetime
) -> DispatchOffer:
    net, solution = solved.covered.net, solved.covered.solution
    column = int(solution.column[order])
    seat, value = int(net.seat[order, column]), int(net.value[order, column])
    told = vars(terms(solved.window.orders, solved.window.seats, order, seat, value))
    return DispatchOffer(
        round=made,
        listing_id=solved.facts.orders[order].listing_id,
        collector_id=solved.window.collectors[int(net.pool[seat])],
        standing_order=solved.window.standing[seat],
        state=OfferState.OPEN,
        value=value,
        explanation={**told, "price": int(solution.prices.seat[seat])},
        alternatives=_next(solved, order),
        offered_at=at,
        expires_at=min(at + ANSWER_WITHIN, ends),
    )


def _next(solved: Solved, order: int) -> list[dict[str, Any]]:
    net, price = solved.covered.net, solved.covered.solution.prices
    found = []
    for column in solved.next.column[order].tolist():
        if column >= 0:
            seat = int(net.seat[order, column])
            found.append(
                {
                    "collector": str(solved.window.collectors[int(net.pool[seat])]),
                    "value": int(net.value[order, column]),
                    "price": int(price.seat[seat]),
                    "full": bool(solved.next.full[seat]),
                }
            )
    return found


def _places(solved: Solved, offers: list[DispatchOffer]) -> list[int]:
    place = {order.listing_id: i for i, order in enumerate(solved.facts.orders)}
    return [place[offer.listing_id] for offer in offers]


def _told(offer: DispatchOffer) -> dict[str, object]:
    return {"offer": offer.pk, "collector": offer.collector_id, "expires_at": offer.expires_at}
