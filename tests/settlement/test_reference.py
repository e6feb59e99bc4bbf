"""The reference of a transfer: tolerant of spaces, never of a wrong character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.reference import reference_of
from qinghe.settlement.reference import claim_number_in

numbers = st.one_of(
    st.builds("QH-{:04}-{:06}".format, st.integers(0, 9999), st.integers(0, 9_999_999)),
    st.builds("C{:012}".format, st.integers(0, 10**12 - 1)),
)


@given(numbers)
def test_what_is_written_is_read(number: str) -> None:
    reference = reference_of(number)
    for text in (
        reference,
        reference.replace(" ", "").lower(),
        f"还款 {reference}，谢谢",
        f"pay {reference.replace(' ', '-')}. thanks",
    ):
        assert claim_number_in(text) == number


@given(numbers, st.data())
def test_one_wrong_character_names_no_other_claim(number: str, data: st.DataObject) -> None:
    reference = reference_of(number).replace(" ", "")
    at = data.draw(st.integers(2, len(reference) - 1))
    alphabet = "0123456789" if reference[at].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(alphabet.replace(reference[at], "")))
    assert claim_number_in(reference[:at] + other + reference[at + 1 :]) != number
    assert claim_number_in(reference[:at] + other + reference[at + 1 :]) == ""


@given(numbers)
def test_a_letter_in_the_place_of_the_last_digit_does_not_name_a_shorter_number(
    number: str,
) -> None:
    # What is right but for a letter at its end: a longer reference, mistyped.
    assert claim_number_in(f"{reference_of(number)}X") == ""


def test_two_references_name_none() -> None:
    both = f"{reference_of('QH-2611-000001')} {reference_of('QH-2611-000002')}"
    assert claim_number_in(both) == ""


def test_a_text_without_one_names_none() -> None:
    assert claim_number_in("RF RENT 2611 QH-2611-000001") == ""


def test_a_number_that_does_not_fit_has_none() -> None:
    assert reference_of("a claim") == ""
