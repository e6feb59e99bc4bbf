from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market.contracts import terms
from qinghe.market.models import Capacity, Listing, Mandate, TakingStop
from qinghe.market.queries import mandate_for, mandates, working_mandate
from qinghe.market.refusals import (
    AlreadyTaken,
    CapacityBelowLive,
    MandateSuspended,
    NoCapacity,
    NoLicence,
    NoMandate,
    NoSuchMandate,
    NotACollector,
    NotForYou,
    NotLive,
    OnHold,
    OutOfReach,
    TakingStopped,
)
from qinghe.market.services import (
    complete,
    designate,
    end_expired,
    give_back,
    place_own_team,
    place_own_team_many,
    recall,
    resume,
    set_capacity,
    suspend,
    take,
)
from qinghe.parties.models import Licence
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import suspend_organisation
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, Market, licensed
from tests.market.test_listing import _hold

DAY = timedelta(days=1)


def test_taking_signs_the_terms_and_places_the_claim(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    assert (mandate.terms_version, mandate.terms_sha256) == ("2026-12", terms().sha256)
    assert mandate.signed_by == market.collector.user_id
    assert mandate.ends_at == AT + 90 * DAY
    market.claim.refresh_from_db()
    assert market.claim.state == "placed"
    assert Listing.objects.get().state == "taken"
    assert Capacity.objects.get(pk=market.collector.org_id).live == 1
    assert Entry.objects.get(kind="market.taken").facts["terms_sha256"] == terms().sha256


def test_an_order_is_taken_once(market: Market) -> None:
    listing = market.list()
    take(listing_id=listing.pk, actor=market.collector, at=AT)
    with pytest.raises(AlreadyTaken):
        take(listing_id=listing.pk, actor=licensed(), at=AT)


def test_the_same_request_key_takes_once(market: Market) -> None:
    listing, keyed = market.list(), market.collector.with_key("k")
    first = take(listing_id=listing.pk, actor=keyed, at=AT)
    assert take(listing_id=listing.pk, actor=keyed, at=AT).pk == first.pk


def test_an_order_that_expired_or_is_on_hold_is_not_taken(market: Market) -> None:
    listing = market.list()
    with pytest.raises(AlreadyTaken):
        take(listing_id=listing.pk, actor=market.collector, at=AT + 31 * DAY)
    _hold(market.claim)
    with pytest.raises(OnHold):
        take(listing_id=listing.pk, actor=market.collector, at=AT)


def _no_licence(collector_id: object) -> None:
    Licence.objects.filter(organisation=collector_id).delete()


def _lapsed(collector_id: object) -> None:
    Licence.objects.filter(organisation=collector_id).update(ends_on=date(2026, 11, 23))


def _elsewhere(collector_id: object) -> None:
    Licence.objects.filter(organisation=collector_id).update(region="440000")


def _small(collector_id: object) -> None:
    Capacity.objects.filter(pk=collector_id).update(max_band=0)


def _full(collector_id: object) -> None:
    Capacity.objects.filter(pk=collector_id).update(live=2)


def _unknown(collector_id: object) -> None:
    Capacity.objects.filter(pk=collector_id).delete()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_no_licence, NoLicence),
        (_lapsed, NoLicence),
        (_elsewhere, OutOfReach),
        (_small, OutOfReach),
        (_full, NoCapacity),
        (_unknown, NoCapacity),
    ],
)
def test_a_collector_that_may_not_take_it_is_told_why(
    market: Market, change: object, refusal: type[DomainError]
) -> None:
    listing = market.list()
    assert callable(change)
    change(market.collector.org_id)
    with pytest.raises(refusal):
        take(listing_id=listing.pk, actor=market.collector, at=AT)
    assert not Mandate.objects.exists()


def test_a_licence_of_the_province_holds_for_its_cities(market: Market) -> None:
    Licence.objects.filter(organisation=market.collector.org_id).update(region="310000")
    assert take(listing_id=market.list().pk, actor=market.collector, at=AT)


def test_a_designated_order_is_taken_by_its_collector_only(market: Market) -> None:
    assert market.collector.org_id is not None
    listing = designate(
        claim_id=market.claim.pk,
        collector_id=market.collector.org_id,
        actor=market.creditor,
        at=AT,
        **TERMS,
    )
    with pytest.raises(NotForYou):
        take(listing_id=listing.pk, actor=licensed(), at=AT)
    assert take(listing_id=listing.pk, actor=market.collector, at=AT).mode == "designated"


def test_only_collectors_take(market: Market) -> None:
    listing = market.list()
    with pytest.raises(NotPermitted):
        take(listing_id=listing.pk, actor=market.creditor, at=AT)


def test_the_own_team_passes_the_same_checks(market: Market) -> None:
    team = factories.organisation(OrgKind.OWN_TEAM)
    Capacity.objects.create(collector=team, limit=1)

    def place() -> Mandate:
        return place_own_team(
            claim_id=market.claim.pk, collector_id=team.pk, actor=market.creditor, at=AT, **TERMS
        )

    with pytest.raises(NoLicence):
        place()
    factories.licence(team)
    assert place().mode == "own_team"
    agency = market.collector.org_id
    assert agency is not None
    with pytest.raises(NotACollector):
        place_own_team(
            claim_id=market.claim.pk, collector_id=agency, actor=market.creditor, at=AT, **TERMS
        )


def test_many_claims_go_to_the_own_team_in_a_fixed_number_of_queries(
    market: Market, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = factories.organisation(OrgKind.OWN_TEAM)
    Capacity.objects.create(collector=team, limit=3)
    factories.licence(team, region="310000")
    own = {"creditor": market.claim.creditor}
    fit = [factories.claim(**own) for _ in range(4)]
    abroad = factories.claim(region="440300", **own)
    for each in (*fit, abroad):
        factories.point(each.debtor)
    lost, strange = factories.claim(**own), factories.claim()
    asked = [each.pk for each in (*fit, abroad, lost, strange)]
    with django_assert_max_num_queries(25):
        done = place_own_team_many(
            claim_ids=asked, collector_id=team.pk, actor=market.creditor, at=AT, **TERMS
        )
    assert done.placed == 3
    assert done.skipped == {
        "market.team-full": 1,
        "market.no-licence": 1,
        "market.unreachable": 1,
        "market.not-your-claim": 1,
    }
    assert Mandate.objects.filter(collector=team, claim__state="placed").count() == 3
    assert Capacity.objects.get(pk=team.pk).live == 3
    assert Entry.objects.filter(kind="market.taken").count() == 3


def test_a_stopped_own_team_is_given_nothing(market: Market) -> None:
    team = factories.organisation(OrgKind.OWN_TEAM)
    Capacity.objects.create(collector=team, limit=3)
    factories.licence(team)
    TakingStop.objects.create(
        collector=team, cause="ruling:x", starts_at=AT, ends_at=AT + timedelta(days=1)
    )
    with pytest.raises(TakingStopped):
        place_own_team_many(
            claim_ids=[market.claim.pk],
            collector_id=team.pk,
            actor=market.creditor,
            at=AT,
            **TERMS,
        )
    assert not Mandate.objects.exists()


def test_an_agency_is_not_placed_with_as_an_own_team(market: Market) -> None:
    agency = market.collector.org_id
    assert agency is not None
    with pytest.raises(NotACollector):
        place_own_team_many(
            claim_ids=[market.claim.pk],
            collector_id=agency,
            actor=market.creditor,
            at=AT,
            **TERMS,
        )


def test_an_own_team_without_places_gets_nothing(market: Market) -> None:
    team = factories.organisation(OrgKind.OWN_TEAM)
    factories.licence(team)
    done = place_own_team_many(
        claim_ids=[market.claim.pk], collector_id=team.pk, actor=market.creditor, at=AT, **TERMS
    )
    assert (done.placed, done.skipped) == (0, {"market.team-full": 1})


def test_a_recall_ends_the_mandate_at_once_and_frees_the_place(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchMandate):
        recall(mandate_id=mandate.pk, reason="", actor=other, at=AT)
    recall(mandate_id=mandate.pk, reason="settled elsewhere", actor=market.creditor, at=AT)
    with pytest.raises(NoMandate):
        mandate_for(claim_id=market.claim.pk, actor=market.collector, at=AT)
    assert Capacity.objects.get(pk=market.collector.org_id).live == 0
    market.claim.refresh_from_db()
    assert market.claim.state == "ready"
    with pytest.raises(NotLive):
        recall(mandate_id=mandate.pk, reason="", actor=market.creditor, at=AT)
    assert market.list()


def test_an_order_can_be_given_back(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    with pytest.raises(NoSuchMandate):
        give_back(mandate_id=mandate.pk, reason="", actor=licensed(), at=AT)
    assert (
        give_back(mandate_id=mandate.pk, reason="no room", actor=market.collector, at=AT).state
        == "returned"
    )


def test_a_suspended_mandate_can_be_read_but_not_worked(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    compliance = factories.actor(Role.COMPLIANCE)
    suspend(mandate_id=mandate.pk, cause="complaint:1", actor=compliance, at=AT)
    assert mandate_for(claim_id=market.claim.pk, actor=market.collector, at=AT)
    with pytest.raises(MandateSuspended):
        working_mandate(claim_id=market.claim.pk, actor=market.collector, at=AT)
    resume(mandate_id=mandate.pk, reason="trained", actor=compliance, at=AT)
    assert working_mandate(claim_id=market.claim.pk, actor=market.collector, at=AT)
    with pytest.raises(NotPermitted):
        suspend(mandate_id=mandate.pk, cause="", actor=market.creditor, at=AT)


def test_completing_twice_changes_nothing(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    job = system("test")
    assert complete(mandate_id=mandate.pk, actor=job, at=AT).state == "completed"
    assert complete(mandate_id=mandate.pk, actor=job, at=AT + DAY).closed_at == AT
    assert Capacity.objects.get(pk=market.collector.org_id).live == 0


def test_time_ends_mandates_and_listings_once(market: Market) -> None:
    take(listing_id=market.list().pk, actor=market.collector, at=AT)
    assert end_expired(at=AT + 89 * DAY)["ended"] == 0
    assert end_expired(at=AT + 90 * DAY)["ended"] == 1
    assert end_expired(at=AT + 90 * DAY)["ended"] == 0
    listing = market.list(at=AT + 91 * DAY)
    assert end_expired(at=AT + 121 * DAY)["expired"] == 1
    listing.refresh_from_db()
    assert listing.state == "expired"
    market.claim.refresh_from_db()
    assert market.claim.state == "ready"


def test_a_claim_closed_elsewhere_loses_its_mandate_at_the_next_sweep(market: Market) -> None:
    take(listing_id=market.list().pk, actor=market.collector, at=AT)
    Claim.objects.filter(pk=market.claim.pk).update(state="withdrawn")
    assert end_expired(at=AT + DAY)["closed"] == 1
    assert Capacity.objects.get(pk=market.collector.org_id).live == 0


def test_the_orders_of_a_suspended_collector_go_back_and_those_of_others_stay(
    market: Market,
) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    other = factories.mandate(factories.claim(), factories.collector())
    assert end_expired(at=AT + DAY)["stopped"] == 0
    suspend_organisation(org_id=mandate.collector_id, reason="x", actor=system("test"), at=AT)
    assert end_expired(at=AT + DAY)["stopped"] == 1
    assert end_expired(at=AT + DAY)["stopped"] == 0
    mandate.refresh_from_db()
    other.refresh_from_db()
    assert (mandate.state, mandate.reason) == ("recalled", "collector-suspended")
    assert (mandate.claim.state, other.state) == ("ready", "active")
    assert Capacity.objects.get(pk=market.collector.org_id).live == 0


def test_mandates_are_seen_by_their_two_parties(market: Market) -> None:
    take(listing_id=market.list().pk, actor=market.collector, at=AT)
    (row,) = mandates(actor=market.collector)
    assert (row.claim_number, row.owed) == (market.claim.number, 100_000)
    assert len(mandates(actor=market.creditor)) == 1
    assert mandates(actor=licensed()) == []
    assert mandates(actor=factories.debtor_of(market.claim)) == []


def test_the_limit_cannot_fall_below_what_is_held(market: Market) -> None:
    take(listing_id=market.list().pk, actor=market.collector, at=AT)
    assert market.collector.org_id is not None
    with pytest.raises(CapacityBelowLive):
        set_capacity(
            collector_id=market.collector.org_id,
            limit=0,
            actor=factories.actor(Role.OPERATOR),
            at=AT,
        )


def test_without_evidence_nothing_is_taken(market: Market) -> None:
    listing = market.list()
    with (
        patch("qinghe.market.services.taking.note", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        take(listing_id=listing.pk, actor=market.collector, at=AT)
    assert not Mandate.objects.exists()
    assert Capacity.objects.get(pk=market.collector.org_id).live == 0
