"""Each rule alone: what it finds, and the honest look-alikes that it must leave in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.quality.integrity_terms import RuleCode, SignKind
from qinghe.quality.signs import rings
from qinghe.quality.signs.judging import Item, Spot, judge, judge_praise, key_of, parties_of, spot
from qinghe.quality.signs.rings import OpenedBid
from qinghe.quality.signs.spotting import (
    Placed,
    aged,
    begun,
    ended,
    later,
    owes_itself,
    shared,
)
from qinghe.quality.signs.spotting import usual as median
from qinghe.quality.signs.table import number, rules

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def uid(n: int) -> UUID:
    return UUID(int=n)


def placed(n: int = 1, **fields: object) -> Placed:
    made = Placed(
        uid(100 + n), uid(200 + n), uid(1), uid(2), uid(300 + n),
        "grab", "active", AT, AT + 90 * DAY,
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def found(rule: str, spots: list[Spot], whole: int = 0) -> bool:
    return (
        judge(rules()[rule], [each.item for each in spots if each.rule == rule], whole) is not None
    )


def test_every_rule_has_thresholds_reasons_and_names() -> None:
    assert set(rules()) == set(RuleCode.values)
    for rule in rules().values():
        assert rule.en
        assert rule.zh
        assert set(rule.weights) <= set(SignKind.values)


# -- one hand ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kinds",
    [{"account"}, {"id_number"}, {"user"}, {"licence"}, {"device", "domain"}, {"phone", "address"}],
)
def test_what_two_independent_parties_do_not_share(kinds: set[str]) -> None:
    assert found("one-hand", list(shared(uid(1), uid(2), kinds)))


@pytest.mark.parametrize(
    "kinds", [set(), {"device"}, {"domain"}, {"address"}, {"phone"}, {"domain", "address"}]
)
def test_a_shared_office_provider_or_tower_is_no_hand(kinds: set[str]) -> None:
    assert not found("one-hand", list(shared(uid(1), uid(2), kinds)))


# -- the collector's own debtor ------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [{"account"}, {"crossed"}, {"phone", "address"}])
def test_a_collector_that_collects_from_itself(kinds: set[str]) -> None:
    assert found("own-debtor", list(owes_itself(placed(), kinds)))


@pytest.mark.parametrize("kinds", [set(), {"address"}, {"phone"}])
def test_a_debtor_in_the_same_tower_is_no_own_debtor(kinds: set[str]) -> None:
    assert not found("own-debtor", list(owes_itself(placed(), kinds)))


def test_many_debtors_of_one_tower_are_few_signs_each() -> None:
    spots = [s for n in range(4) for s in owes_itself(placed(n), {"address"})]
    assert not found("own-debtor", spots)


# -- wash orders ---------------------------------------------------------------------------------


def circles(n: int, **fields: object) -> list[Spot]:
    made = {"state": "returned", "before": True, "closed_at": AT + DAY, **fields}
    return [s for each in range(n) for s in ended(placed(each, **made))]


def test_orders_that_go_in_a_circle() -> None:
    assert found("wash", circles(5), whole=10)


def test_settled_at_once_by_nobody_s_work() -> None:
    spots = circles(5, before=False, state="completed", closed_at=AT + DAY)
    assert found("wash", spots, whole=12)


def test_a_few_placed_again_with_a_busy_partner_are_honest() -> None:
    assert not found("wash", circles(5), whole=17)
    assert not found("wash", circles(4), whole=4)


@pytest.mark.parametrize(
    "fields",
    [
        {"worked": True},
        {"closed_at": AT + 4 * DAY},
        {"state": "recalled"},
    ],
)
def test_debtors_who_pay_after_a_call_or_a_week_are_honest(fields: dict[str, object]) -> None:
    made = {"before": False, "state": "completed", "closed_at": AT + DAY, **fields}
    assert circles(9, **made) == []


# -- hoarding ------------------------------------------------------------------------------------


def test_orders_that_nobody_touches() -> None:
    spots = [s for n in range(10) for s in aged(placed(n))]
    assert found("hoarding", spots, whole=25)


def test_one_busy_fortnight_of_a_big_house_is_no_hoarding() -> None:
    spots = [s for n in range(10) for s in aged(placed(n))]
    assert not found("hoarding", spots, whole=26)
    assert not found("hoarding", spots[:9], whole=10)


def test_a_small_firm_that_touches_none_of_its_orders() -> None:
    spots = [s for n in range(9) for s in aged(placed(n))]
    assert found("hoarding", spots[:6], whole=6)
    assert not found("hoarding", spots[:5], whole=5)
    # One that was worked is another matter, until there are ten.
    assert not found("hoarding", spots, whole=10)


@pytest.mark.parametrize("fields", [{"worked": True}, {"excused": True}])
def test_worked_or_held_orders_do_not_lie_idle(fields: dict[str, object]) -> None:
    assert list(aged(placed(**fields))) == []


def test_given_back_unworked_on_the_last_day() -> None:
    back = placed(state="returned", closed_at=AT + 89 * DAY)
    assert [s.item.kind for s in ended(back)] == ["late-return"]
    assert list(ended(replace(back, worked=True))) == []
    assert list(ended(replace(back, state="recalled"))) == []
    # Given back early: others can work it.
    assert list(ended(replace(back, closed_at=AT + 3 * DAY))) == []


def test_taken_back_because_nothing_was_done() -> None:
    back = placed(state="returned", closed_at=AT + 5 * DAY, unserved=True)
    assert [s.item.kind for s in aged(back)] == ["idle"]
    for innocent in ({"worked": True}, {"excused": True}):
        assert list(aged(replace(back, **innocent))) == []


def test_one_order_idle_and_late_counts_as_one() -> None:
    spots = []
    for n in range(5):
        spots += [*aged(placed(n)), *ended(placed(n, state="returned", closed_at=AT + 89 * DAY))]
    assert not found("hoarding", spots, whole=5)


# -- around the platform -------------------------------------------------------------------------


def test_contacted_then_let_go_then_settled() -> None:
    fields: dict[str, object] = {"state": "recalled", "contacted": True, "direct": True}
    spots = [s for n in range(5) for s in later(placed(n, **fields))]
    assert found("around", spots, whole=16)
    assert not found("around", spots, whole=17)


@pytest.mark.parametrize(
    "fields",
    [
        {"contacted": False, "direct": True, "state": "recalled"},
        {"contacted": True, "direct": False, "state": "recalled"},
        {"contacted": True, "direct": True, "state": "ended"},
    ],
)
def test_debtors_who_pay_their_creditor_are_honest(fields: dict[str, object]) -> None:
    assert list(later(placed(**fields))) == []


# -- private accounts ----------------------------------------------------------------------------


def hints(*told: tuple[str, str]) -> list[Spot]:
    return [spot("private-account", key_of(uid(2)), kind, ref) for kind, ref in told]


def test_two_complaints_or_a_complaint_and_a_note() -> None:
    assert found("private-account", hints(("complaint", "c:1"), ("complaint", "c:2")))
    assert found("private-account", hints(("complaint", "c:1"), ("note", "r:1")))


def test_one_complaint_is_heard_as_a_complaint_even_when_justified() -> None:
    assert not found("private-account", hints(("complaint", "c:1")))
    assert not found("private-account", hints(("complaint", "c:1"), ("upheld", "c:1")))
    assert not found("private-account", hints(("note", "r:1")))


# -- prices --------------------------------------------------------------------------------------


def test_designated_far_above_the_usual_commission() -> None:
    table = {"loan/m2/3": Decimal("0.20")}
    dear = {"mode": "designated", "rate": Decimal("0.30"), "segment": "loan/m2/3"}
    spots = [s for n in range(8) for s in begun(placed(n, **dear), table)]
    assert found("price", spots, whole=16)
    assert not found("price", spots, whole=17)


@pytest.mark.parametrize(
    "fields",
    [{"mode": "grab"}, {"rate": Decimal("0.29")}, {"segment": "loan/m6/3"}, {"segment": ""}],
)
def test_open_offers_hard_segments_and_fair_prices_are_honest(fields: dict[str, object]) -> None:
    table = {"loan/m2/3": Decimal("0.20")}
    made = {"mode": "designated", "rate": Decimal("0.30"), "segment": "loan/m2/3", **fields}
    assert list(begun(placed(**made), table)) == []


def test_too_few_prices_have_no_median() -> None:
    assert median({20: number("dear_least_rows") - 1}) is None
    assert median({10: 10, 20: 15, 40: 10}) == Decimal("0.2")


# -- ratings -------------------------------------------------------------------------------------


def praise(n: int) -> list[Item]:
    return [Item("praise", f"rating:{each}", 5) for each in range(n)]


def test_praise_without_work() -> None:
    rule = rules()["ratings"]
    assert judge_praise(rule, praise(10), praise=12, work=5, all_work=50)


def test_who_works_for_one_creditor_is_praised_by_one_creditor() -> None:
    rule = rules()["ratings"]
    assert not judge_praise(rule, praise(10), praise=10, work=48, all_work=50)
    assert not judge_praise(rule, praise(10), praise=13, work=0, all_work=50)
    assert not judge_praise(rule, praise(9), praise=9, work=0, all_work=50)


# -- bid rings -----------------------------------------------------------------------------------


def bid(auction: int, bidder: int, rate: int, *, won: bool = False) -> OpenedBid:
    return OpenedBid(uid(1000 + auction), "loan/m2/3", uid(bidder), Decimal(rate) / 100, won)


def kinds(bids: list[OpenedBid]) -> set[tuple[str, str]]:
    return {(each.key, each.item.kind) for each in rings.spots(bids)}


PAIR = key_of(uid(1), uid(2))


def crowd(rng: Random, auctions: int, *, bidders: range) -> list[OpenedBid]:
    """Independent bidders, each in about half of the auctions, each with its own rates."""
    made = []
    for auction in range(auctions):
        offers = {who: rng.randint(15, 35) for who in bidders if rng.random() < 0.5}
        best = min(offers, key=lambda who: (offers[who], who), default=None)
        made += [bid(auction, who, rate, won=who == best) for who, rate in offers.items()]
    return made


def test_two_who_never_meet() -> None:
    rng = Random(1)
    bids = crowd(rng, 60, bidders=range(3, 6))
    bids += [bid(a, 1 if a % 2 else 2, rng.randint(15, 35)) for a in range(60)]
    assert (PAIR, "never-met") in kinds(bids)


def test_winners_who_take_turns() -> None:
    bids = [
        bid(a, who, 20 + (a + who) % 7, won=(a % 2) + 1 == who) for a in range(40) for who in (1, 2)
    ]
    assert (PAIR, "turns") in kinds(bids)


def test_a_cover_bid_at_a_constant_gap() -> None:
    rng = Random(2)
    bids = []
    for a in range(30):
        rate = rng.randint(15, 35)
        bids += [bid(a, 1, rate, won=True), bid(a, 2, rate + 2)]
    assert (PAIR, "gap") in kinds(bids)


def test_one_who_bids_only_beside_another_and_never_wins() -> None:
    rng = Random(3)
    bids = [bid(a, 3, rng.randint(15, 35), won=a >= 20) for a in range(60)]
    for a in range(20):
        bids += [bid(a, 1, rng.randint(15, 35), won=True)]
        bids += [bid(a, 2, rng.randint(20, 40))] if a < 14 else []
    assert (PAIR, "only-with") in kinds(bids)


def test_a_cover_that_gets_an_order_its_leader_has_no_room_for_is_a_cover_still() -> None:
    rng = Random(6)
    bids = [bid(a, 3, rng.randint(36, 40), won=a >= 20) for a in range(60)]
    for a in range(20):
        low, full = rng.randint(15, 35), a % 3 == 0
        bids += [bid(a, 1, low, won=not full), bid(a, 2, low + 1, won=full)]
    assert {kind for key, kind in kinds(bids) if key == PAIR} == {"gap", "only-with"}


def test_one_who_beats_the_other_even_once_covers_nobody() -> None:
    bids = [bid(a, 3, 40, won=a >= 20) for a in range(60)]
    for a in range(20):
        low = 15 + a
        bids += [bid(a, 1, low, won=a > 0), bid(a, 2, 10 if a == 0 else low + 1, won=a == 0)]
    assert "only-with" not in {kind for key, kind in kinds(bids) if key == PAIR}


@pytest.mark.parametrize("seed", range(12))
def test_independent_bidders_are_no_ring(seed: int) -> None:
    assert kinds(crowd(Random(seed), 80, bidders=range(1, 9))) == set()


def test_fixed_prices_and_round_numbers_are_no_gap() -> None:
    rng = Random(4)
    fixed = [bid(a, who, 18 + who, won=who == 1) for a in range(40) for who in (1, 2)]
    rounded = [bid(a, who, rng.choice((20, 25)), won=False) for a in range(40) for who in (3, 4)]
    assert {kind for _key, kind in kinds(fixed) | kinds(rounded)} & {"gap"} == set()


def test_two_specialists_of_different_segments_never_meet_honestly() -> None:
    ones = [bid(a, 1, 20 + a % 5) for a in range(30)]
    others = [replace(bid(a + 30, 2, 20 + a % 5), segment="card/m1/1") for a in range(30)]
    assert kinds(ones + others) == set()


def test_one_who_bids_everywhere_has_no_shadow() -> None:
    rng = Random(5)
    bids = [bid(a, 1, rng.randint(15, 35), won=True) for a in range(60)]
    bids += [bid(a, 2, rng.randint(20, 40)) for a in range(60) if rng.random() < 0.4]
    assert "only-with" not in {kind for _key, kind in kinds(bids)}


# -- laws ----------------------------------------------------------------------------------------

ITEM = st.builds(
    Item,
    st.sampled_from(("idle", "late-return")),
    st.integers(0, 400).map(lambda n: f"mandate:{n}"),
    st.just(5),
)
# Enough for a flag nearly always: a law about flags says nothing about none.
ITEMS = st.lists(ITEM, min_size=12, max_size=40, unique=True)


@given(ITEMS, st.randoms(), st.integers(0, 30))
def test_the_order_of_rows_does_not_matter(items: list[Item], rng: Random, whole: int) -> None:
    mixed = list(items)
    rng.shuffle(mixed)
    assert judge(rules()["hoarding"], items, whole) == judge(rules()["hoarding"], mixed, whole)


@given(st.randoms())
def test_the_order_of_bids_does_not_matter(rng: Random) -> None:
    bids = crowd(Random(7), 30, bidders=range(1, 5))
    bids += [
        bid(a, who, 20 + (a + who) % 7, won=(a % 2) + 1 == who) for a in range(30) for who in (7, 8)
    ]
    mixed = list(bids)
    rng.shuffle(mixed)
    assert set(rings.spots(bids)) == set(rings.spots(mixed))


@given(ITEMS, ITEMS, st.integers(0, 30))
def test_more_signs_never_lower_a_score(items: list[Item], more: list[Item], whole: int) -> None:
    before = judge(rules()["hoarding"], items, whole)
    after = judge(rules()["hoarding"], items + more, whole)
    if before is not None:
        assert after is not None
        assert after.score >= before.score


@given(st.lists(st.uuids(), min_size=1, max_size=4, unique=True), st.randoms())
def test_a_key_names_its_parties_in_any_order(ids: list[UUID], rng: Random) -> None:
    mixed = list(ids)
    rng.shuffle(mixed)
    assert key_of(*ids) == key_of(*mixed)
    assert set(parties_of(key_of(*ids))) == set(ids)
