"""What is asked is changed in the open: before, after, reason, and what is asked anew."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.queries.changes import CHANGES, changes_of
from qinghe.claims.queries.one import LineRow
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
