"""Nobody can have paid a debt before there was one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from qinghe.settlement import refusals, services
from qinghe.settlement.models import Payment
from tests.factories import AT, actor, claim, organisation

pytestmark = pytest.mark.django_db


def report(target: Claim, day: date) -> Payment:
    return services.post_payment(
        claim_id=target.pk,
        amount=1,
        currency="CNY",
        paid_on=day,
        source="creditor",
        reference=f"r{day}",
        actor=actor(Role.CREDITOR, target.creditor),
        at=AT,
    )


def test_a_payment_before_the_contract_is_refused() -> None:
    target = claim(contract_on=date(2024, 5, 6))
    for day in (date(1, 1, 1), date(1900, 1, 1), date(2024, 5, 5)):
        with pytest.raises(refusals.PaidTooEarly) as refused:
            report(target, day)
        assert "2024-05-06" in str(refused.value.user_message)
        with pytest.raises(refusals.PaidTooEarly):
            services.spread_payment(
                claim_ids=[target.pk],
                amount=1,
                currency="CNY",
                paid_on=day,
                reference="s",
                actor=actor(Role.CREDITOR, target.creditor),
                at=AT,
            )
    assert not Payment.objects.exists()
    report(target, date(2024, 5, 6))


def test_where_no_contract_is_known_it_is_1990() -> None:
    target = claim(contract_on=None)
    with pytest.raises(refusals.PaidTooEarly):
        report(target, date(1989, 12, 31))
    assert report(target, date(1990, 1, 1)).amount == 1


def load(creditor: Organisation, *rows: str, head: str = "paid_on") -> services.ImportResult:
    mapping: str | dict[str, Any] = "qinghe" if head == "paid_on" else OWN
    return services.import_payments(
        creditor_id=creditor.pk,
        content="\n".join([f"contract_number,reference,amount,currency,{head}", *rows]).encode(),
        mapping=mapping,
        until=date(2026, 11, 22),
        actor=actor(Role.CREDITOR, creditor),
        at=AT,
    )


OWN: dict[str, Any] = {
    "columns": {
        "contract_number": ["contract_number"],
        "reference": ["reference"],
        "amount": ["amount"],
        "currency": ["currency"],
        "paid_on": ["还款日"],
    },
    "currency": "CNY",
    "dates": "%Y-%m-%d",
}
GOOD = "K-1,b1,40.00,CNY,2024-05-06"


def test_a_file_with_a_row_before_its_contract_books_nothing_and_says_where() -> None:
    target = claim(contract_number="K-1", contract_on=date(2024, 5, 6))
    with pytest.raises(refusals.RowPaidTooEarly) as refused:
        load(target.creditor, GOOD, "K-1,b2,40.00,CNY,2024-05-05", head="还款日")
    assert refused.value.facts == {"row": 3, "column": "还款日", "earliest": "2024-05-06"}
    with translation.override("en"):
        said = str(refused.value.user_message)
    assert "Row 3, column 还款日" in said
    assert "Correct the day, or leave the row out" in said
    assert not Payment.objects.exists()
    assert Claim.objects.get(pk=target.pk).owed == target.owed
    assert load(target.creditor, GOOD).posted == 1


def test_in_a_file_too_it_is_1990_where_no_contract_and_no_claim_is_known() -> None:
    target = claim(contract_number="K-1", contract_on=None)
    for number in ("K-1", "K-unknown"):
        with pytest.raises(refusals.RowPaidTooEarly):
            load(target.creditor, f"{number},b1,40.00,CNY,1989-12-31")
    assert not Payment.objects.exists()
    assert load(target.creditor, "K-1,b1,40.00,CNY,1990-01-01").posted == 1


def test_the_contract_of_another_creditor_says_nothing() -> None:
    claim(contract_number="K-1", contract_on=date(2025, 1, 1), creditor=organisation())
    target = claim(contract_number="K-1", contract_on=date(2024, 5, 6), creditor=organisation())
    assert load(target.creditor, GOOD).posted == 1


def test_what_was_booked_before_is_not_judged_again() -> None:
    target = claim(contract_number="K-1", contract_on=date(2024, 5, 6))
    assert load(target.creditor, GOOD).posted == 1
    Claim.objects.filter(pk=target.pk).update(contract_on=date(2024, 6, 1))
    assert load(target.creditor, GOOD).posted == 0
