"""Before publishing: spans and never names, sums with their cases, the hall as it will be."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.advice import Facts, Fit, advise
from qinghe.market.commission import one_row
from qinghe.market.models import Capacity, HallRow, Listing
from qinghe.market.queries.coarsened import coarsened
from qinghe.market.queries.history import ENOUGH, past_of
from qinghe.market.queries.prospect import Prospect, prospect
from qinghe.market.queries.reach import STEPS, Span, span_of
from qinghe.market.services import publish_many, take
from qinghe.market.terms import Mode
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim

CITIES = ("310100", "330100", "330200", "440100")


def claims_of(creditor: Organisation, n: int, **fields: Any) -> list[Claim]:
    return [reachable_claim(creditor=creditor, **fields) for _ in range(n)]


def asked(creditor: Organisation, **more: Any) -> Prospect:
    actor = factories.actor(Role.CREDITOR, creditor)
    return prospect(claim_ids=None, actor=actor, at=AT, **more)


@pytest.mark.django_db
def test_collectors_are_told_as_a_span_and_only_those_who_could_take_it() -> None:
    creditor = factories.organisation()
    claims_of(creditor, 1)
    for _ in range(6):
        licensed()
    assert asked(creditor).least == Span(5, 9)
    Capacity.objects.filter(pk__in=Capacity.objects.values("pk")[:2]).update(live=1, limit=1)
    found = asked(creditor)
    assert (found.least, found.few, found.nobody) == (Span(0, 4), 1, 0)


@pytest.mark.django_db
def test_where_nobody_is_registered_is_told_but_not_who_is_full_or_of_one_hand() -> None:
    creditor = factories.organisation(credit_code="91310000MA00000001")
    claims_of(creditor, 1)
    agency = factories.collector(credit_code="91310000MA00000001")
    assert asked(creditor).nobody == 1
    factories.licence(agency, region="310000")
    # The one registered firm is the creditor's own: that it does not count stays untold.
    found = asked(creditor)
    assert (found.nobody, found.few, found.least) == (0, 1, Span(0, 4))
    claims_of(creditor, 1, region="440100")
    assert asked(creditor).nobody == 1


@pytest.mark.django_db
def test_fees_follow_the_expectation_and_the_rate() -> None:
    creditor = factories.organisation()
    claims_of(creditor, 3, principal=10_000_00)
    low = asked(creditor, plan=one_row(Decimal("0.1"), Decimal("0.2"))).money[0]
    high = asked(creditor, plan=one_row(Decimal("0.2"), Decimal("0.2"))).money[0]
    assert (low.claims, low.owed) == (3, 30_000_00)
    assert 0 < low.recovered < low.owed
    assert (low.fee, high.fee) == (low.recovered // 10, low.recovered // 5)


def history(days: int, cases: int) -> None:
    creditor = factories.organisation()
    claims = claims_of(creditor, cases)
    actor = factories.actor(Role.CREDITOR, creditor)
    start = AT - timedelta(days=days)
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=start, **TERMS)
    taker: Actor = licensed()
    for listing_id in Listing.objects.filter(state="open").values_list("pk", flat=True):
        take(listing_id=listing_id, actor=taker, at=AT)


@pytest.mark.django_db
def test_days_are_told_with_their_cases_and_not_from_few() -> None:
    kind = ("consumer_loan", "M2")
    history(3, ENOUGH - 1)
    few = past_of([kind])[kind]
    assert (few.taken, few.until_taken) == (ENOUGH - 1, None)
    history(3, 1)
    found = past_of([kind])[kind]
    assert found.until_taken is not None
    assert (found.until_taken.middle, found.until_taken.cases) == (3, ENOUGH)
    assert (found.paid, found.until_paid) == (0, None)


@pytest.mark.django_db
@pytest.mark.parametrize("spread", [(1, 1, 1, 1), (5, 4, 1, 3), (4, 4, 4, 0), (7, 2, 2, 2)])
def test_the_hall_shows_them_as_was_foretold(spread: tuple[int, ...]) -> None:
    before, creditor = factories.organisation(), factories.organisation()
    old = claims_of(before, 5, region="330100", principal=2_000_00)
    for n, city in zip(spread, CITIES, strict=True):
        claims_of(creditor, n, region=city)
        claims_of(creditor, n // 2, region=city, principal=2_000_00)
    for owner, claims in ((before, old), (creditor, list(Claim.objects.filter(creditor=creditor)))):
        foretold = Counter({s[3:]: n for s, n in asked(owner).shapes})
        actor = factories.actor(Role.CREDITOR, owner)
        publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=AT, **TERMS)
        rows = HallRow.objects.filter(listing__claim__creditor=owner)
        shown = Counter((r.region, r.band >> 4, r.band & 15) for r in rows)
        assert shown == foretold


@pytest.mark.django_db
@pytest.mark.parametrize("hidden", range(1, 5))
def test_how_many_alike_others_have_listed_is_not_told(hidden: int) -> None:
    before, creditor = factories.organisation(), factories.organisation()
    mine = [claim.pk for claim in claims_of(creditor, 5, region="330100")]
    told = [shapes(creditor, mine[:n]) for n in range(1, 6)]
    others = [claim.pk for claim in claims_of(before, hidden, region="330100")]
    actor = factories.actor(Role.CREDITOR, before)
    publish_many(claim_ids=others, mode="grab", actor=actor, at=AT, **TERMS)
    assert [shapes(creditor, mine[:n]) for n in range(1, 6)] == told


def shapes(creditor: Organisation, claim_ids: list[Any]) -> list[Any]:
    actor = factories.actor(Role.CREDITOR, creditor)
    return prospect(claim_ids=claim_ids, actor=actor, at=AT).shapes


@pytest.mark.django_db
def test_many_claims_ask_no_more_statements_than_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    creditor = factories.organisation()
    claims_of(creditor, 12)
    licensed()
    with django_assert_max_num_queries(20):
        assert len(asked(creditor).preview.placeable) == 12


def test_an_empty_question_is_answered_empty(db: None) -> None:
    found = asked(factories.organisation())
    assert (found.preview.asked, found.advice, found.shapes) == (0, [], [])
    assert coarsened({}) == {}


@given(st.integers(0, 10_000))
def test_a_span_holds_its_number_and_hides_what_is_below_five(n: int) -> None:
    span = span_of(n)
    assert span.low <= n <= (span.high if span.high is not None else n)
    assert span.low == 0 or span.low in STEPS
    assert (span == Span(0, 4)) == (n < 5)


def test_advice_names_every_mode_once_with_the_best_first() -> None:
    facts = Facts(claims=100, top_band=6, least=20, most=50, registered=True, own_team=False)
    made = advise(facts)
    assert {each.mode for each in made} == set(Mode)
    assert [each.fit for each in made] == sorted(
        (each.fit for each in made), key=lambda fit: list(Fit).index(fit)
    )
    fits = {each.mode: each.fit for each in made}
    assert (fits[Mode.BID], fits[Mode.OWN_TEAM]) == (Fit.GOOD, Fit.POOR)
    few = {a.mode: a.fit for a in advise(Facts(3, 1, 0, 0, registered=True, own_team=True))}
    assert (few[Mode.GRAB], few[Mode.DESIGNATED]) == (Fit.POOR, Fit.GOOD)
