"""The first pages of the roles are counted in few queries, however much there is to count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests import factories
from tests.web.people import KINDS, signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
FIRST_PAGES = {
    Role.CREDITOR: "/creditor/",
    Role.COLLECTOR: "/quality/",
    Role.OPERATOR: "/operator/",
    Role.REGULATOR: "/regulator/",
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", FIRST_PAGES)
def test_a_dashboard_asks_at_most_twelve_queries(
    role: Role, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agency = factories.collector()
    office = agency if role is Role.COLLECTOR else factories.organisation(KINDS[role])
    creditor = {"creditor": office} if role is Role.CREDITOR else {}
    for _ in range(3):
        factories.mandate(factories.claim(**creditor), agency)
    with clock.at(NOON):
        client = signed_in(role, office)
        with django_assert_max_num_queries(12):
            page = client.get(FIRST_PAGES[role])
    assert page.status_code == 200
    assert "K-07" in page.content.decode()


def test_the_side_bar_shows_how_much_waits() -> None:
    for _ in range(3):
        factories.claim(state="submitted")
    with clock.at(NOON):
        page = signed_in(Role.REVIEWER).get("/organisations/").content.decode()
    assert '<span class="t">Claims to verify</span><span class="n">3</span>' in page
