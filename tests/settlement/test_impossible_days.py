"""A statement tells of days that can have been: the rest is refused, or waits for a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qinghe.claims.days import day_of
from qinghe.settlement import refusals, services
from qinghe.settlement.bank import refusals as bank
from qinghe.settlement.models import Payment, StatementEntry, Suspense
from tests.factories import AT, claim
from tests.settlement.bank_files import Said, camt, csv, mt940
from tests.settlement.test_suspense import CLERK, named, only, take

pytestmark = pytest.mark.django_db
TODAY = day_of(AT)


@pytest.mark.parametrize("written", [csv, mt940, camt])
@pytest.mark.parametrize("ahead", [8, 200])
def test_a_day_to_come_is_refused_whole(written: object, ahead: int) -> None:
    far = TODAY + timedelta(days=ahead)
    lines = [Said(1_000, "rent", "B1", day=TODAY), Said(2_000, "rent", "B2", day=far)]
    with pytest.raises(bank.StatementAhead) as refused:
        take(written(lines))  # type: ignore[operator]
    assert far.isoformat() in str(refused.value.user_message)
    assert not StatementEntry.objects.exists()


def test_a_bank_may_book_with_its_next_day_of_business() -> None:
    take(csv([Said(1_000, "rent", "B1", day=TODAY + timedelta(days=7))]))
    assert only().rest == 1_000


def test_money_of_a_day_before_the_contract_waits_and_is_not_assigned() -> None:
    target = claim(principal=5_000, contract_on=date(2025, 7, 7))
    said = named(target, 5_000)
    take(csv([Said(said.amount, said.text, "B1", day=date(2020, 1, 1))]))
    assert not Payment.objects.exists()
    suspense = only()
    with pytest.raises(refusals.PaidTooEarly, match="2025-07-07"):
        services.propose_claim(
            suspense_id=suspense.pk, claim_number=target.number, actor=CLERK, at=AT
        )
    assert Suspense.objects.get().rest == 5_000


def test_on_the_day_of_the_contract_it_is_booked() -> None:
    target = claim(principal=5_000, contract_on=date(2025, 7, 7))
    said = named(target, 5_000)
    take(csv([Said(said.amount, said.text, "B1", day=date(2025, 7, 7))]))
    assert Payment.objects.get().amount == 5_000
