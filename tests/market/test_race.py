from __future__ import annotations

from random import Random
from uuid import UUID

import pytest

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Listing, Mandate
from qinghe.market.services import publish_many, take
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.races import race


def takers(orders: int, count: int, limit: int) -> tuple[list[Actor], int]:
    """List orders, let takers race for them in their own order, and return takers and hits."""
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor) for _ in range(orders)]
    actor = factories.actor(Role.CREDITOR, creditor)
    ids = [claim.pk for claim in claims]
    assert publish_many(claim_ids=ids, mode="grab", actor=actor, at=AT, **TERMS).listed == orders
    listings = list(Listing.objects.values_list("pk", flat=True))
    collectors = [licensed(limit=limit) for _ in range(count)]

    def grab(collector: Actor) -> int:
        wanted = Random(str(collector.org_id)).sample(listings, len(listings))
        taken = 0
        for listing_id in wanted:
            try:
                take(listing_id=listing_id, actor=collector, at=AT)
                taken += 1
            except DomainError as refusal:
                if refusal.code == "market.no-capacity":
                    break
        return taken

    return collectors, sum(race(collectors, grab))


def check(orders: int, limit: int, taken: int) -> None:
    assert taken == orders
    assert Mandate.objects.count() == orders
    assert Mandate.objects.values("claim").distinct().count() == orders
    for capacity in Capacity.objects.all():
        held = Mandate.objects.filter(collector=capacity.collector_id).count()
        assert held == capacity.live <= limit


@pytest.mark.django_db(transaction=True)
def test_sixteen_takers_of_sixty_orders_get_each_order_once() -> None:
    _collectors, taken = takers(orders=60, count=16, limit=4)
    check(60, 4, taken)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixty_four_takers_of_a_thousand_orders_get_each_order_once() -> None:
    _collectors, taken = takers(orders=1000, count=64, limit=20)
    check(1000, 20, taken)


@pytest.mark.django_db(transaction=True)
def test_members_of_one_collector_racing_do_not_exceed_its_capacity() -> None:
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor) for _ in range(12)]
    actor = factories.actor(Role.CREDITOR, creditor)
    ids = [claim.pk for claim in claims]
    publish_many(claim_ids=ids, mode="grab", actor=actor, at=AT, **TERMS)
    member = licensed(limit=3)

    def grab(listing_id: UUID) -> bool:
        try:
            return bool(take(listing_id=listing_id, actor=member, at=AT))
        except DomainError:
            return False

    assert sum(race(list(Listing.objects.values_list("pk", flat=True)), grab)) == 3
    assert Capacity.objects.get(pk=member.org_id).live == 3
