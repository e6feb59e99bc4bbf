"""A creditor cannot make a debt grow by dating a payment in the future."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Role
from qinghe.settlement import refusals, services
from qinghe.settlement.models import Payment
from tests.factories import AT, actor, claim

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def bearing() -> Claim:
    return claim(
        principal=1_000_000,
        interest=0,
        overdue_rate_pct=Decimal(12),
        interest_to=TODAY - timedelta(days=30),
    )


def owed(target: Claim) -> int:
    return Claim.objects.get(pk=target.pk).owed


def test_a_payment_dated_tomorrow_is_refused_and_nothing_accrues() -> None:
    target = bearing()
    for day in (TODAY + timedelta(days=1), date(2099, 1, 1), date.max):
        with pytest.raises(refusals.PaidLater):
            services.post_payment(
                claim_id=target.pk,
                amount=1,
                currency="CNY",
                paid_on=day,
                source="creditor",
                reference="r",
                actor=actor(Role.CREDITOR, target.creditor),
                at=AT,
            )
    assert owed(target) == target.owed
    assert not Payment.objects.exists()


def test_a_file_that_dates_a_payment_in_the_future_accrues_up_to_today_only() -> None:
    target = bearing()
    content = (
        "contract_number,reference,amount,paid_on,currency\n"
        f"{target.contract_number},r,0.01,2099-01-01,CNY\n"
    )
    services.import_payments(
        creditor_id=target.creditor_id,
        content=content.encode(),
        mapping={
            "columns": {
                name: [name]
                for name in ("contract_number", "reference", "amount", "paid_on", "currency")
            },
            "currency": "CNY",
            "dates": "%Y-%m-%d",
        },
        until=date(2100, 1, 1),
        actor=actor(Role.CREDITOR, target.creditor),
        at=AT,
    )
    assert owed(target) < target.owed + 11_000, "thirty days of interest, not seventy years"
