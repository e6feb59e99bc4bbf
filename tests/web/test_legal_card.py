"""The legal routes stand on the pages of the owner and of oversight, never before a collector."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.casework.services import propose_plan
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import claim_view
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.legal.queries import outlook
from qinghe.parties.models import Organisation
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CARD = 'data-test="law"'

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    agency = factories.collector()
    factories.licence(agency)
    return agency


@pytest.fixture
def claim(agency: Organisation) -> Claim:
    claim = factories.claim(due_on=date(2026, 1, 10))
    Evidence.objects.update(superseded_at=NOON, superseded_because="of another claim")
    factories.point(claim.debtor)
    factories.mandate(claim, agency)
    return claim


def of_the_claim(role: Role, claim: Claim, place: str = "claims", lang: str = "en") -> str:
    with clock.at(NOON):
        office = claim.creditor if role is Role.CREDITOR else None
        client = signed_in(role, office, lang)
        return client.get(f"/{place}/{claim.pk}/").content.decode()


@pytest.mark.parametrize("role", [Role.CREDITOR, Role.REVIEWER, Role.COMPLIANCE])
def test_the_owner_and_oversight_see_every_route_with_its_reason(role: Role, claim: Claim) -> None:
    page = of_the_claim(role, claim)
    for words in ("Payment order", "Not open", "There is no evidence on file.", "Mediation"):
        assert words in page.partition(CARD)[2]
    assert "2029-01-10, as far as is on record." in page
    assert "as a threat" in page


def test_the_page_of_verification_shows_them_in_chinese(claim: Claim) -> None:
    page = of_the_claim(Role.REVIEWER, claim, "verify", "zh-hans")
    assert CARD in page
    assert "Not open" not in page


def test_a_claim_that_is_too_old_is_called_so(claim: Claim) -> None:
    Claim.objects.update(due_on=date(2020, 1, 10))
    assert "over. The debtor may refuse to pay." in of_the_claim(Role.CREDITOR, claim)
    Claim.objects.update(due_on=date(2016, 1, 10))
    assert "an older law applies" in of_the_claim(Role.CREDITOR, claim)


def test_a_plan_the_debtor_proposed_moves_the_last_day(claim: Claim) -> None:
    debtor = factories.debtor_of(claim)
    propose_plan(claim_id=claim.pk, monthly=50_000, actor=debtor, at=NOON)
    page = of_the_claim(Role.CREDITOR, claim)
    assert "2029-11-23, as far as is on record." in page
    assert "Payments and letters are not counted here" in page


def test_a_collector_gets_no_route_to_threaten_with(agency: Organisation, claim: Claim) -> None:
    with clock.at(NOON):
        page = signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()
    assert claim.number in page
    assert CARD not in page
    assert "Payment order" not in page


def test_the_outlook_of_a_claim_is_one_query(
    claim: Claim, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    view = claim_view(claim.pk)
    with django_assert_num_queries(1):
        assert len(outlook(view=view, on=TODAY).routes) == 6
