"""What a suspension took away that was set aside: its collector may have it back first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Capacity, FirstRight, Listing, Mandate
from qinghe.market.queries.rights import rights_of
from qinghe.market.refusals import KeptForAnother, NoSuchRight, RightWords
from qinghe.market.services import (
    end_expired,
    end_right,
    offer_back,
    publish,
    publish_many,
    take,
)
from qinghe.market.terms import FIRST_RIGHT_DAYS
from qinghe.parties.models import Organisation
from qinghe.quality.services.integrity.appealing import decide_objection, object_to
from tests import factories
from tests.factories import AT, actor
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.quality.integrity.acting import DAY, THIRD, sanctioned

pytestmark = pytest.mark.django_db
STOPPED = AT + 4 * DAY
BACK = AT + 6 * DAY


def taken() -> tuple[Claim, Actor, Actor]:
    """Return a claim in the hands of a collector, its creditor, and that collector."""
    claim, taker = reachable_claim(), licensed()
    owner = actor(Role.CREDITOR, claim.creditor)
    listing = publish(claim_id=claim.pk, mode="grab", actor=owner, at=AT, **TERMS)
    take(listing_id=listing.pk, actor=taker, at=AT)
    return claim, owner, taker


def set_aside(taker: Actor, between: Any = None) -> None:
    """Suspend a collector, let its orders end, and set the decision aside on its objection."""
    firm = Organisation.objects.get(pk=taker.org_id)
    made = sanctioned(firm, "suspended")
    end_expired(at=STOPPED)
    if between is not None:
        between()
    object_to(ruling_id=made.pk, text="It was not us.", actor=THIRD, at=AT + 5 * DAY)
    judge = actor(Role.COMPLIANCE)
    decide_objection(ruling_id=made.pk, accepted=True, answer="Right.", actor=judge, at=BACK)


def offer(claim: Claim, owner: Actor, at: datetime) -> Listing:
    return publish(claim_id=claim.pk, mode="grab", actor=owner, at=at, **TERMS)


def test_both_are_told_and_nobody_else_is_offered_it_meanwhile() -> None:
    claim, owner, taker = taken()
    set_aside(taker)
    assert Mandate.objects.get(claim=claim).state == "recalled"
    assert Capacity.objects.get(pk=taker.org_id).live == 0
    for side in (owner, taker):
        (row,) = rights_of(actor=side, at=BACK)
        assert (row.claim_id, row.until) == (claim.pk, BACK + FIRST_RIGHT_DAYS * DAY)
    assert Entry.objects.filter(kind="market.first-right-granted").count() == 1
    with pytest.raises(KeptForAnother):
        offer(claim, owner, BACK)
    many = publish_many(claim_ids=[claim.pk], mode="grab", actor=owner, at=BACK, **TERMS)
    assert many.skipped == {"market.kept-for-another": 1}
    assert rights_of(actor=actor(Role.CREDITOR, factories.organisation()), at=BACK) == []


def test_the_creditor_offers_it_back_on_the_terms_of_before() -> None:
    claim, owner, taker = taken()
    set_aside(taker)
    before = Mandate.objects.get(claim=claim)
    listing = offer_back(right_id=FirstRight.objects.get().pk, actor=owner, at=BACK)
    assert (listing.designated_to_id, listing.commission_rate) == (
        taker.org_id,
        before.commission_rate,
    )
    again = take(listing_id=listing.pk, actor=taker, at=BACK + timedelta(hours=1))
    assert again.collector_id == taker.org_id
    with pytest.raises(NoSuchRight):
        offer_back(right_id=FirstRight.objects.get().pk, actor=owner, at=BACK)


def test_the_creditor_lets_it_go_only_with_a_reason_and_the_collector_gives_it_up() -> None:
    claim, owner, taker = taken()
    other, owner_of_other, same = taken()
    set_aside(taker)
    right = FirstRight.objects.get()
    with pytest.raises(NoSuchRight):
        end_right(right_id=right.pk, reason="x", actor=owner_of_other, at=BACK)
    with pytest.raises(NoSuchRight):
        end_right(right_id=right.pk, reason="x", actor=same, at=BACK)
    with pytest.raises(RightWords):
        end_right(right_id=right.pk, reason=" ", actor=owner, at=BACK)
    end_right(right_id=right.pk, reason="Agreed otherwise.", actor=owner, at=BACK)
    assert offer(claim, owner, BACK).state == "open"
    set_aside(same)
    end_right(right_id=FirstRight.objects.get(claim=other).pk, reason="", actor=same, at=BACK)
    assert offer(other, owner_of_other, BACK).state == "open"


def test_it_ends_with_its_day() -> None:
    claim, owner, taker = taken()
    set_aside(taker)
    over = BACK + FIRST_RIGHT_DAYS * DAY
    assert rights_of(actor=owner, at=over) == []
    assert offer(claim, owner, over).state == "open"


def test_what_was_placed_again_meanwhile_stays_where_it_is() -> None:
    claim, owner, taker = taken()
    second = licensed()

    def placed_anew() -> None:
        listing = offer(claim, owner, STOPPED)
        take(listing_id=listing.pk, actor=second, at=STOPPED)

    set_aside(taker, placed_anew)
    assert not FirstRight.objects.exists()
    assert Mandate.objects.get(claim=claim, state="active").collector_id == second.org_id
