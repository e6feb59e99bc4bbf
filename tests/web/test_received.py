"""A creditor tells what debtors paid to it directly: one payment, or a file of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Payment
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEADER = "contract_number,reference,amount,currency,paid_on"

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    return factories.claim(contract_number="K-1", principal=10_000)


def send(client: Client, *rows: str, until: str = "2026-11-23") -> str:
    file = SimpleUploadedFile("bank.csv", "\n".join([HEADER, *rows]).encode())
    told = {"file": file, "mapping": "qinghe", "until": until}
    with clock.at(NOON):
        return client.post("/payments/report/", told, follow=True).content.decode()


def test_a_file_is_booked_once_and_says_what_waits(claim: Claim) -> None:
    client = signed_in(Role.CREDITOR, claim.creditor)
    assert "/payments/report/" in client.get("/payments/").content.decode()
    rows = ("K-1,b1,40.00,CNY,2026-11-20", "K-9,b2,1.00,CNY,2026-11-20")
    page = send(client, *rows)
    assert "1 payment was booked." in page
    assert "1 payment names no claim here." in page
    assert "0 payments were booked." in send(client, *rows)
    claim.refresh_from_db()
    assert (claim.principal, claim.paid) == (6_000, 4_000)


def test_a_row_that_cannot_be_read_books_nothing(claim: Claim) -> None:
    client = signed_in(Role.CREDITOR, claim.creditor)
    page = send(client, "K-1,b1,40.00,CNY,2026-11-20", "K-1,b2,many,CNY,2026-11-20")
    assert "Row 3, column amount" in page
    assert not Payment.objects.exists()


def test_one_payment_is_booked_on_its_claim(claim: Claim) -> None:
    client = signed_in(Role.CREDITOR, claim.creditor)
    told = {"amount": "40", "paid_on": "2026-11-20", "reference": "b1"}
    with clock.at(NOON):
        assert 'data-test="received"' in client.get(f"/claims/{claim.pk}/").content.decode()
        page = client.post(f"/claims/{claim.pk}/payment/", told, follow=True).content.decode()
        assert "The payment is booked." in page
        late = {**told, "reference": "b2", "paid_on": "2026-11-24"}
        page = client.post(f"/claims/{claim.pk}/payment/", late, follow=True).content.decode()
    assert "The day of payment lies in the future." in page
    assert Payment.objects.get().amount == 4_000


def test_nobody_reports_payments_on_claims_of_others(claim: Claim) -> None:
    told = {"amount": "40", "paid_on": "2026-11-20", "reference": "b1"}
    with clock.at(NOON):
        for role in (Role.CREDITOR, Role.COLLECTOR, Role.OPERATOR):
            answer = signed_in(role).post(f"/claims/{claim.pk}/payment/", told)
            assert answer.status_code == 404
    assert not Payment.objects.exists()
