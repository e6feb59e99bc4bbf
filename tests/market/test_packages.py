"""Packages are taken whole or not at all, and tell nothing of fewer than five orders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim, Hold
from qinghe.claims.terms import ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.mixing import mix, steps
from qinghe.market.models import Capacity, Listing, Mandate, Package
from qinghe.market.queries import hall
from qinghe.market.queries.packages import package_for, packages
from qinghe.market.refusals import (
    BadPackage,
    BadTerms,
    NoSuchPackage,
    OnlyInPackage,
    OwnClaim,
    PackageBand,
    PackageCapacity,
    PackageChanged,
    PackageExposure,
    PackageOutOfReach,
    PackageOver,
)
from qinghe.market.services import (
    make_packages,
    package_refusals,
    publish_many,
    take,
    take_package,
    tidy_packages,
    withdraw_listing,
    withdraw_package,
)
from qinghe.parties.models import Cover, Organisation
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.races import race


def bundle(n: int = 6, creditor: Organisation | None = None, **fields: Any) -> Package:
    """Bundle so many claims of a creditor into one package that needs five."""
    owner = creditor or factories.organisation()
    claims = [reachable_claim(creditor=owner, **fields) for _ in range(n)]
    actor = factories.actor(Role.CREDITOR, owner)
    given = {"minimum": 5, "maximum": 500, "actor": actor, "at": AT, **TERMS}
    made = make_packages(claim_ids=[claim.pk for claim in claims], **given)
    assert (made.packages, made.listed) == (1, n)
    return Package.objects.latest("id")


def in_package(package: Package) -> list[Listing]:
    ids = package.items.values("listing")
    return list(Listing.objects.filter(pk__in=ids).select_related("claim").order_by("pk"))


@pytest.mark.django_db
def test_all_orders_go_to_the_one_who_takes_the_package() -> None:
    package, taker = bundle(), licensed()
    assert package_refusals(package_id=package.pk, actor=taker, at=AT) == []
    taken = take_package(package_id=package.pk, actor=taker, at=AT, seen=6)
    assert taken.orders == 6
    mandates = Mandate.objects.filter(collector=taker.org_id)
    listings = {each.pk for each in in_package(package)}
    assert {each.listing_id for each in mandates} == listings
    assert {each.document_id for each in mandates} == {package.document_id}
    assert all(each.creditor_signed_name and each.signed_name for each in mandates)
    assert Capacity.objects.get(pk=taker.org_id).live == 6
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.PLACED}
    assert set(Listing.objects.values_list("state", flat=True)) == {"taken"}
    assert Entry.objects.filter(kind="market.taken").count() == 6
    with pytest.raises(PackageOver):
        take_package(package_id=package.pk, actor=licensed(), at=AT)


@pytest.mark.django_db
def test_an_order_of_a_package_stands_in_no_hall_and_is_not_taken_alone() -> None:
    package, taker = bundle(), licensed()
    assert hall(actor=taker, at=AT).rows == []
    with pytest.raises(OnlyInPackage):
        take(listing_id=in_package(package)[0].pk, actor=taker, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["hold", "payment", "withdrawal"])
def test_what_was_stopped_or_paid_leaves_before_the_package_is_taken(what: str) -> None:
    package, taker = bundle(7), licensed()
    gone = in_package(package)[2]
    if what == "hold":
        Hold.objects.create(
            person=gone.claim.debtor, claim=gone.claim, kind="dispute", cause="x", placed_at=AT
        )
    elif what == "payment":
        Claim.objects.filter(pk=gone.claim_id).update(paid=1)
    else:
        owner = Actor(role=Role.CREDITOR, org_id=package.creditor_id)
        withdraw_listing(listing_id=gone.pk, actor=owner, at=AT)
    with pytest.raises(PackageChanged) as refused:
        take_package(package_id=package.pk, actor=taker, at=AT, seen=7)
    assert refused.value.facts == {"seen": 7, "now": 6}
    assert take_package(package_id=package.pk, actor=taker, at=AT, seen=6).orders == 6
    gone.refresh_from_db()
    assert gone.state == "withdrawn"
    assert Claim.objects.get(pk=gone.claim_id).state == ClaimState.READY


@pytest.mark.django_db
def test_a_package_with_too_few_left_ends_and_its_claims_are_ready() -> None:
    package, taker = bundle(5), licensed()
    Claim.objects.filter(pk=in_package(package)[0].claim_id).update(paid=1)
    with pytest.raises(PackageOver):
        take_package(package_id=package.pk, actor=taker, at=AT)
    assert not Mandate.objects.exists()
    assert tidy_packages(at=AT) == {"looked": 1, "ended": 1}
    package.refresh_from_db()
    assert package.state == "ended"
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.READY}
    assert tidy_packages(at=AT) == {"looked": 0, "ended": 0}


@pytest.mark.django_db
def test_a_package_ends_with_its_time_and_loses_only_what_was_stopped() -> None:
    package = bundle(7)
    Claim.objects.filter(pk=in_package(package)[0].claim_id).update(paid=1)
    assert tidy_packages(at=AT) == {"looked": 1, "ended": 0}
    assert sum(each.state == "open" for each in in_package(package)) == 6
    assert tidy_packages(at=AT + timedelta(days=31))["ended"] == 1
    assert {each.state for each in in_package(package)} == {"withdrawn", "expired"}


def denied(package: Package, taker: Actor, refusal: type[DomainError]) -> None:
    found = package_refusals(package_id=package.pk, actor=taker, at=AT)
    assert refusal in [type(each) for each in found]
    with pytest.raises(refusal):
        take_package(package_id=package.pk, actor=taker, at=AT)
    assert not Mandate.objects.exists()
    assert Capacity.objects.get(pk=taker.org_id).live == 0


@pytest.mark.django_db
def test_all_or_nothing_where_places_do_not_suffice() -> None:
    denied(bundle(6), licensed(limit=5), PackageCapacity)


@pytest.mark.django_db
def test_one_region_without_a_registration_refuses_the_whole() -> None:
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor) for _ in range(5)]
    claims.append(reachable_claim(creditor=creditor, region="440100"))
    owner = factories.actor(Role.CREDITOR, creditor)
    ids = [claim.pk for claim in claims]
    make_packages(claim_ids=ids, minimum=5, maximum=10, actor=owner, at=AT, **TERMS)
    agency = factories.collector()
    factories.licence(agency, region="310000")
    with pytest.raises(PackageOutOfReach):
        take_package(
            package_id=Package.objects.get().pk,
            actor=factories.actor(Role.COLLECTOR, agency),
            at=AT,
        )
    assert not Mandate.objects.exists()


@pytest.mark.django_db
def test_one_order_too_large_or_a_sum_not_covered_refuses_the_whole() -> None:
    package, taker = bundle(5, principal=10_000_00), licensed()
    Capacity.objects.filter(pk=taker.org_id).update(max_band=1)
    denied(package, taker, PackageBand)
    Capacity.objects.filter(pk=taker.org_id).update(max_band=7)
    Cover.objects.create(
        organisation_id=taker.org_id, kind="deposit", amount=1_000_00, currency="CNY",
        recorded_by="a", recorded_at=AT, confirmed_by="b", confirmed_at=AT,
    )  # fmt: skip
    denied(package, taker, PackageExposure)


@pytest.mark.django_db
def test_the_creditors_own_firm_takes_no_package() -> None:
    creditor = factories.organisation(credit_code="91310000MA00000001")
    package = bundle(5, creditor)
    twin = licensed(credit_code="91310000MA00000001")
    with pytest.raises(OwnClaim):
        take_package(package_id=package.pk, actor=twin, at=AT)


@pytest.mark.django_db
def test_claims_are_bundled_evenly_by_creditor_and_what_is_left_is_told() -> None:
    one, two = factories.organisation(), factories.organisation()
    claims = [reachable_claim(creditor=one) for _ in range(11)]
    claims += [reachable_claim(creditor=two) for _ in range(4)]
    operator = factories.actor(Role.OPERATOR)
    made = make_packages(
        claim_ids=[c.pk for c in claims], minimum=5, maximum=8, actor=operator, at=AT, **TERMS
    )
    assert (made.packages, made.listed) == (2, 11)
    assert made.skipped == {"market.package-too-small": 4}
    assert sorted(Package.objects.values_list("size", flat=True)) == [5, 6]


@pytest.mark.django_db
def test_numbers_out_of_range_and_a_package_of_one_are_refused() -> None:
    owner = factories.actor(Role.CREDITOR, factories.organisation())
    for low, high in ((4, 10), (6, 5), (5, 501)):
        with pytest.raises(BadPackage):
            make_packages(claim_ids=[], minimum=low, maximum=high, actor=owner, at=AT, **TERMS)
    with pytest.raises(BadTerms):
        publish_many(claim_ids=[], mode="package", actor=owner, at=AT, **TERMS)
    package = bundle(5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Package.objects.filter(pk=package.pk).update(minimum=4)


@pytest.mark.django_db
def test_only_its_creditor_withdraws_it_and_others_do_not_see_it() -> None:
    package = bundle(5)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchPackage):
        withdraw_package(package_id=package.pk, actor=other, at=AT)
    assert packages(actor=other, at=AT).rows == []
    owner = Actor(role=Role.CREDITOR, org_id=package.creditor_id)
    withdraw_package(package_id=package.pk, actor=owner, at=AT)
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.READY}
    with pytest.raises(PackageOver):
        withdraw_package(package_id=package.pk, actor=owner, at=AT)
    with pytest.raises(NoSuchPackage):
        package_for(package_id=package.pk, actor=licensed(), at=AT)


@pytest.mark.django_db
def test_what_is_told_of_a_package_is_told_of_five_alike() -> None:
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor) for _ in range(6)]
    claims += [reachable_claim(creditor=creditor, region="440100") for _ in range(2)]
    odd = {"stage": "M5", "due_on": date(2026, 6, 1)}
    claims.append(reachable_claim(creditor=creditor, principal=60_000_00, **odd))
    owner = factories.actor(Role.CREDITOR, creditor)
    ids = [claim.pk for claim in claims]
    make_packages(claim_ids=ids, minimum=5, maximum=20, actor=owner, at=AT, **TERMS)
    row = packages(actor=licensed(), at=AT).rows[0]
    assert row.orders == 9
    assert (row.provinces.groups, row.provinces.other) == ((), 9)
    assert (row.stages.groups, row.stages.other) == ((), 9)
    assert row.worth == (50_000, 100_000)


@pytest.mark.django_db
def test_taking_many_asks_no_more_statements_than_taking_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    package, taker = bundle(30), licensed()
    with django_assert_max_num_queries(60):
        take_package(package_id=package.pk, actor=taker, at=AT)


@given(st.lists(st.integers(0, 6), max_size=60))
def test_no_group_and_no_rest_is_smaller_than_five(values: list[int]) -> None:
    found = mix(values)
    assert sum(n for _value, n in found.groups) + found.other == len(values)
    assert all(n >= 5 for _value, n in found.groups)
    assert found.other == 0 or found.other >= 5 or len(values) < 5


@given(st.integers(1, 10**12))
def test_a_sum_lies_in_its_step(total: int) -> None:
    low, high = steps(total)
    assert low <= total < high <= low * 5 // 2


@pytest.mark.django_db(transaction=True)
def test_sixteen_takers_of_packages_and_single_orders_get_each_once() -> None:
    creditor = factories.organisation()
    made = [bundle(6, creditor) for _ in range(4)]
    singles = [reachable_claim(creditor=creditor) for _ in range(16)]
    owner = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=[c.pk for c in singles], mode="grab", actor=owner, at=AT, **TERMS)
    alone = list(Listing.objects.filter(mode="grab").values_list("pk", flat=True))
    takers = [licensed(limit=8) for _ in range(16)]

    def grab(taker: Actor) -> int:
        return sum(attempt(taker, what) for what in shuffled(taker, made, alone))

    assert sum(race(takers, grab)) == 4 * 6 + 16
    assert Mandate.objects.values("claim").distinct().count() == Mandate.objects.count() == 40
    for package in made:
        package.refresh_from_db()
        holders = Mandate.objects.filter(listing__in=package.items.values("listing"))
        assert set(holders.values_list("collector", flat=True)) == {package.taken_by_id}
    for capacity in Capacity.objects.filter(pk__in=[each.org_id for each in takers]):
        held = Mandate.objects.filter(collector=capacity.collector_id).count()
        assert held == capacity.live <= 8


def shuffled(taker: Actor, made: list[Package], alone: list[UUID]) -> list[Package | UUID]:
    dice = Random(str(taker.org_id))
    wanted: list[Package | UUID] = [*made, *alone]
    dice.shuffle(wanted)
    return wanted


def attempt(taker: Actor, what: Package | UUID) -> int:
    try:
        if isinstance(what, Package):
            return take_package(package_id=what.pk, actor=taker, at=AT).orders
        take(listing_id=what, actor=taker, at=AT)
    except DomainError:
        return 0
    return 1


def test_rates_of_a_package_are_those_of_its_orders(db: None) -> None:
    package = bundle(5)
    assert {each.commission_rate for each in in_package(package)} == {Decimal("0.25")}
