"""Columns are judged as single values are, whatever stands in them."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qinghe.parties import identity, tabular
from qinghe.parties.identity import Malformed
from qinghe.parties.terms import PersonKind, Secret

digits = st.text("0123456789", min_size=3, max_size=12)
mobiles = st.builds("{}{}".format, st.sampled_from(["13", "15", "17", "19", "100", "14"]), digits)
phones = st.builds("{}{}".format, st.sampled_from(["", "+86", "86", "0", "+1", " +86 "]), mobiles)
births = st.builds(
    "{:04}{:02}{:02}".format, st.integers(1790, 2110), st.integers(0, 13), st.integers(0, 32)
)
numbers = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["110101", "990101", "911101", "771101", "830000"]),
    births,
    st.text("0123456789", min_size=3, max_size=3),
    st.sampled_from("0123456789Xx"),
)
mails = st.from_regex(r"\A[a-zA-Z0-9.@ äß]{0,8}@?[a-zA-Z0-9.-]{0,8}\.?[a-z]{0,3}\Z")
words = st.text(
    st.sampled_from(list("陈某abZ 市自治州区盟公司有限\u3000\t\xa0.-@")), min_size=1, max_size=12
)


def alone(answer: Callable[[str], str], value: str) -> str | None:
    try:
        return answer(value)
    except Malformed:
        return None


@pytest.mark.parametrize("demo", [True, False])
@given(values=st.lists(phones, min_size=1, max_size=30))
@example(values=["13800000000", "+8613800000000", "17911138000", "10012345678", "8613800000000"])
def test_phones(values: list[str], demo: bool) -> None:
    found = tabular.phones(pl.Series(values), demo=demo).to_list()
    assert found == [alone(lambda v: identity.phone(v, demo=demo), each) for each in values]


@given(values=st.lists(numbers | st.just(""), min_size=1, max_size=30))
@example(values=["990101199001011234", "99010119900101123X", "110101199001011237"])
def test_numbers_that_belong_to_nobody(values: list[str]) -> None:
    found = tabular.demo_ids(pl.Series(values)).to_list()
    assert found == [identity.is_demo_id(each) for each in values]


@pytest.mark.parametrize("demo", [True, False])
@given(values=st.lists(st.tuples(numbers, st.booleans()), min_size=1, max_size=30))
def test_identity_numbers(values: list[tuple[str, bool]], demo: bool) -> None:
    frame = pl.DataFrame(values, schema=["number", "business"], orient="row")
    found = tabular.id_numbers(frame["number"], business=frame["business"], demo=demo).to_list()
    kinds = {True: PersonKind.BUSINESS, False: PersonKind.NATURAL}
    assert found == [
        alone(lambda v, k=kinds[firm]: identity.id_number(v, kind=k, demo=demo), each)
        for each, firm in values
    ]


def test_a_right_check_digit_is_right_and_every_other_is_wrong() -> None:
    values = [f"11010119900101123{last}" for last in "0123456789X"]
    found = tabular.id_numbers(
        pl.Series(values), business=pl.Series([False] * len(values)), demo=False
    )
    assert found.count() == 1
    assert found.to_list() == [alone(identity.id_number, each) for each in values]


@given(st.lists(mails.map(str.strip).filter(bool), min_size=1, max_size=30))
def test_emails(values: list[str]) -> None:
    found = tabular.emails(pl.Series(values)).to_list()
    assert found == [alone(identity.email, each) for each in values]


@pytest.mark.parametrize("kind", [Secret.NAME, Secret.ADDRESS])
@given(values=st.lists(words, min_size=1, max_size=30))
def test_masks_of_words(values: list[str], kind: Secret) -> None:
    found = tabular.masked(kind, pl.Series(values)).to_list()
    assert found == [identity.mask(kind, each) for each in values]


@given(st.lists(words, min_size=1, max_size=30))
def test_addresses_have_single_blanks(values: list[str]) -> None:
    found = tabular.texts(pl.Series(values)).to_list()
    assert found == [alone(lambda v: identity.normalise(Secret.ADDRESS, v), e) for e in values]


@given(st.lists(st.tuples(words, st.booleans()), min_size=1, max_size=30))
def test_names_of_persons_and_firms(values: list[tuple[str, bool]]) -> None:
    frame = pl.DataFrame(values, schema=["name", "business"], orient="row")
    found = tabular.masked_names(frame["name"], business=frame["business"]).to_list()
    assert found == [
        identity.mask_business(each) if firm else identity.mask_name(each) for each, firm in values
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "+8613800000000",
                "+44201234567",
                "+8610",
                "x@y.zz",
                "990101199001011231",
                "12345678901",
            ]
        )
    )
)
def test_masks_of_numbers(values: list[str]) -> None:
    for kind in (Secret.PHONE, Secret.ID_NUMBER, Secret.EMAIL):
        column = pl.Series(values, dtype=pl.String)
        assert tabular.masked(kind, column).to_list() == [identity.mask(kind, v) for v in values]
