"""What an agency holds never exceeds what its deposit covers."""

from __future__ import annotations

from datetime import date

import pytest

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Listing, Mandate
from qinghe.market.refusals import OverExposure
from qinghe.market.services import publish_many, take
from qinghe.parties.models import Cover, Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import confirm_cover, record_cover, release_cover
from qinghe.parties.services.covers import BadCover, CoverBySamePerson, exposure_cap
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.races import race

ONE, TWO = factories.actor(Role.OPERATOR), factories.actor(Role.OPERATOR)
CLAIMED = 100_000


def covered(amount: int, **fields: object) -> Actor:
    taker = licensed()
    cover = record_cover(
        org_id=taker.org_id,  # type: ignore[arg-type]
        kind="deposit",
        amount=amount,
        currency="CNY",
        actor=ONE,
        at=AT,
        **fields,  # type: ignore[arg-type]
    )
    confirm_cover(cover_id=cover.pk, actor=TWO, at=AT)
    return taker


def listed(count: int) -> list[Listing]:
    creditor = factories.organisation()
    ids = [reachable_claim(creditor=creditor).pk for _ in range(count)]
    actor = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=ids, mode="grab", actor=actor, at=AT, **TERMS)
    return list(Listing.objects.filter(claim__in=ids))


@pytest.mark.django_db
def test_an_agency_takes_as_much_as_its_deposit_covers() -> None:
    taker = covered(CLAIMED * 2 // 20)
    first, second, third = listed(3)
    for each in (first, second):
        take(listing_id=each.pk, actor=taker, at=AT)
    with pytest.raises(OverExposure) as refusal:
        take(listing_id=third.pk, actor=taker, at=AT)
    # The amount of the order itself is nobody's before it is taken.
    assert refusal.value.facts == {"currency": "CNY", "cap": "2,000.00", "held": "2,000.00"}
    Mandate.objects.filter(listing=first).update(state="returned", closed_at=AT)
    take(listing_id=third.pk, actor=taker, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_takes_at_once_do_not_pass_the_cap() -> None:
    taker = covered(CLAIMED // 20)
    orders = listed(2)

    def grab(listing: Listing) -> bool:
        try:
            return bool(take(listing_id=listing.pk, actor=taker, at=AT))
        except OverExposure:
            return False

    assert sum(race(orders, grab)) == 1


@pytest.mark.django_db
def test_what_one_person_recorded_another_confirms() -> None:
    agency = factories.collector()
    told = {"org_id": agency.pk, "kind": "deposit", "currency": "CNY", "at": AT}
    cover = record_cover(amount=100, actor=ONE, **told)
    assert exposure_cap(org_id=agency.pk, currency="CNY", at=AT) is None
    with pytest.raises(CoverBySamePerson):
        confirm_cover(cover_id=cover.pk, actor=ONE, at=AT)
    with pytest.raises(BadCover):
        record_cover(amount=0, actor=ONE, **told)
    with pytest.raises(NotPermitted):
        record_cover(amount=1, actor=factories.actor(Role.REVIEWER), **told)
    confirm_cover(cover_id=cover.pk, actor=TWO, at=AT)
    assert exposure_cap(org_id=agency.pk, currency="CNY", at=AT) == 2_000


@pytest.mark.django_db
def test_an_insurance_that_ended_or_was_given_back_covers_nothing() -> None:
    taker = covered(CLAIMED, ends_on=date(2026, 11, 24))
    (order,) = listed(1)
    assert exposure_cap(org_id=taker.org_id, currency="CNY", at=AT)  # type: ignore[arg-type]
    midnight = AT.replace(hour=16)
    assert exposure_cap(org_id=taker.org_id, currency="CNY", at=midnight) == 0  # type: ignore[arg-type]
    other = covered(CLAIMED)
    cover = Cover.objects.get(organisation=other.org_id)
    for colleague in (ONE, TWO):
        release_cover(cover_id=cover.pk, reason="given back", actor=colleague, at=AT)
    Organisation.objects.filter(pk=other.org_id).update(level=3, level_until=None)
    with pytest.raises(OverExposure):
        take(listing_id=order.pk, actor=other, at=AT)
