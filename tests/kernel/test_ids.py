"""Identifiers are UUIDv7, ordered by time, reproducible when seeded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel import clock, ids

START = datetime(2026, 3, 10, 9, tzinfo=UTC)


@given(st.integers(0, 2**32))
def test_an_id_is_a_version_7_uuid(seed: int) -> None:
    with ids.seeded(seed):
        made = ids.new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_a_later_id_is_greater() -> None:
    with clock.at(START):
        early = ids.new_id()
    with clock.at(START + timedelta(milliseconds=1)):
        assert ids.new_id() > early


def test_the_same_seed_gives_the_same_ids() -> None:
    with clock.at(START):
        with ids.seeded(7):
            first = [ids.new_id() for _ in range(3)]
        with ids.seeded(7):
            assert [ids.new_id() for _ in range(3)] == first


def test_digits_keep_their_length() -> None:
    assert all(len(ids.digits(6)) == 6 for _ in range(200))
