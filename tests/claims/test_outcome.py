"""Lines are read as they came out: what was undone and done again on the way is left out."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.queries.outcome import outcome
from qinghe.claims.queries.rows import LineRow
from qinghe.claims.terms import ANEW, Component, LineKind
from tests.factories import AT

HOUR = timedelta(hours=1)
SPAN = {"from": "2026-11-01", "to": "2026-11-25"}


def line(
    kind: str, amount: int, hour: int, component: str = "principal", **facts: object
) -> LineRow:
    return LineRow(component, kind, amount, dict(facts), AT + hour * HOUR)


def told(rows: list[LineRow]) -> list[tuple[str, str, int, int]]:
    return [(x.kind, x.component, x.amount, (x.booked_at - AT) // HOUR) for x in outcome(rows)]


def test_a_payment_applied_anew_is_told_once_with_the_parts_it_pays_now() -> None:
    rows = [
        line("claimed", 1_000, 0),
        line("paid", -40, 1, "interest", payment="a"),
        line("paid", -60, 1, payment="a"),
        line("undone", 40, 5, "interest", payment="a", anew=True),
        line("undone", 60, 5, payment="a", anew=True),
        line("paid", -500, 5, payment="late"),
        line("paid", -15, 5, "interest", payment="a"),
        line("paid", -85, 5, payment="a"),
    ]
    assert told(rows) == [
        ("claimed", "principal", 1_000, 0),
        ("paid", "interest", -15, 1),
        ("paid", "principal", -85, 1),
        ("paid", "principal", -500, 5),
    ]


def test_a_payment_that_counts_no_longer_keeps_its_end() -> None:
    rows = [
        line("paid", -60, 1, payment="a"),
        line("undone", 60, 5, payment="a", anew=True),
        line("paid", -60, 5, payment="a"),
        line("undone", 60, 7, payment="a"),
    ]
    assert told(rows) == [("paid", "principal", -60, 1), ("undone", "principal", 60, 7)]


def test_a_payment_that_pays_nothing_any_more_is_not_called_undone() -> None:
    rows = [line("paid", -60, 1, payment="a"), line("undone", 60, 5, payment="a", anew=True)]
    assert told(rows) == []


def test_interest_that_was_calculated_anew_is_told_once_and_says_so() -> None:
    rows = [
        line("accrued", 100, 1, "interest", **SPAN),
        line("rewound", -100, 5, "interest", **SPAN),
        line("accrued", 30, 5, "interest", **{**SPAN, "to": "2026-11-09"}),
        line("accrued", 20, 9, "interest", **{**SPAN, "from": "2026-11-25", "to": "2026-12-01"}),
    ]
    found = outcome(rows)
    assert told(rows) == [("accrued", "interest", 30, 5), ("accrued", "interest", 20, 9)]
    assert [bool(row.facts.get(ANEW)) for row in found] == [True, False]


def test_interest_taken_back_in_part_stays_as_it_was_booked() -> None:
    rows = [
        line("accrued", 100, 1, "interest", **SPAN),
        line("corrected", -30, 2, "interest"),
        line("rewound", -70, 5, "interest", **SPAN),
    ]
    assert outcome(rows) == rows


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(LineKind.values),
        st.integers(-3, 3),
        st.integers(0, 5),
        st.sampled_from(Component.values),
        payment=st.sampled_from(["", "a", "b"]),
        anew=st.booleans(),
        **{"from": st.sampled_from(["2026-11-01", "2026-11-09"])},
    ),
    max_size=12,
)


@given(LINES)
def test_whatever_was_booked_what_is_told_adds_up_to_it(rows: list[LineRow]) -> None:
    found = outcome(sorted(rows, key=lambda row: row.booked_at))
    for part in Component.values:
        assert sum(row.amount for row in found if row.component == part) == sum(
            row.amount for row in rows if row.component == part
        )
    assert [row.booked_at for row in found] == sorted(row.booked_at for row in found)
