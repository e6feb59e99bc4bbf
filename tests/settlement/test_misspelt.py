"""A reference with one mistake is a hint for a person: it books nothing, and its claim is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.reference import reference_of
from qinghe.settlement.misspelt import MOST, near_numbers
from qinghe.settlement.models import Candidate, Payment, Suspense
from tests.factories import claim
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_reference import numbers
from tests.settlement.test_suspense import known_as, take

ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def wrong(data: st.DataObject, number: str) -> str:
    """Return a reference with one wrong character."""
    bare = reference_of(number).replace(" ", "")
    at = data.draw(st.integers(0, len(bare) - 1))
    other = data.draw(st.sampled_from(ALL.replace(bare[at], "")))
    return bare[:at] + other + bare[at + 1 :]


def swapped(data: st.DataObject, number: str) -> str:
    """Return a reference with two neighbours swapped."""
    bare = reference_of(number).replace(" ", "")
    at = data.draw(st.integers(0, len(bare) - 2))
    assume(bare[at] != bare[at + 1])
    return bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]


def spaced(reference: str) -> str:
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


@given(numbers, st.data())
def test_what_was_meant_is_among_the_few_it_may_have_been(number: str, data: st.DataObject) -> None:
    for mistaken in (wrong(data, number), swapped(data, number)):
        for text in (mistaken, f"还款 {spaced(mistaken).lower()}，谢谢", f"PAY {mistaken} THANKS"):
            found = near_numbers(text)
            assert number in found, text
            assert len(found) <= MOST


@given(st.text(alphabet="RF0123456789QH -.", max_size=2_000))
def test_no_text_makes_more_than_a_few(text: str) -> None:
    assert len(near_numbers(text)) <= MOST


def test_a_text_like_no_reference_means_nothing() -> None:
    for text in ("", "RF", "房租 11月", "QH-2611-000001", "RF18 OF MARCH 2026 FOR THE CAR"):
        assert near_numbers(text) == frozenset(), text


class TestNeverBooked(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data(), st.booleans())
    def test_one_wrong_character_waits_with_its_claim_named(
        self, data: st.DataObject, alone: bool
    ) -> None:
        target = claim(number=f"QH-2611-{data.draw(st.integers(0, 999_999)):06}")
        known_as(target, "李四")
        # Not even where its sender and its amount say the same.
        payer = "" if alone else "李四"
        result = take(csv([Said(target.owed, wrong(data, target.number), "B1", payer=payer)]))
        assert (result.booked, result.waiting) == (0, 1)
        assert not Payment.objects.exists()
        candidate = Candidate.objects.get(claim=target)
        assert "near" in candidate.signs
        assert candidate.score == max(Candidate.objects.values_list("score", flat=True))


@pytest.mark.django_db
def test_the_right_reference_beside_it_is_still_booked() -> None:
    target, other = claim(number="QH-2611-000123"), claim(number="QH-2611-000777")
    mistaken = reference_of(other.number)[:-1] + "8"
    said = [Said(target.owed, reference_of(target.number), "B1"), Said(500, mistaken, "B2")]
    assert take(csv(said)).booked == 1
    assert Payment.objects.get().claim_id == target.pk
    assert Candidate.objects.get().claim_id == other.pk


@pytest.mark.django_db
def test_a_misspelt_reference_does_not_stop_another_entry() -> None:
    target = claim(principal=10_000, number="QH-2611-000123")
    known_as(target, "李四")
    mistaken = reference_of(target.number)[:-1] + "4"
    result = take(csv([Said(700, mistaken, "B1"), Said(10_000, "还款", "B2", payer="李四")]))
    assert (result.booked, result.waiting) == (1, 1)
    assert Suspense.objects.get(rest__gt=0).entry.reference == "B1"


@pytest.mark.django_db
def test_more_entries_are_no_more_look_ups() -> None:
    targets = [claim(principal=9_000 + n, number=f"QH-2611-{n:06}") for n in range(13)]

    def asked(these: list[Any], tag: str) -> int:
        said = [
            Said(100 + n, reference_of(each.number)[:-1] + "X", f"{tag}{n}")
            for n, each in enumerate(these)
        ]
        with CaptureQueriesContext(connection) as found:
            take(csv(said))
        return sum("claims_claim" in each["sql"] for each in found)

    asked(targets[:1], "first")
    few, many = asked(targets[1:3], "few"), asked(targets[3:], "many")
    assert Candidate.objects.count() == 13
    assert many == few
