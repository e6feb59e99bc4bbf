"""Orders dispatched in windows: offered, accepted with every check, declined, lapsed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.models import Claim, Hold
from qinghe.claims.terms import ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import (
    Capacity,
    DispatchOffer,
    DispatchPrices,
    DispatchRound,
    Listing,
    Mandate,
    StandingOrder,
)
from qinghe.market.queries import hall
from qinghe.market.queries.estimates import (
    NEWCOMER_BELOW,
    NEWCOMER_SHARE,
    first_orders,
    owed_to_newcomers,
)
from qinghe.market.refusals import (
    BadReason,
    BadStandingOrder,
    NoCapacity,
    NoSuchOffer,
    NoSuchStandingOrder,
    NotForYou,
    OfferOver,
    StandingOrderEnded,
    WeekFull,
)
from qinghe.market.services import (
    accept_offer,
    decline_offer,
    dispatch,
    end_standing_order,
    make_standing_order,
    pause_standing_order,
    publish_many,
    resume_standing_order,
    take,
    withdraw_listing,
)
from qinghe.parties.models import Certificate, Organisation
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.races import race

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
END = date(2027, 3, 1)


def waiting(count: int = 1, **fields: Any) -> tuple[Actor, list[Listing]]:
    """Return a creditor and orders of it that wait to be dispatched."""
    creditor = factories.organisation()
    actor = factories.actor(Role.CREDITOR, creditor)
    ids = [reachable_claim(creditor=creditor, **fields).pk for _ in range(count)]
    done = publish_many(claim_ids=ids, mode="dispatch", actor=actor, at=AT, **TERMS)
    assert done.listed == count
    return actor, list(Listing.objects.filter(claim__in=ids).order_by("pk"))


def offers(**filters: Any) -> list[DispatchOffer]:
    return list(DispatchOffer.objects.filter(**filters).order_by("offered_at", "id"))


def test_an_order_is_offered_with_its_reasons_and_accepted() -> None:
    taker = licensed()
    _creditor, (order,) = waiting()
    assert dispatch(at=AT) == {"lapsed": 0, "offered": 1, "accepted": 0}
    (offer,) = offers()
    told = offer.explanation
    assert offer.collector_id == taker.org_id
    assert offer.expires_at == AT + 48 * HOUR
    assert told["value"] == told["expected"] * told["fit"] // 1_000_000 - told["cost"]
    mandate = accept_offer(offer_id=offer.pk, actor=taker, at=AT + HOUR)
    assert mandate.mode == "dispatch"
    assert Claim.objects.get(pk=order.claim_id).state == ClaimState.PLACED
    assert Capacity.objects.get(pk=taker.org_id).live == 1
    assert offers(state="accepted") == [offer]
    made = DispatchRound.objects.get()
    assert made.bound == made.objective == made.relaxed
    assert Entry.objects.filter(kind="market.offer-accepted").count() == 1
    with pytest.raises(OfferOver):
        accept_offer(offer_id=offer.pk, actor=taker, at=AT + HOUR)


def test_small_windows_owe_newcomers_their_share_together() -> None:
    old, new = licensed(), licensed()
    agency = Organisation.objects.get(pk=old.org_id)
    for _n in range(NEWCOMER_BELOW):
        factories.mandate(factories.claim(), agency)
    factories.mandate(factories.claim(), Organisation.objects.get(pk=new.org_id))
    waiting(19)
    dispatch(at=AT)
    assert {offer.collector_id for offer in offers()} == {old.org_id}
    waiting(1)
    dispatch(at=AT + HOUR)
    assert [offer.collector_id for offer in offers(offered_at=AT + HOUR)] == [new.org_id]
    waiting(1)
    dispatch(at=AT + 2 * HOUR)
    assert [offer.collector_id for offer in offers(offered_at=AT + 2 * HOUR)] == [old.org_id]


def test_whoever_never_had_an_order_comes_first_for_three_offers() -> None:
    known = [licensed() for _n in range(3)]
    for each in known:
        factories.mandate(factories.claim(), Organisation.objects.get(pk=each.org_id))
    waiting(4)
    dispatch(at=AT)
    # Few orders, and everybody has fewer than twenty: nobody is owed more than the others.
    late = [licensed(), licensed()]
    for number in (1, 2):
        waiting(2)
        dispatch(at=AT + number * HOUR)
        told = offers(offered_at=AT + number * HOUR)
        assert len({o.collector_id for o in told} & {one.org_id for one in late}) == 1
    assert all(offers(collector=each.org_id) for each in late)
    # Who declines is asked twice more, not for ever.
    picky = late[0]
    for number in (3, 4, 5):
        (offer,) = offers(collector=picky.org_id, state="open")
        at = AT + number * HOUR
        decline_offer(offer_id=offer.pk, reason="no-time", actor=picky, at=at)
        waiting(2)
        dispatch(at=at)
        told = offers(offered_at=at, collector=picky.org_id)
        assert len(told) <= 1
        if number < 5:
            assert told


@given(st.integers(0, 50), st.integers(0, 500))
def test_first_orders_are_a_fifth_at_most_and_one_at_least(untried: int, orders: int) -> None:
    kept = first_orders(untried, orders)
    assert kept <= untried
    assert 5 * kept < orders + 5
    assert bool(kept) == bool(untried and orders)


@given(st.integers(1, 500), st.integers(0, 5_000), st.integers(0, 300))
def test_what_newcomers_are_owed_is_at_most_the_window_and_never_less_than_before(
    orders: int, placed: int, taken: int
) -> None:
    owed = owed_to_newcomers(orders, placed, taken)
    assert 0 <= owed <= orders
    assert owed_to_newcomers(orders, placed + 1, taken) >= owed
    assert owed_to_newcomers(orders, placed, taken + 1) <= owed
    own = orders * NEWCOMER_SHARE // 100
    assert owed_to_newcomers(orders, 0, 0) == own
    assert own <= owed <= own + 1


def test_what_is_offered_waits_for_no_other_window() -> None:
    licensed()
    waiting()
    assert dispatch(at=AT)["offered"] == 1
    assert dispatch(at=AT + HOUR)["offered"] == 0


def test_a_declined_order_goes_to_the_next_and_never_back() -> None:
    first, second = licensed(), licensed()
    waiting()
    dispatch(at=AT)
    (offer,) = offers()
    chosen, other = (first, second) if offer.collector_id == first.org_id else (second, first)
    assert [each["collector"] for each in offer.alternatives] == [str(other.org_id)]
    with pytest.raises(BadReason):
        decline_offer(offer_id=offer.pk, reason="because", actor=chosen, at=AT)
    with pytest.raises(NoSuchOffer):
        decline_offer(offer_id=offer.pk, reason="region", actor=other, at=AT)
    decline_offer(offer_id=offer.pk, reason="region", actor=chosen, at=AT)
    dispatch(at=AT + HOUR)
    (again,) = offers(state="open")
    assert again.collector_id == other.org_id
    decline_offer(offer_id=again.pk, reason="no-time", actor=other, at=AT + HOUR)
    assert dispatch(at=AT + 2 * HOUR)["offered"] == 0


def test_an_offer_without_an_answer_lapses_and_moves_on() -> None:
    one, two = licensed(), licensed()
    waiting()
    dispatch(at=AT)
    (offer,) = offers()
    late = AT + 48 * HOUR
    taker = one if offer.collector_id == one.org_id else two
    with pytest.raises(OfferOver):
        accept_offer(offer_id=offer.pk, actor=taker, at=late)
    assert dispatch(at=late) == {"lapsed": 1, "offered": 1, "accepted": 0}
    assert [(o.state, o.reason) for o in offers()] == [("lapsed", "no-answer"), ("open", "")]


def test_a_withdrawn_order_ends_its_offer() -> None:
    licensed()
    creditor, (order,) = waiting()
    dispatch(at=AT)
    withdraw_listing(listing_id=order.pk, actor=creditor, at=AT)
    assert dispatch(at=AT + HOUR)["lapsed"] == 1
    assert offers()[0].reason == "listing-over"


def test_nobody_is_offered_what_it_may_not_take() -> None:
    creditor, (order,) = waiting()
    assert creditor.org_id is not None
    factories.collector()
    full = licensed(limit=0)
    small = licensed()
    Capacity.objects.filter(pk=small.org_id).update(max_band=0)
    suspended = licensed()
    Organisation.objects.filter(pk=suspended.org_id).update(state="suspended")
    same = licensed(credit_code="91310000TEST00001X")
    Organisation.objects.filter(pk=creditor.org_id).update(credit_code="91310000TEST00001X")
    assert full.org_id
    assert same.org_id
    assert order.band > 0
    assert dispatch(at=AT)["offered"] == 0


def test_a_hold_keeps_an_order_out_of_the_window() -> None:
    licensed()
    _creditor, (order,) = waiting()
    claim = order.claim
    Hold.objects.create(person=claim.debtor, kind="dispute", cause="t", placed_at=AT)
    assert dispatch(at=AT)["offered"] == 0


def test_a_deposit_is_not_exceeded_by_offers() -> None:
    from tests.market.test_exposure import CLAIMED, covered

    covered(CLAIMED * 2 // 20)
    waiting(3)
    assert dispatch(at=AT)["offered"] == 2
    assert dispatch(at=AT + HOUR)["offered"] == 0


def test_no_collector_gets_more_offers_than_it_has_places() -> None:
    taker = licensed(limit=2)
    waiting(3)
    assert dispatch(at=AT)["offered"] == 2
    assert dispatch(at=AT + HOUR)["offered"] == 0
    scarce = DispatchRound.objects.order_by("ran_at")[0].scarce
    assert [each["collector"] for each in scarce] == [str(taker.org_id)]
    assert scarce[0]["price"] > 0


def test_a_window_that_starts_from_former_prices_ends_at_the_cold_optimum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from qinghe.market.services import windows

    takers = [licensed(limit=2) for _ in range(3)]
    waiting(8)
    assert dispatch(at=AT)["offered"] == 6
    kept = DispatchPrices.objects.get(currency="CNY")
    assert set(kept.prices) == {str(taker.org_id) for taker in takers}
    assert min(kept.prices.values()) > 0

    solve, starts, ends = windows.solve_covered, [], []

    def watched(*args: Any, start: Any, **rest: Any) -> Any:
        warm, cold = solve(*args, start=start, **rest), solve(*args, **rest)
        starts.append(start)
        ends.append((warm.solution.objective, cold.solution.objective))
        assert (warm.solution.prices.seat == cold.solution.prices.seat).all()
        return warm

    monkeypatch.setattr(windows, "solve_covered", watched)
    Capacity.objects.update(limit=4)
    waiting(3)
    assert dispatch(at=AT + HOUR)["offered"] == 5
    assert sorted(starts[0].seat.tolist()) == sorted(kept.prices.values())
    assert ends[0][0] == ends[0][1] > 0
    assert DispatchPrices.objects.get().round_id != kept.round_id


def test_who_knew_the_debtor_is_preferred_unless_there_was_a_complaint() -> None:
    known, _other = licensed(), licensed()
    _creditor, (order,) = waiting()
    debtor = order.claim.debtor
    past = factories.claim(debtor=debtor, state=ClaimState.READY)
    agency = Organisation.objects.get(pk=known.org_id)
    factories.mandate(past, collector=agency, state="returned", closed_at=AT)
    dispatch(at=AT)
    (offer,) = offers()
    assert (offer.collector_id, offer.explanation["known"]) == (known.org_id, True)
    Hold.objects.create(
        person=debtor, claim=past, kind="complaint", cause="t", placed_at=AT, lifted_at=AT
    )
    DispatchOffer.objects.all().delete()
    dispatch(at=AT)
    assert offers()[0].explanation["known"] is False


def test_a_dispatched_order_stands_in_no_hall_and_cannot_be_grabbed() -> None:
    taker = licensed()
    _creditor, (order,) = waiting()
    assert hall(actor=taker, at=AT).rows == []
    with pytest.raises(NotForYou):
        take(listing_id=order.pk, actor=taker, at=AT)


def test_reading_a_window_takes_the_same_statements_for_more_orders(
    django_assert_max_num_queries: Any,
) -> None:
    from qinghe.market.queries.window import facts

    licensed()
    for count in (1, 6):
        waiting(count)
        with django_assert_max_num_queries(18):
            assert facts(currency="CNY", at=AT).orders


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once_to_two_offers_at_once() -> None:
    taker = licensed(limit=2)
    waiting(2)
    dispatch(at=AT)
    Capacity.objects.filter(pk=taker.org_id).update(limit=1)

    def answer(offer: DispatchOffer) -> bool:
        try:
            return bool(accept_offer(offer_id=offer.pk, actor=taker, at=AT))
        except NoCapacity:
            return False

    assert sum(race(offers(), answer)) == 1
    assert Mandate.objects.count() == 1


def standing(taker: Actor, **fields: Any) -> StandingOrder:
    given = {"weekly_cap": 2, "ends_on": END, "actor": taker, "at": AT}
    return make_standing_order(**{**given, **fields})


def test_a_standing_order_brings_what_it_asks_for_up_to_its_week() -> None:
    taker = licensed()
    wish = standing(taker, products=["consumer_loan"], regions=["310000"], auto_accept=True)
    waiting(3)
    waiting(1, region="330100")
    assert dispatch(at=AT) == {"lapsed": 0, "offered": 2, "accepted": 2}
    wish.refresh_from_db()
    assert wish.used == 2
    assert dispatch(at=AT + HOUR)["offered"] == 0
    week = timedelta(days=7)
    assert dispatch(at=AT + week)["accepted"] == 1
    wish.refresh_from_db()
    assert wish.used == 1
    assert Mandate.objects.filter(signed_by=taker.user_id).count() == 3


def test_the_week_is_counted_again_when_an_offer_is_accepted() -> None:
    taker = licensed()
    wish = standing(taker, weekly_cap=1)
    waiting()
    dispatch(at=AT)
    StandingOrder.objects.filter(pk=wish.pk).update(used=1)
    (offer,) = offers()
    with pytest.raises(WeekFull):
        accept_offer(offer_id=offer.pk, actor=taker, at=AT)
    assert offers(state="open") == [offer]


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_do_not_pass_the_week() -> None:
    taker = licensed()
    wish = standing(taker, weekly_cap=2)
    waiting(2)
    dispatch(at=AT)
    StandingOrder.objects.filter(pk=wish.pk).update(used=1)

    def answer(offer: DispatchOffer) -> bool:
        try:
            return bool(accept_offer(offer_id=offer.pk, actor=taker, at=AT))
        except WeekFull:
            return False

    assert sum(race(offers(), answer)) == 1


def test_a_paused_or_ended_standing_order_brings_nothing() -> None:
    taker, stranger = licensed(), factories.actor(Role.COLLECTOR, factories.collector())
    wish = standing(taker)
    waiting(1)
    act = {"standing_id": wish.pk, "at": AT}
    with pytest.raises(NoSuchStandingOrder):
        pause_standing_order(actor=stranger, **act)
    pause_standing_order(actor=taker, **act)
    assert dispatch(at=AT)["offered"] == 0
    resume_standing_order(actor=taker, **act)
    assert dispatch(at=AT)["offered"] == 1
    end_standing_order(actor=taker, **act)
    with pytest.raises(StandingOrderEnded):
        resume_standing_order(actor=taker, **act)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekly_cap": 0},
        {"ends_on": date(2026, 11, 23)},
        {"regions": ["nowhere"]},
        {"products": ["gold"]},
        {"stages": ["M99"]},
        {"max_band": 9},
    ],
)
def test_a_standing_order_names_the_field_that_is_wrong(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadStandingOrder) as refusal:
        standing(licensed(), **wrong)
    assert refusal.value.facts["field"] == next(iter(wrong))


def test_automatic_acceptance_that_is_refused_lapses_with_the_reason() -> None:
    taker = licensed()
    standing(taker, auto_accept=True)
    waiting()
    Certificate.objects.filter(user_id=taker.user_id).update(revoked_at=AT)
    assert dispatch(at=AT) == {"lapsed": 0, "offered": 1, "accepted": 0}
    assert [(o.state, o.reason) for o in offers()] == [("lapsed", "parties.no-certificate")]
