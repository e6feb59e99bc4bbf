"""The placing page tells what publishing would bring, and computes anew without publishing."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Listing
from tests import factories
from tests.market.conftest import licensed, reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TERMS = {"all": "1", "mode": "grab", "quality": "25", "period_days": "90"}

pytestmark = pytest.mark.django_db


def told(page: str, name: str) -> str:
    found = re.search(rf'data-test="{name}">([^<]*)', page)
    assert found, page[:3000]
    return found[1].strip()


def test_looking_again_computes_with_other_terms_and_publishes_nothing() -> None:
    creditor = factories.organisation()
    for _ in range(3):
        reachable_claim(creditor=creditor, principal=1_000_000)
    secret = licensed(name="示例事务所").org_id
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        first = client.get("/claims/publish/?all=1").content.decode()
        again = client.post("/claims/publish/", {**TERMS, "commission": "24", "look": "1"})
        page = again.content.decode()
    assert told(first, "reach") == "fewer than 5"
    assert str(secret) not in first.partition('id="cl"')[0].partition('data-test="outlook"')[2]
    assert not Listing.objects.exists()
    doubled = [float(told(p, "fee").strip("¥K").replace(",", "")) for p in (first, page)]
    assert doubled[1] == pytest.approx(2 * doubled[0], rel=0.01)
    assert "too few cases to say" in page
    assert page.count('data-test="advice"') == 6


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_terms_that_cannot_be_read_still_show_the_page(lang: str) -> None:
    creditor = factories.organisation()
    reachable_claim(creditor=creditor)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor, lang)
        page = client.post("/claims/publish/", {**TERMS, "commission": "x", "look": "1"})
    assert page.status_code == 422
    assert 'data-test="outlook"' in page.content.decode()
