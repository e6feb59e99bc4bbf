"""What was signed can be read again, by both sides and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.contracts import terms
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
SAME = "its hash is the same"
OTHER = "has another hash"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("sha256", "said"), [(terms("2026-11").sha256, SAME), ("0" * 64, OTHER)])
def test_both_sides_read_the_text_and_whether_it_is_the_signed_one(sha256: str, said: str) -> None:
    claim, agency = factories.claim(), factories.collector()
    mandate = factories.mandate(claim, agency, terms_sha256=sha256)
    here = f"/mandates/{mandate.pk}/terms/"
    with clock.at(NOON):
        for client, page in (
            (signed_in(Role.CREDITOR, claim.creditor), "/mandates/"),
            (signed_in(Role.COLLECTOR, agency), f"/cases/{claim.pk}/"),
        ):
            assert here in client.get(page).content.decode()
            text = client.get(here).content.decode()
            assert agency.name in text
            assert sha256 in text
            assert said in text


def test_strangers_find_no_terms() -> None:
    mandate = factories.mandate(factories.claim(), factories.collector())
    for role in (Role.CREDITOR, Role.COLLECTOR):
        assert signed_in(role).get(f"/mandates/{mandate.pk}/terms/").status_code == 404


def test_a_version_that_is_not_on_file_is_not_made_up() -> None:
    claim = factories.claim()
    mandate = factories.mandate(claim, factories.collector(), terms_version="1999-01")
    client = signed_in(Role.CREDITOR, claim.creditor)
    assert client.get(f"/mandates/{mandate.pk}/terms/").status_code == 404
