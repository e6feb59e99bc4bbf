"""Looking at a package, or trying to take it, tells no more of its orders than is shown of it."""

from __future__ import annotations

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Mandate, Package
from qinghe.market.services import make_packages, package_refusals, take_package
from qinghe.market.services.trying import TRIES
from qinghe.parties.models import Cover
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim

pytestmark = pytest.mark.django_db


def bundle(claims: list[Claim]) -> Package:
    owner = factories.actor(Role.CREDITOR, claims[0].creditor)
    given = {"minimum": 5, "maximum": 500, "actor": owner, "at": AT, **TERMS}
    make_packages(claim_ids=[claim.pk for claim in claims], **given)
    return Package.objects.latest("id")


def mixed(*, one: dict[str, object], rest: dict[str, object]) -> Package:
    """Bundle six claims of which one differs: nothing of the six is told apart."""
    owner = factories.organisation()
    claims = [reachable_claim(creditor=owner, **rest) for _ in range(5)]
    return bundle([*claims, reachable_claim(creditor=owner, **one)])


def refused(package: Package, taker: Actor) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        take_package(package_id=package.pk, actor=taker, at=AT)
    return refusal.value


def local() -> Actor:
    agency = factories.collector()
    factories.licence(agency, region="330000")
    return factories.actor(Role.COLLECTOR, agency)


def test_one_order_too_far_and_one_too_large_are_one_answer_that_counts() -> None:
    far = mixed(one={"region": "440300"}, rest={"region": "330100"})
    large = mixed(one={"principal": 90_000_00}, rest={"principal": 1_000_00})
    near, small = local(), licensed()
    Capacity.objects.filter(pk=small.org_id).update(max_band=1)
    for package, taker in ((far, near), (large, small)):
        # Looking is free, so it must tell nothing.
        assert package_refusals(package_id=package.pk, actor=taker, at=AT) == []
        answer = refused(package, taker)
        assert (answer.code, answer.facts) == ("market.package-out-of-reach", {"left": TRIES - 1})
    assert not Mandate.objects.exists()


def test_the_sum_is_told_no_finer_than_its_step() -> None:
    package, taker = bundle_of(80_000_00), licensed()
    # 80,000 is shown as 50,000 to 100,000: what covers 60,000 may or may not do.
    deposit(taker, 60_000_00)
    assert package_refusals(package_id=package.pk, actor=taker, at=AT) == []
    assert refused(package, taker).code == "market.package-out-of-reach"


def bundle_of(total: int) -> Package:
    owner = factories.organisation()
    return bundle([reachable_claim(creditor=owner, principal=total // 5) for _ in range(5)])


def deposit(taker: Actor, covers: int) -> None:
    """Put a deposit on file that caps open orders at this sum."""
    Cover.objects.create(
        organisation_id=taker.org_id, kind="deposit", amount=covers // 20, currency="CNY",
        recorded_by="a", recorded_at=AT, confirmed_by="b", confirmed_at=AT,
    )  # fmt: skip


def test_what_is_shown_is_told_and_costs_no_try() -> None:
    owner = factories.organisation()
    package = bundle(
        [reachable_claim(creditor=owner, region="440300", principal=90_000_00) for _ in range(5)]
    )
    taker = local()
    Capacity.objects.filter(pk=taker.org_id).update(max_band=1)
    codes = {each.code for each in package_refusals(package_id=package.pk, actor=taker, at=AT)}
    assert codes == {"market.package-band", "market.package-licence"}
    assert refused(package, taker).code == "market.package-band"
    assert Capacity.objects.get(pk=taker.org_id).tried == 0


def test_after_the_tries_of_a_day_only_what_is_certain_is_taken() -> None:
    large = mixed(one={"principal": 90_000_00}, rest={"principal": 1_000_00})
    taker = licensed()
    Capacity.objects.filter(pk=taker.org_id).update(max_band=1)
    codes = [refused(large, taker).code for _ in range(TRIES + 1)]
    assert codes == ["market.package-out-of-reach"] * TRIES + ["market.tries-spent"]
    certain = bundle_of(5_000_00)
    assert take_package(package_id=certain.pk, actor=taker, at=AT).orders == 5
