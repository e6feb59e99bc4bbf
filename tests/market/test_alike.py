"""Nothing a collector can see or ask for tells one open order from fewer than four others."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.kernel.actor import Actor
from qinghe.market.bands import code_of
from qinghe.market.models import Cell, CellDebtor, HallRow, Listing, OpenOrder
from qinghe.market.queries import hall
from qinghe.market.services import take
from qinghe.market.terms import ALIKE, ListingState
from qinghe.parties.regions import province_of
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed, reachable_claim
from tests.races import race

ANY = code_of(0, 7)
REGIONS = ("330100", "330200", "310100", "440300", "440000", "")
KINDS = st.tuples(st.sampled_from(REGIONS), st.integers(0, 7), st.sampled_from(("M2", "M3")))
# Open some like this, of new persons or of three known ones, end so many of the open ones, or
# change the stage of one.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), KINDS, st.integers(1, 7)),
        st.tuples(st.just("again"), KINDS, st.integers(1, 7)),
        st.tuples(st.just("end"), st.integers(0, 99), st.integers(1, 6)),
        st.tuples(st.just("age"), st.integers(0, 99), st.just(1)),
    ),
    min_size=1,
    max_size=12,
)


def listing(claim: Any, region: str, band: int, stage: str) -> Listing:
    return Listing(
        number=str(uuid4()), claim=claim, creditor_kind="institution", mode="grab", region=region,
        product="consumer_loan", stage=stage, currency="CNY", band=band, commission_rate="0.2",
        quality_share="0.2", period_days=90, listed_at=AT, expires_at=AT.replace(year=2027),
    )  # fmt: skip


def groups() -> Counter[tuple[object, ...]]:
    """Count the debtors of open orders by everything that is shown of who they are."""
    kinds = OpenOrder.objects.values_list("pk", "product", "stage", "currency", "region", "band")
    debtors = dict(Listing.objects.values_list("pk", "claim__debtor"))
    return Counter(row[1:] for row in {(debtors[pk], *kind) for pk, *kind in kinds})


def check() -> None:
    open_now = set(Listing.objects.filter(state="open").values_list("pk", flat=True))
    assert set(OpenOrder.objects.values_list("pk", flat=True)) == open_now
    for (*_kind, region, band), n in groups().items():
        assert n >= ALIKE or (region, band) == ("", ANY)
    for row in HallRow.objects.select_related("listing", "cell"):
        real = row.listing
        assert row.region in {real.region, province_of(real.region), ""}
        assert row.band >> 4 <= real.band <= row.band & 15
        assert {tag for tag in row.tags if tag[0] in "rpb"} == {
            f"r:{row.region}", f"p:{row.region[:2]}", f"b:{row.band}",
        }  # fmt: skip
    finest_kinds = ("stage", "region", "band", "claim__debtor")
    people = Listing.objects.filter(pk__in=open_now).values_list(*finest_kinds).distinct()
    finest = dict(Counter(row[:3] for row in people))
    cells = Cell.objects.filter(level=0, n__gt=0).values_list("stage", "region", "band", "n")
    assert {(stage, region, code >> 4): n for stage, region, code, n in cells} == finest


class Alike(TestCase):
    """The property, over any history of orders opened, ended and changed."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_no_group_that_is_shown_is_smaller_than_five(self, steps: list[Any]) -> None:
        creditor = factories.organisation()
        # Three persons who owe again and again.
        crowd = [factories.person() for _ in range(3)]
        for what, which, count in steps:
            if what in {"open", "again"}:
                who = crowd if what == "again" else [factories.person() for _ in range(count)]
                rows = [
                    listing(factories.claim(creditor=creditor, debtor=who[n % len(who)]), *which)
                    for n in range(count)
                ]
                Listing.objects.bulk_create(rows)
            else:
                found = list(
                    Listing.objects.filter(state="open").order_by("number")[which:][:count]
                )
                ids = [each.pk for each in found]
                change = {"state": ListingState.TAKEN} if what == "end" else {"stage": "M4"}
                Listing.objects.filter(pk__in=ids).update(**change)
            check()


@pytest.mark.django_db
def test_a_cell_that_grows_is_refined_and_one_that_shrinks_is_coarsened() -> None:
    creditor = factories.organisation()
    rows = [listing(factories.claim(creditor=creditor), "330100", 2, "M2") for _ in range(5)]
    Listing.objects.bulk_create(rows[:4])
    assert groups() == {("consumer_loan", "M2", "CNY", "", ANY): 4}
    rows[4].save(force_insert=True)
    assert groups() == {("consumer_loan", "M2", "CNY", "330100", code_of(2, 2)): 5}
    other = [listing(factories.claim(creditor=creditor), "330200", 2, "M2") for _ in range(4)]
    Listing.objects.bulk_create(other)
    Listing.objects.filter(pk=rows[0].pk).update(state="taken")
    assert groups() == {("consumer_loan", "M2", "CNY", "330000", code_of(2, 2)): 8}


@pytest.mark.django_db
def test_five_orders_of_one_debtor_are_one_person() -> None:
    creditor, debtor = factories.organisation(), factories.person()
    for _turn in range(5):
        claim = factories.claim(creditor=creditor, debtor=debtor)
        listing(claim, "330100", 2, "M2").save(force_insert=True)
    assert groups() == {("consumer_loan", "M2", "CNY", "", ANY): 1}
    others = [listing(factories.claim(creditor=creditor), "330100", 2, "M2") for _ in range(4)]
    Listing.objects.bulk_create(others)
    assert groups() == {("consumer_loan", "M2", "CNY", "330100", code_of(2, 2)): 5}
    assert OpenOrder.objects.count() == 9


@pytest.mark.django_db
def test_counting_all_orders_anew_shows_what_was_shown_before() -> None:
    creditor = factories.organisation()
    for n in (7, 3):
        region = f"330{n}00"
        rows = [listing(factories.claim(creditor=creditor), region, 2, "M2") for _ in range(n)]
        Listing.objects.bulk_create(rows)
    before = set(OpenOrder.objects.values_list("pk", "region", "band"))
    HallRow.objects.all().delete()
    CellDebtor.objects.all().delete()
    Cell.objects.update(n=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT qinghe_market_settle(array_agg(id), NULL) FROM market_listing"
            " WHERE state = 'open'"
        )
    assert set(OpenOrder.objects.values_list("pk", "region", "band")) == before
    check()


@pytest.mark.django_db
def test_the_view_has_no_key_of_a_claim_a_creditor_or_a_finer_cell() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM market_open_order")
        names = {column.name for column in cursor.description or ()}
    assert not {n for n in names if any(w in n for w in ("claim", "debtor", "person", "cell"))}
    assert "creditor_id" not in names
    assert not names & {"amount", "principal", "claimed", "due_on"}


@pytest.mark.django_db
def test_a_registration_of_one_city_does_not_find_out_where_a_hidden_order_is() -> None:
    creditor = factories.organisation()
    for region in ("330100", "440300"):
        listing(factories.claim(creditor=creditor), region, 2, "M2").save(force_insert=True)
    agency = factories.collector()
    factories.licence(agency, region="330100")
    found = hall(actor=Actor(role=licensed().role, user_id=_certified(), org_id=agency.pk), at=AT)
    assert [(row.takeable, row.unsure) for row in found.rows] == [(True, True), (True, True)]


def _certified() -> UUID:
    user_id = licensed().user_id
    assert user_id is not None
    return user_id


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_every_group_as_large_as_it_must_be() -> None:
    creditor = factories.organisation()
    random = Random(7)
    kinds = [("330100", 1), ("330200", 1), ("310100", 1), ("330100", 2)]

    def made(count: int) -> list[Listing]:
        claims = [reachable_claim(creditor=creditor, state="listed") for _ in range(count)]
        return [listing(claim, *random.choice(kinds), "M2") for claim in claims]

    standing = made(24)
    Listing.objects.bulk_create(standing)
    arriving = [made(3) for _ in range(4)]
    takers = [licensed(limit=9) for _ in range(4)]

    def act(turn: int) -> None:
        if turn % 2:
            Listing.objects.bulk_create(arriving[turn // 2])
        else:
            for each in standing[turn // 2 :: 4]:
                take(listing_id=each.pk, actor=takers[turn // 2], at=AT)

    race(range(8), act)
    check()
