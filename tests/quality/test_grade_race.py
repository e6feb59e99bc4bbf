"""A grade that falls while orders are taken: nothing slips through, nothing is broken."""

from __future__ import annotations

import pytest

from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Mandate, Standing
from qinghe.market.services import take
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgState
from qinghe.quality.services.grading import regrade
from tests.factories import AT, actor, organisation
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.races import race


@pytest.mark.django_db(transaction=True)
def test_a_fall_and_eight_takings_meet() -> None:
    from django.db import transaction

    from qinghe.kernel.actor import Role
    from qinghe.market.models import Listing
    from qinghe.market.services import publish_many

    taker, creditor = licensed(limit=50), organisation()
    assert taker.org_id is not None
    claims = [reachable_claim(creditor=creditor) for _ in range(8)]
    owner = actor(Role.CREDITOR, creditor)
    ids = [claim.pk for claim in claims]
    publish_many(claim_ids=ids, mode="grab", actor=owner, at=AT, **TERMS)
    listings = list(Listing.objects.values_list("pk", flat=True))

    def act(listing: object) -> int:
        if listing is None:
            Organisation.objects.filter(pk=taker.org_id).update(state=OrgState.SUSPENDED)
            with transaction.atomic():
                regrade(taker.org_id, AT)
            return 0
        try:
            take(listing_id=listing, actor=taker, at=AT)
        except DomainError:
            return 0
        return 1

    taken = sum(race([*listings, None], act))
    room = Capacity.objects.get(pk=taker.org_id)
    assert Standing.objects.get(ends_at=None).grade == "stopped"
    assert Mandate.objects.filter(state="active").count() == taken == room.live == room.limit
    assert room.graded == 0


@pytest.mark.django_db(transaction=True)
def test_eight_graders_at_once_make_one_standing() -> None:
    from django.db import transaction

    agency = licensed().org_id
    assert agency is not None

    def grade(_n: int) -> None:
        with transaction.atomic():
            regrade(agency, AT)

    race(range(8), grade)
    assert Standing.objects.count() == 1
