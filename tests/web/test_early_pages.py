"""Who may offer less: the matrix, an offer of a collector, the consent of its creditor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.casework.models import Authority, EarlyOffer
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, InterestStop
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
LAST = (day_of(AT) + timedelta(days=5)).isoformat()
MATRIX = {
    "m-TOTAL_FORMS": "2",
    "m-INITIAL_FORMS": "0",
    "m-MIN_NUM_FORMS": "0",
    "m-MAX_NUM_FORMS": "20",
    "m-0-role": "collector",
    "m-0-discount_pct": "20",
    "m-0-days": "30",
    "m-0-owed_to": "5000",
}


@pytest.fixture(autouse=True)
def _noon(time_machine: object) -> None:
    time_machine.move_to(AT, tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def agency(db: None) -> Organisation:
    return factories.collector()


@pytest.fixture
def claim(agency: Organisation) -> Claim:
    made = factories.claim()
    factories.mandate(made, agency)
    return made


def test_a_creditor_sets_the_matrix_and_reads_it_again(claim: Claim) -> None:
    boss = signed_in(Role.CREDITOR, claim.creditor)
    assert boss.post("/authority/", MATRIX).status_code == 302
    row = Authority.objects.get()
    assert (row.role, row.owed_to, row.discount_pct, row.days) == ("collector", 500_000, 20, 30)
    assert 'value="5000.00"' in boss.get("/authority/").content.decode()


def test_an_offer_beyond_the_authority_is_decided_by_the_creditor(
    claim: Claim, agency: Organisation
) -> None:
    boss, worker = signed_in(Role.CREDITOR, claim.creditor), signed_in(Role.COLLECTOR, agency)
    boss.post("/authority/", MATRIX)
    page = f"/cases/{claim.pk}/early/"
    assert "at most 20.00% less, 30 days" in worker.get(page).content.decode()
    answer = worker.post(page, {"amount": "500", "last_day": LAST}, follow=True)
    assert "it waits for the creditor" in answer.content.decode()
    made = EarlyOffer.objects.get()
    assert 'data-test="consent-early"' in boss.get("/authority/").content.decode()
    boss.post(f"/authority/{made.pk}/", {"agreed": "1"})
    made.refresh_from_db()
    assert made.state == "offered"
    assert worker.get(page).status_code == 200
    assert boss.get(f"/claims/{claim.pk}/early/").status_code == 200


def test_an_offer_that_is_none_is_refused_in_words(claim: Claim) -> None:
    boss = signed_in(Role.CREDITOR, claim.creditor)
    page = f"/claims/{claim.pk}/early/"
    answer = boss.post(page, {"amount": "1000", "last_day": LAST})
    assert answer.status_code == 422
    assert "below what is owed" in answer.content.decode()


def test_a_creditor_stops_interest_from_the_contract_page(claim: Claim) -> None:
    boss = signed_in(Role.CREDITOR, claim.creditor)
    assert 'data-test="stop-interest"' in boss.get(f"/claims/{claim.pk}/contract/").content.decode()
    given = {"s-until": LAST, "s-ground": "agreed", "s-source": "our letter"}
    boss.post(f"/claims/{claim.pk}/stop-interest/", given)
    assert InterestStop.objects.get().ground == "agreed"
