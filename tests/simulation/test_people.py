"""Synthetic people cannot be anybody."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from qinghe.simulation.batches import TOLD, Source, csv_file
from qinghe.simulation.people import make, wrong_checksum


@given(st.integers(0, 10**6))
def test_an_identity_number_fails_its_checksum_and_lies_in_no_region(seed: int) -> None:
    person = make(Random(seed))
    assert not ric.is_valid(person.id_number)
    assert person.id_number.startswith("99")
    assert len(person.id_number) == 18


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_last_character_is_never_the_right_one(digits: str) -> None:
    made = wrong_checksum(digits)
    assert made[-1] != ric.calc_check_digit(made)


@given(st.integers(0, 10**6))
def test_a_phone_lies_in_a_prefix_that_was_never_allocated(seed: int) -> None:
    assert make(Random(seed)).phone.startswith("+86100")
    assert make(Random(seed)).email.endswith("@example.com")


def test_a_batch_repeats_with_its_seed() -> None:
    files = {
        csv_file(Source(Random(4), []), count=50, day=date(2026, 3, 2), prefix="T")
        for _ in range(2)
    }
    assert len(files) == 1
    assert files.pop().decode().splitlines()[0] == ",".join(TOLD)
