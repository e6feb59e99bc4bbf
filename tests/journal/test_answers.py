from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.journal.answers import pack, unpack
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.settlement.services import ImportResult, import_payments
from tests.factories import AT, claim

ONE = UUID("0193f000-0000-7000-8000-000000000001")
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(),
    st.uuids(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
)
answers = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.uuids()), inner),
    ),
    max_leaves=12,
)


@dataclass(frozen=True)
class Outcome:
    id: UUID
    on: date
    at: datetime
    rate: Decimal
    counts: dict[str, int]


@given(answers)
def test_what_is_kept_comes_back_as_it_was(answer: Any) -> None:
    back = unpack(pack(answer))
    assert back == answer
    assert type(back) is type(answer)


def test_a_dataclass_comes_back_as_itself() -> None:
    answer = Outcome(ONE, date(2026, 11, 23), AT, Decimal("0.25"), {"listed": 3})
    assert unpack(pack(answer)) == answer


@pytest.mark.parametrize("secret", [b"bytes", object()])
def test_what_cannot_be_kept_is_an_error_not_a_guess(secret: object) -> None:
    with pytest.raises(TypeError):
        pack(secret)


@pytest.mark.django_db
def test_rows_come_back_as_rows() -> None:
    entry = record(kind="k", subject="s", actor=system("test"), at=AT)
    assert unpack(pack([entry])) == [entry]


@pytest.mark.django_db
def test_a_repeated_request_gets_the_same_kind_of_answer() -> None:
    one = claim(contract_number="K-1", principal=10_000)

    def send() -> ImportResult:
        content = b"contract_number,reference,amount,currency,paid_on\nK-1,b1,40.00,CNY,2026-11-20"
        return import_payments(
            creditor_id=one.creditor_id,
            content=content,
            mapping="qinghe",
            until=date(2026, 11, 23),
            actor=system("test").with_key("once"),
            at=AT,
        )

    first = send()
    assert first.posted == 1
    assert send() == first
