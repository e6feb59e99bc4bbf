"""Standing orders (长期接单意向): what a collector wants to be given, and how much of it a week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from qinghe.claims.terms import Product, Stage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import StandingOrder
from qinghe.market.queries.window import week_of
from qinghe.market.refusals import (
    BadStandingOrder,
    NoSuchStandingOrder,
    NotACollector,
    StandingOrderEnded,
)
from qinghe.market.services.capacity import TOP_BAND
from qinghe.market.services.listings import check_collector
from qinghe.market.terms import StandingState
from qinghe.parties.regions import province_of
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.exams import check_certificate
from qinghe.rules.contact.clock import NATIONAL, local_day

LONGEST = timedelta(days=365)
MOST_A_WEEK = 10_000


@verb("market.make-standing-order")
def make_standing_order(
    *,
    weekly_cap: int,
    ends_on: date,
    actor: Actor,
    at: datetime,
    regions: Sequence[str] = (),
    products: Sequence[str] = (),
    stages: Sequence[str] = (),
    max_band: int = TOP_BAND,
    min_commission: Decimal = Decimal(0),
    auto_accept: bool = False,
) -> StandingOrder:
    """
    Say which orders to bring, and how many a week at most; empty lists let everything through.

    With `auto_accept` every order is accepted, and its terms signed, in the maker's name.

    :raises NotACollector: not an active collector
    :raises NoCertificate: automatic acceptance needs the maker's own certificate
    :raises BadStandingOrder: a filter, the cap or the end is out of range; names the field
    """
    require(actor, Permission.TAKE_ORDERS)
    if actor.org_id is None or actor.user_id is None:
        raise NotACollector
    check_collector(actor.org_id)
    _check_wish(weekly_cap, ends_on, at, regions, products, stages, max_band, min_commission)
    if auto_accept:
        check_certificate(actor, at)
    made = StandingOrder.objects.create(
        collector_id=actor.org_id,
        regions=list(regions),
        products=list(products),
        stages=list(stages),
        max_band=max_band,
        min_commission=min_commission,
        weekly_cap=weekly_cap,
        auto_accept=auto_accept,
        ends_on=ends_on,
        signed_by=actor.user_id,
        made_at=at,
        week_on=week_of(at),
    )
    _note("made", made, actor, at, weekly_cap=weekly_cap, auto_accept=auto_accept)
    return made


@verb("market.pause-standing-order")
def pause_standing_order(*, standing_id: UUID, actor: Actor, at: datetime) -> StandingOrder:
    """
    Bring nothing for a while; what was offered already may still be accepted.

    :raises NoSuchStandingOrder: unknown, or another collector's
    :raises StandingOrderEnded: it is over
    """
    return _switch(standing_id, StandingState.PAUSED, actor, at)


@verb("market.resume-standing-order")
def resume_standing_order(*, standing_id: UUID, actor: Actor, at: datetime) -> StandingOrder:
    """
    Let a paused standing order run again.

    :raises NoSuchStandingOrder: unknown, or another collector's
    :raises StandingOrderEnded: it is over
    """
    return _switch(standing_id, StandingState.ACTIVE, actor, at)


@verb("market.end-standing-order")
def end_standing_order(*, standing_id: UUID, actor: Actor, at: datetime) -> StandingOrder:
    """
    End a standing order for good.

    :raises NoSuchStandingOrder: unknown, or another collector's
    :raises StandingOrderEnded: it is over
    """
    return _switch(standing_id, StandingState.ENDED, actor, at)


def _check_wish(
    weekly_cap: int,
    ends_on: date,
    at: datetime,
    regions: Sequence[str],
    products: Sequence[str],
    stages: Sequence[str],
    max_band: int,
    min_commission: Decimal,
) -> None:
    today = local_day(NATIONAL, at)
    _check("weekly_cap", 1 <= weekly_cap <= MOST_A_WEEK)
    _check("ends_on", today < ends_on <= today + LONGEST)
    _check("regions", all(len(r) == 6 and r.isdecimal() and province_of(r) for r in regions))
    _check("products", _known(products, Product.values))
    _check("stages", _known(stages, Stage.values))
    _check("max_band", 0 <= max_band <= TOP_BAND)
    _check("min_commission", 0 <= min_commission < 1)


def _switch(standing_id: UUID, state: StandingState, actor: Actor, at: datetime) -> StandingOrder:
    require(actor, Permission.TAKE_ORDERS)
    rows = StandingOrder.objects.select_for_update().filter(collector=actor.org_id)
    found = rows.filter(pk=standing_id).first()
    if found is None:
        raise NoSuchStandingOrder
    if found.state == StandingState.ENDED or found.ends_on <= local_day(NATIONAL, at):
        raise StandingOrderEnded
    found.state = state
    found.save(update_fields=["state"])
    _note(state.value, found, actor, at)
    return found


def _known(chosen: Sequence[str], known: Collection[str]) -> bool:
    return all(each in known for each in chosen)


def _check(field: str, holds: bool) -> None:
    if not holds:
        raise BadStandingOrder(field=field)


def _note(what: str, made: StandingOrder, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.standing-order-{what}",
        subject=f"organisation:{made.collector_id}",
        actor=actor,
        at=at,
        standing_order=made.pk,
        **facts,
    )
