"""Where there is nothing, a page says so first, with why and what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.services import publish
from qinghe.market.terms import BAND_BOUNDS
from qinghe.web.simulated import amounts_of_bands, hidden
from tests import factories
from tests.market.conftest import TERMS, reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOP = len(BAND_BOUNDS) - 1


@pytest.mark.django_db
def test_an_empty_directory_is_told_before_any_form() -> None:
    client = signed_in(Role.CREDITOR, factories.organisation())
    with clock.at(NOON):
        page = client.get("/quotes/new/").text
    assert 'data-test="nobody-listed"' in page
    assert 'name="count_band"' not in page


@pytest.mark.django_db
def test_a_map_of_zeros_says_why() -> None:
    agency = factories.collector()
    factories.licence(agency)
    client = signed_in(Role.COLLECTOR, agency)
    with clock.at(NOON):
        assert "No order is open now" in client.get("/hall/map/").text
        claim = reachable_claim()
        actor = factories.actor(Role.CREDITOR, claim.creditor)
        publish(claim_id=claim.pk, mode="grab", actor=actor, at=NOON, **TERMS)
        assert 'data-test="map-nowhere"' in client.get("/hall/map/").text


@pytest.mark.django_db
def test_earnings_of_a_hidden_amount_are_told_for_each_thousand_and_not_as_a_sum() -> None:
    agency = factories.collector()
    factories.licence(agency)
    claim = reachable_claim(principal=30_000_00)
    actor = factories.actor(Role.CREDITOR, claim.creditor)
    listing = publish(claim_id=claim.pk, mode="grab", actor=actor, at=NOON, **TERMS)
    with clock.at(NOON):
        page = signed_in(Role.COLLECTOR, agency).get(f"/hall/{listing.pk}/").text
    assert "what it would pay in all cannot be told" in page
    assert "lower end" not in page


def test_a_span_of_bands_is_computed_at_both_ends() -> None:
    bounds = BAND_BOUNDS
    assert amounts_of_bands(1, 2, "CNY") == [max(bounds[1], 1_000) * 100, bounds[3] * 100]
    assert amounts_of_bands(2, 2, "CNY") == [bounds[2] * 100]
    assert amounts_of_bands(1, TOP, "CNY") == [max(bounds[1], 1_000) * 100, bounds[TOP] * 100]
    assert hidden(0, TOP)
    assert amounts_of_bands(0, TOP, "CNY") == [100_000]
