"""A creditor's slips of the hand: asked about before they are booked, and taken back after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from qinghe.casework.models import EarlyOffer
from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Payment
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
SLIP = {"amount": "99,999,999.00", "paid_on": "2026-11-20", "reference": "b1"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    return factories.claim(principal=1_213_721)


@pytest.fixture
def one(claim: Claim) -> Client:
    client = signed_in(Role.CREDITOR, claim.creditor)
    client.cookies["django_language"] = "en"
    return client


def test_a_reported_slip_is_asked_about_and_booked_with_a_tick(claim: Claim, one: Client) -> None:
    with clock.at(NOON):
        asked = one.post(f"/claims/{claim.pk}/payment/", SLIP)
        text = asked.content.decode()
        beyond = 9_999_999_900 - claim.owed
        assert asked.status_code == 422
        assert f'name="excess" value="{beyond}"' in text
        assert f"{beyond / 100:,.2f} CNY" in text
        assert not Payment.objects.exists()
        assert (
            one.post(f"/claims/{claim.pk}/payment/", {**SLIP, "excess": beyond}).status_code == 302
        )
    assert Payment.objects.get().excess == beyond


def test_a_creditor_takes_its_own_slip_back(claim: Claim, one: Client) -> None:
    owed = claim.owed
    with clock.at(NOON):
        one.post(f"/claims/{claim.pk}/payment/", {**SLIP, "amount": "100.00"})
        booked = Payment.objects.get()
        address = f"/payments/{booked.pk}/take-back/"
        assert address in one.get("/payments/").content.decode()
        assert one.get(address).status_code == 200
        assert one.post(address, {"reason": "?"}).status_code == 422
        assert signed_in(Role.CREDITOR).post(address, {"reason": "wrong-amount"}).status_code == 404
        one.post(address, {"reason": "wrong-amount"})
        assert one.get(address).status_code != 200
    booked.refresh_from_db()
    assert booked.state == "reversed"
    assert Claim.objects.get(pk=claim.pk).owed == owed


def test_next_to_nothing_is_offered_only_with_a_tick(claim: Claim, one: Client) -> None:
    told = {"amount": "0.01", "last_day": "2026-12-01"}
    with clock.at(NOON):
        asked = one.post(f"/claims/{claim.pk}/early/", told)
        assert asked.status_code == 422
        less = claim.owed - 1
        assert f'name="waives" value="{less}"' in asked.content.decode()
        assert not EarlyOffer.objects.exists()
        one.post(f"/claims/{claim.pk}/early/", {**told, "waives": less})
    assert EarlyOffer.objects.get().amount == 1
