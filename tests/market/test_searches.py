"""Kept searches belong to one member, count what is new, and tell it at most once a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import SavedSearch
from qinghe.market.queries.filters import HallFilters
from qinghe.market.queries.regions import regions, told
from qinghe.market.queries.searches import as_json, noticed, of_json, searches
from qinghe.market.services import (
    change_search,
    drop_search,
    keep_search,
    open_search,
    publish_many,
    tell_new,
)
from qinghe.market.services.searches import (
    MOST,
    BadSearchName,
    NoSuchSearch,
    SearchNameTaken,
    TooManySearches,
)
from qinghe.parties.models import Membership, Organisation, User
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, reachable_claim

LATER = AT + timedelta(hours=1)


def member(org: Organisation | None = None) -> Actor:
    agency = org or factories.collector()
    if org is None:
        factories.licence(agency)
    user = User.objects.create(email=f"m{User.objects.count()}@example.com")
    factories.certificate(user.pk)
    Membership.objects.create(
        user=user, organisation=agency, role=Role.COLLECTOR, starts_at=AT - timedelta(days=9)
    )
    return Actor(role=Role.COLLECTOR, user_id=user.pk, org_id=agency.pk)


def listed(n: int, at: Any = LATER, **fields: Any) -> None:
    creditor = factories.organisation()
    claims = [reachable_claim(creditor=creditor, **fields) for _ in range(n)]
    actor = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=at, **TERMS)


@pytest.mark.django_db
def test_what_came_since_the_last_look_is_new_and_only_what_fits() -> None:
    actor = member()
    listed(5, at=AT - timedelta(hours=1))
    kept = keep_search(name="  上海  M2 ", filters=HallFilters(stages=("M2",)), actor=actor, at=AT)
    keep_search(name="M5", filters=HallFilters(stages=("M5",)), actor=actor, at=AT)
    listed(3)
    at = LATER + timedelta(minutes=1)
    assert [(row.name, row.new) for row in searches(actor=actor, at=at)] == [
        ("M5", 0),
        ("上海 M2", 3),
    ]
    open_search(search_id=kept.pk, actor=actor, at=at)
    assert [row.new for row in searches(actor=actor, at=at)] == [0, 0]


@pytest.mark.django_db
def test_a_search_is_its_members_alone_even_among_colleagues() -> None:
    one = member()
    other = member(Organisation.objects.get(pk=one.org_id))
    kept = keep_search(name="a", filters=HallFilters(), actor=one, at=AT)
    assert searches(actor=other, at=AT) == []
    for act in (
        lambda: open_search(search_id=kept.pk, actor=other, at=AT),
        lambda: drop_search(search_id=kept.pk, actor=other, at=AT),
        lambda: change_search(search_id=kept.pk, name="b", notice=True, actor=other, at=AT),
    ):
        with pytest.raises(NoSuchSearch):
            act()
    change_search(search_id=kept.pk, name="b", notice=True, actor=one, at=AT)
    assert SavedSearch.objects.get().name == "b"
    drop_search(search_id=kept.pk, actor=one, at=AT)
    assert not SavedSearch.objects.exists()


@pytest.mark.django_db
def test_names_are_needed_short_and_once_and_searches_are_counted() -> None:
    actor = member()
    for bad in ("", "   ", "x" * 41, "a\x00b"):
        with pytest.raises(BadSearchName):
            keep_search(name=bad, filters=HallFilters(), actor=actor, at=AT)
    for n in range(MOST):
        keep_search(name=f"n{n}", filters=HallFilters(), actor=actor, at=AT)
    with pytest.raises(SearchNameTaken):
        keep_search(name="n1", filters=HallFilters(), actor=actor, at=AT)
    with pytest.raises(TooManySearches):
        keep_search(name="one more", filters=HallFilters(), actor=actor, at=AT)
    first = SavedSearch.objects.get(name="n1")
    with pytest.raises(SearchNameTaken):
        change_search(search_id=first.pk, name="n2", notice=False, actor=actor, at=AT)


@pytest.mark.django_db
def test_a_notice_comes_once_a_day_when_something_is_new_and_goes_by_looking() -> None:
    actor = member()
    kept = keep_search(name="a", filters=HallFilters(), actor=actor, at=AT, notice=True)
    keep_search(name="quiet", filters=HallFilters(), actor=actor, at=AT)
    assert tell_new(at=AT) == 0
    listed(1)
    at = LATER + timedelta(minutes=1)
    assert (tell_new(at=at), tell_new(at=at + timedelta(hours=1))) == (1, 0)
    assert [row.told for row in searches(actor=actor, at=at)] == [True, False]
    assert noticed(actor).count() == 1
    open_search(search_id=kept.pk, actor=actor, at=at + timedelta(minutes=1))
    assert noticed(actor).count() == 0
    assert tell_new(at=at + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_who_left_is_told_nothing() -> None:
    actor = member()
    keep_search(name="a", filters=HallFilters(), actor=actor, at=AT, notice=True)
    listed(1)
    Membership.objects.filter(user=actor.user_id).update(ends_at=LATER)
    assert tell_new(at=LATER + timedelta(minutes=1)) == 0


FILTERS = st.builds(
    HallFilters,
    regions=st.lists(st.sampled_from(["310000", "0", "330100"]), unique=True).map(tuple),
    stages=st.lists(st.sampled_from(["M1", "M2"]), unique=True).map(tuple),
    bands=st.lists(st.integers(0, 7), unique=True).map(tuple),
    min_commission=st.sampled_from([None, Decimal("0.05"), Decimal("0.30")]),
    currency=st.sampled_from(["", "CNY"]),
    order=st.sampled_from(["recent", "band"]),
)


@given(FILTERS)
def test_filters_come_back_as_they_were_kept(filters: HallFilters) -> None:
    assert of_json(as_json(filters)) == filters


@pytest.mark.django_db
def test_the_map_counts_what_the_hall_shows_and_hides_small_counts() -> None:
    actor = member()
    listed(6)
    listed(5, region="330100")
    listed(2, region="440100")
    at = LATER + timedelta(minutes=1)
    found = regions(actor=actor, at=at, filters=HallFilters())
    assert (found.counts, found.few, found.nowhere) == (
        {"310000": 6, "330000": 5},
        frozenset(),
        2,
    )
    assert (found.total, found.capped) == (13, False)
    # A kind of creditor that only some of them have: the rest of a province is told as few.
    creditor = factories.organisation("private_creditor")
    claims = [reachable_claim(creditor=creditor) for _ in range(2)]
    owner = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=owner, at=LATER, **TERMS)
    some = regions(actor=actor, at=at, filters=HallFilters(kinds=("private_creditor",)))
    assert (some.counts, some.few) == ({}, frozenset({"310000"}))
    # Two stand there, and it counts as one: what is subtracted from the sum tells nothing.
    assert (some.total, some.at_least, found.at_least) == (1, True, False)


HEADS = st.sampled_from(["31", "33", "44", ""])


@given(
    st.dictionaries(HEADS, st.integers(1, 12), max_size=4),
    st.fixed_dictionaries({head: st.integers(1, 4) for head in ("31", "33", "44")}),
    st.integers(3, 40),
)
def test_how_many_stand_in_a_small_province_changes_nothing_of_the_map(
    orders: dict[str, int], others: dict[str, int], newest: int
) -> None:
    small = {head for head, n in orders.items() if head and n < 5}
    swapped = {head: others[head] if head in small else n for head, n in orders.items()}
    if max(sum(orders.values()), sum(swapped.values())) > newest:
        # As many as are counted: what a small province has less is missing elsewhere without place.
        orders, swapped = _filled(orders, newest), _filled(swapped, newest)
    assert told(orders, newest=newest) == told(swapped, newest=newest)


def _filled(orders: dict[str, int], newest: int) -> dict[str, int]:
    rest = newest + 100 - sum(n for head, n in orders.items() if head)
    return orders | {"": rest}
