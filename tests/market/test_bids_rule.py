"""The published rule as laws: who is first, what a record costs, when a box closes, the floor."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.claims.terms import Product, Stage
from qinghe.market.bidding import (
    CLOSING_WINDOW,
    HIGHEST_PENALTY,
    Standing,
    closing,
    draw,
    opening,
    penalty,
    ranked,
)
from qinghe.market.costs import built_in, floor, parse
from qinghe.market.envelopes import commitment, packed, unpacked
from qinghe.market.queries.bid_figures import FEWEST_BIDS, K, published
from qinghe.settlement.terms import PLATFORM_FEES
from tests.factories import AT

RATES = st.integers(1, 9_999).map(lambda n: Decimal(n) / 10_000)
RATIOS = st.one_of(st.none(), st.integers(0, 500).map(Decimal))
SEEDS = st.binary(min_size=32, max_size=32)
ORDERS = st.fixed_dictionaries(
    {
        "product": st.sampled_from(Product.values),
        "stage": st.sampled_from(Stage.values),
        "band": st.integers(0, 7),
        "hand": st.integers(1, 9),
    }
)
FIGURES = parse(built_in())


@st.composite
def bids(draw_from: st.DrawFn) -> list[Standing]:
    seed = draw_from(SEEDS)
    rows = draw_from(st.lists(st.tuples(st.uuids(), RATES, RATES, RATIOS), max_size=8))
    return [
        Standing(bid_id, rate, share, penalty(ratio), draw(seed, bid_id))
        for bid_id, rate, share, ratio in {row[0]: row for row in rows}.values()
    ]


@given(bids())
def test_the_first_has_the_lowest_published_rate(found: list[Standing]) -> None:
    order = ranked(found)
    assert sorted(order, key=lambda bid: bid.effective) == order
    if order:
        assert order[0].effective == min(bid.rate + bid.adjustment for bid in found)


@given(bids(), st.randoms())
def test_neither_the_time_nor_the_place_of_a_bid_matters(
    found: list[Standing], drawn: object
) -> None:
    mixed = list(found)
    drawn.shuffle(mixed)  # type: ignore[attr-defined]
    assert ranked(mixed) == ranked(found)


def place(bid_id: UUID, found: Sequence[Standing]) -> int:
    return [bid.bid_id for bid in ranked(found)].index(bid_id)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(bids(), RATES, RATES, RATIOS, RATIOS)
def test_a_better_record_never_loses_a_place_and_a_higher_rate_never_wins_one(
    others: list[Standing], low: Decimal, high: Decimal, one: Decimal | None, two: Decimal | None
) -> None:
    low, high = sorted((low, high))
    better, worse = sorted((penalty(one), penalty(two)))
    mine = uuid4()
    ticket = b"\0" * 32
    good = Standing(mine, low, Decimal("0.2"), better, ticket)
    for bad in (
        Standing(mine, low, Decimal("0.2"), worse, ticket),
        Standing(mine, high, Decimal("0.2"), better, ticket),
    ):
        assert place(mine, [*others, good]) <= place(mine, [*others, bad])


@given(RATIOS, RATIOS)
def test_more_justified_complaints_never_cost_less(
    one: Decimal | None, two: Decimal | None
) -> None:
    fewer, more = sorted((one or Decimal(0), two or Decimal(0)))
    assert 0 <= penalty(None) <= penalty(fewer) <= penalty(more) <= HIGHEST_PENALTY


def test_among_equal_bids_the_larger_part_on_quality_comes_first_then_the_draw() -> None:
    seed = bytes(32)
    ids = [UUID(int=number) for number in range(1, 9)]
    alike = [Standing(i, Decimal("0.1"), Decimal("0.2"), Decimal(0), draw(seed, i)) for i in ids]
    braver = Standing(uuid4(), Decimal("0.1"), Decimal("0.3"), Decimal(0), b"\xff" * 32)
    order = ranked([*alike, braver])
    assert order[0] == braver
    assert [bid.bid_id for bid in order[1:]] != ids
    other = [
        Standing(i, Decimal("0.1"), Decimal("0.2"), Decimal(0), draw(b"x" * 32, i)) for i in ids
    ]
    assert [bid.bid_id for bid in ranked(other)] != [bid.bid_id for bid in order[1:]]


@given(SEEDS)
def test_a_box_closes_within_its_window_and_opens_after_it(seed: bytes) -> None:
    closed = closing(seed, AT)
    assert AT <= closed <= AT + CLOSING_WINDOW < opening(AT)


def test_every_second_of_the_window_may_be_the_last() -> None:
    moments = {closing(number.to_bytes(32), AT) for number in range(20_000)}
    assert len(moments) == CLOSING_WINDOW.total_seconds() + 1


@given(ORDERS)
def test_an_older_or_used_order_never_has_a_lower_floor(order: dict[str, object]) -> None:
    first = floor(FIGURES, currency="CNY", **order)  # type: ignore[arg-type]
    assert 0 < first.rate <= Decimal("0.35")
    assert sum(line.cost for line in first.lines) == first.cost
    again = floor(FIGURES, currency="CNY", **{**order, "hand": order["hand"] + 1})  # type: ignore[arg-type,operator]
    assert again.rate >= first.rate
    assert again.cost == first.cost


@given(ORDERS)
def test_at_its_floor_an_order_earns_its_bare_cost_and_not_a_cent_less(
    order: dict[str, object],
) -> None:
    found = floor(FIGURES, currency="CNY", **order)  # type: ignore[arg-type]
    earned = found.rate * found.recovered * (1 - found.fee)
    assert earned >= found.cost or found.rate == Decimal("0.35")


def test_without_figures_of_a_currency_there_is_no_floor() -> None:
    found = floor(FIGURES, product="other", stage="M2", band=1, hand=1, currency="USD")
    assert (found.rate, found.lines) == (0, ())


def test_the_fee_of_the_cost_model_is_the_platforms_fee() -> None:
    assert PLATFORM_FEES[-1].rate == FIGURES.fee


@given(st.dictionaries(st.text("abc", max_size=5), st.text("0123", max_size=9), max_size=4))
def test_what_is_packed_comes_out_and_its_hash_never_repeats(facts: dict[str, str]) -> None:
    one, two = packed(facts), packed(facts)
    assert {**unpacked(one), "salt": ""} == {**facts, "salt": ""}
    assert len(one) == len(two)
    assert commitment(one) != commitment(two)
    assert packed(facts, unpacked(one)["salt"]) == one


@given(st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.integers(0, 12), min_size=1)))
def test_no_published_reason_stands_on_fewer_than_k_bidders(found: dict[str, list[int]]) -> None:
    ids = {reason: [UUID(int=one) for one in ones] for reason, ones in found.items()}
    rows = published(ids)
    everybody = [one for ones in ids.values() for one in ones]
    if len(everybody) < FEWEST_BIDS:
        assert rows == []
    if rows:
        assert sum(row.bids for row in rows) == len(everybody)
        shown = {row.reason for row in rows} - {""}
        assert all(len(set(ids[reason])) >= K for reason in shown)
        rest = {one for reason, ones in ids.items() if reason not in shown for one in ones}
        assert not rest or len(rest) >= K
