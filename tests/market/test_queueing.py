"""Distribution is pure: nobody over capacity, one member per debtor, fair by free room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from qinghe.market.queueing import Case, Debtor, Hand, Queue, distribute

AT = datetime(2026, 11, 23, tzinfo=UTC)
HANDS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=6)
SIZES = st.lists(st.integers(1, 4), max_size=20)


def debtor(number: int, cases: int = 1, known_to: UUID | None = None) -> Debtor:
    held = tuple(
        Case("credit_card", "M3", 2, AT + timedelta(days=number)) for _each in range(cases)
    )
    return Debtor(UUID(int=1_000 + number), "zh-hans", held, known_to)


def hand(number: int, capacity: int, held: int = 0) -> Hand:
    return Hand(UUID(int=number), capacity, held)


@given(HANDS, SIZES)
def test_nobody_gets_more_than_fits_and_nobody_is_lost(
    hands: list[tuple[int, int]], sizes: list[int]
) -> None:
    made = [hand(n, capacity, held) for n, (capacity, held) in enumerate(hands)]
    before = {each.id: each.held for each in made}
    debtors = [debtor(n, cases) for n, cases in enumerate(sizes)]
    found = distribute(debtors, [], made)
    given_to = [each.person_id for each in found.given]
    assert sorted([*given_to, *found.waiting]) == [each.person_id for each in debtors]
    for each in made:
        assert each.held == before[each.id] or each.held <= each.capacity


@given(SIZES)
def test_the_order_of_the_input_does_not_matter(sizes: list[int]) -> None:
    debtors = [debtor(n, cases) for n, cases in enumerate(sizes)]
    one = distribute(debtors, [], [hand(1, 9), hand(2, 6)])
    other = distribute(debtors[::-1], [], [hand(2, 6), hand(1, 9)])
    assert one == other


def test_alike_members_are_filled_alike() -> None:
    hands = [hand(1, 10), hand(2, 10)]
    distribute([debtor(n) for n in range(10)], [], hands)
    assert [each.held for each in hands] == [5, 5]


def test_a_debtor_goes_back_to_who_knows_it_if_there_is_room() -> None:
    busy, free = hand(1, 5, held=4), hand(2, 5)
    found = distribute([debtor(1, known_to=busy.id)], [], [busy, free])
    assert (found.given[0].member_id, found.given[0].why) == (busy.id, "known")
    again = distribute([debtor(2, known_to=busy.id)], [], [busy, free])
    assert (again.given[0].member_id, again.given[0].why) == (free.id, "room")


def test_queues_skills_and_languages_bind() -> None:
    cards = Queue(UUID(int=7), 1, frozenset({"credit_card"}), frozenset(), frozenset(), 0, 7)
    english = Hand(UUID(int=1), 5, 0, languages=frozenset({"en"}))
    other = Hand(UUID(int=2), 5, 0, queues=frozenset({UUID(int=8)}))
    assert distribute([debtor(1)], [cards], [english, other]).waiting
    fit = Hand(UUID(int=3), 5, 0, queues=frozenset({cards.id}))
    (got,) = distribute([debtor(1)], [cards], [english, other, fit]).given
    assert (got.member_id, got.queue_id) == (fit.id, cards.id)
    loans = Queue(UUID(int=7), 1, frozenset({"small_loan"}), frozenset(), frozenset(), 0, 7)
    assert distribute([debtor(1)], [loans], [fit]).waiting
