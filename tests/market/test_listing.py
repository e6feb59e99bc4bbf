from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from unittest.mock import patch

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.kernel.actor import Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market.bands import band_of, bands
from qinghe.market.models import Listing
from qinghe.market.queries import HallFilters, HallRow, hall, listing_for
from qinghe.market.queries.filters import NOWHERE
from qinghe.market.queries.hall import full_months
from qinghe.market.refusals import (
    AlreadyTaken,
    BadTerms,
    NoCapacity,
    NoLicence,
    NoSuchListing,
    NotDue,
    NotReady,
    NotYourClaim,
    OnHold,
    Unreachable,
)
from qinghe.market.services import publish_many, set_capacity, withdraw_listing
from qinghe.parties.models import ContactPoint
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, Market, licensed, reachable_claim


def test_a_listing_shows_the_band_and_never_the_amount_or_a_name(market: Market) -> None:
    listing = market.list()
    row = listing_for(listing_id=listing.pk, actor=market.collector, at=AT)
    assert listing.band == band_of(100_000, "CNY") == 1
    assert row.takeable
    assert (row.region, row.band, row.band_to) == ("", 0, 7)
    names = {field.name for field in fields(HallRow)}
    assert not names & {"amount", "claim_id", "debtor", "name", "number_of_claim", "creditor_id"}
    columns = {column.name for column in Listing._meta.get_fields()}
    assert not columns & {"name", "phone", "address", "amount", "debtor", "person"}
    market.claim.refresh_from_db()
    assert market.claim.state == "listed"


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 10, 24), date(2026, 11, 23), 0),
        (date(2026, 10, 23), date(2026, 11, 23), 1),
        (date(2024, 12, 31), date(2026, 11, 30), 22),
        (date(2026, 12, 1), date(2026, 11, 23), 0),
    ],
)
def test_the_age_of_a_debt_counts_months_that_have_passed_in_full(
    since: date, until: date, months: int
) -> None:
    assert full_months(since, until) == months


def test_an_order_tells_how_old_it_is_and_not_the_day(market: Market) -> None:
    Claim.objects.filter(pk=market.claim.pk).update(due_on=date(2026, 5, 10))
    row = listing_for(listing_id=market.list().pk, actor=market.collector, at=AT)
    assert row.age_months == 6
    assert not {field.name for field in fields(HallRow)} & {"due_on", "contract_on"}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": "challenge"}, NotReady),
        ({"stage": "M0"}, NotDue),
    ],
)
def test_a_claim_that_is_not_ready_is_not_listed(
    market: Market, change: dict[str, str], refusal: type[DomainError]
) -> None:
    Claim.objects.filter(pk=market.claim.pk).update(**change)
    with pytest.raises(refusal):
        market.list()


def test_an_unreachable_person_is_never_listed(market: Market) -> None:
    ContactPoint.objects.all().delete()
    with pytest.raises(Unreachable):
        market.list()


def test_a_claim_on_hold_is_not_listed_and_one_listed_is_not_takeable(market: Market) -> None:
    listing = market.list()
    _hold(market.claim)
    row = listing_for(listing_id=listing.pk, actor=market.collector, at=AT)
    assert not row.takeable
    assert isinstance(row.why_not, OnHold)
    withdraw_listing(listing_id=listing.pk, actor=market.creditor, at=AT)
    with pytest.raises(OnHold):
        market.list()


@pytest.mark.parametrize(
    "terms",
    [
        {"commission_rate": Decimal(1)},
        {"commission_rate": Decimal("-0.1")},
        {"quality_share": Decimal(0)},
        {"period_days": 0},
        {"mode": "auction"},
        {"mode": "designated"},
    ],
)
def test_terms_out_of_range_are_refused(market: Market, terms: dict[str, object]) -> None:
    with pytest.raises(BadTerms):
        market.list(**terms)


def test_another_creditors_claim_cannot_be_listed(market: Market) -> None:
    stranger = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NotYourClaim):
        market.list(actor=stranger)


def test_publishing_many_lists_what_it_can_and_counts_the_rest(market: Market) -> None:
    creditor = market.claim.creditor
    good = [reachable_claim(creditor=creditor) for _ in range(3)]
    unreachable = factories.claim(creditor=creditor)
    foreign = reachable_claim()
    ids = [each.pk for each in (*good, unreachable, foreign)]
    done = publish_many(claim_ids=ids, mode="grab", actor=market.creditor, at=AT, **TERMS)
    assert done.listed == 3
    assert done.skipped == {"market.unreachable": 1, "market.not-your-claim": 1}


def test_a_withdrawn_listing_leaves_the_hall_and_the_claim_is_ready_again(market: Market) -> None:
    listing = market.list()
    withdraw_listing(listing_id=listing.pk, actor=market.creditor, at=AT)
    assert hall(actor=market.collector, at=AT).total == 0
    market.claim.refresh_from_db()
    assert market.claim.state == "ready"
    with pytest.raises(AlreadyTaken):
        withdraw_listing(listing_id=listing.pk, actor=market.creditor, at=AT)


def test_a_designated_order_is_invisible_to_others(market: Market) -> None:
    listing = market.list(mode="designated", designated_to=market.collector.org_id)
    other = licensed()
    with pytest.raises(NoSuchListing):
        listing_for(listing_id=listing.pk, actor=other, at=AT)
    assert hall(actor=other, at=AT).rows == []
    assert [row.id for row in hall(actor=market.collector, at=AT).rows] == [listing.pk]


def test_the_hall_says_why_an_order_cannot_be_taken(market: Market) -> None:
    market.list()
    unlicensed = factories.actor(Role.COLLECTOR, factories.collector())
    (row,) = hall(actor=unlicensed, at=AT).rows
    assert isinstance(row.why_not, NoLicence)
    full = licensed(limit=0)
    (row,) = hall(actor=full, at=AT).rows
    assert isinstance(row.why_not, NoCapacity)


def test_the_hall_filters_and_stays_at_eight_queries(
    market: Market, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    market.list()
    for region in ("310100", *["440300", "440100"] * 5):
        claim = reachable_claim(creditor=market.claim.creditor, region=region, stage="M3")
        Market(claim, market.creditor, market.collector).list()
    with django_assert_max_num_queries(8):
        page = hall(actor=market.collector, at=AT, filters=HallFilters(regions=("440000",)))
    assert {row.region for row in page.rows} == {"440300", "440100"}
    assert page.total == 10
    assert page.capacity is not None
    assert page.capacity.free == 2
    only = hall(actor=market.collector, at=AT, filters=HallFilters(stages=("M2",), bands=(1,)))
    assert only.total == 1
    nowhere = hall(actor=market.collector, at=AT, filters=HallFilters(regions=(NOWHERE,)))
    assert {row.stage for row in nowhere.rows} == {"M2", "M3"}
    assert all((row.region, row.band, row.band_to) == ("", 0, 7) for row in nowhere.rows)


def test_debtors_and_regulators_see_no_hall(market: Market) -> None:
    market.list()
    assert hall(actor=factories.debtor_of(market.claim), at=AT).total == 0
    assert hall(actor=factories.actor(Role.REGULATOR), at=AT).total == 0


def test_without_evidence_nothing_is_listed(market: Market) -> None:
    with (
        patch("qinghe.market.services.listings.record_many", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        market.list()
    assert not Listing.objects.exists()


def test_bands_cover_every_amount_once() -> None:
    for low, high in zip(bands(), bands()[1:], strict=False):
        assert low.high == high.low
    assert band_of(99_999, "CNY") == 0
    assert band_of(50_000_000_00, "CNY") == len(bands()) - 1


def test_the_limit_cannot_fall_below_what_is_held(market: Market) -> None:
    operator = factories.actor(Role.OPERATOR)
    assert market.collector.org_id is not None
    capacity = set_capacity(
        collector_id=market.collector.org_id, limit=5, max_band=3, actor=operator, at=AT
    )
    assert (capacity.limit, capacity.max_band) == (5, 3)


def _hold(claim: Claim) -> None:
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind="dispute",
        cause=f"dispute:{claim.pk}",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
