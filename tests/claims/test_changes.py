"""What is asked is changed in the open: before, after, reason, and what is asked anew."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.queries.changes import CHANGES, Agreed, changes_of
from qinghe.claims.queries.rows import LineRow
from qinghe.claims.terms import Component, LineKind
from tests.factories import AT

HOUR = timedelta(hours=1)


def line(kind: str, amount: int, hour: int, component: str = "principal", **facts: str) -> LineRow:
    return LineRow(component, kind, amount, dict(facts), AT + hour * HOUR)


def test_a_raise_tells_before_after_and_the_creditors_reason() -> None:
    (change,) = changes_of(
        [
            line("claimed", 100_000, 0),
            line("restated", 20_000, 2, reason="A part was missing."),
            line("paid", -5_000, 1),
        ]
    )
    assert (change.before, change.after, change.raised) == (95_000, 115_000, True)
    assert change.reason == "A part was missing."


def test_of_one_moment_a_change_comes_after_what_was_claimed() -> None:
    (change,) = changes_of([line("restated", -1, 0), line("claimed", 100, 0)])
    assert (change.before, change.after, change.raised) == (100, 99, False)


def test_more_of_one_part_is_a_raise_whatever_the_sum_says() -> None:
    (change,) = changes_of(
        [
            line("claimed", 100, 0),
            line("claimed", 50, 0, "interest"),
            line("restated", 50, 1, reason="x"),
            line("restated", -50, 1, "interest", reason="x"),
        ]
    )
    assert (change.before, change.after, change.raised) == (150, 150, True)
    assert {part.component: (part.before, part.after) for part in change.parts} == {
        "principal": (100, 150),
        "interest": (50, 0),
    }


def test_the_lawful_amount_needs_no_words_of_the_creditor() -> None:
    (change,) = changes_of([line("claimed", 9, 0), line("restated", -1, 1, lawful="CN")])
    assert (change.lawful, change.reason) == (True, "")


def test_what_was_waived_for_money_is_one_change_with_it() -> None:
    history = [
        line("claimed", 5_000, 0),
        line("accrued", 30, 2, "interest"),
        line("paid", -30, 2, "interest", payment="a"),
        line("paid", -1_970, 2, payment="a"),
        line("waived", -3_030, 2, cause="early:1"),
    ]
    (kept,) = changes_of(history)
    assert (kept.before, kept.after, kept.raised) == (5_000, 0, False)
    assert kept.agreed == Agreed(paid=2_000, waived=3_030, taken_back=False)
    history += [
        line("undone", 1_970, 4, payment="a"),
        line("undone", 30, 4, "interest", payment="a"),
        line("waived", 3_030, 4, cause="early:1"),
    ]
    _kept, back = changes_of(history)
    assert (back.before, back.after, back.raised) == (0, 5_030, False)
    assert back.agreed == Agreed(paid=2_000, waived=3_030, taken_back=True)
    # Taken back and given again at once, as other money replaced it: nothing to tell.
    history += [line("waived", 9, 6, cause="early:1"), line("waived", -9, 6, cause="early:1")]
    assert len(changes_of(history)) == 2


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(LineKind.values),
        st.integers(-(10**9), 10**9),
        st.integers(0, 5),
        st.sampled_from(Component.values),
    ),
    max_size=12,
)


@given(LINES)
def test_each_change_is_the_sum_of_its_lines_and_none_is_left_out(lines: list[LineRow]) -> None:
    changes = changes_of(lines)
    moved = sum(change.after - change.before for change in changes)
    assert moved == sum(row.amount for row in lines if row.kind in CHANGES)
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    for change in changes:
        assert (
            sum(part.after - part.before for part in change.parts) == change.after - change.before
        )
