"""What is new is judged as the hall judges it, and read once for everybody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries.filters import HallFilters, shown
from qinghe.market.queries.hall import orders_for
from qinghe.market.queries.newest import FRESH, forget, matches, newer
from qinghe.market.services import publish_many
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgState
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.market.test_packages import bundle

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=1)
ALL = HallFilters()
NONE = HallFilters(stages=("M6",))


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget()


def listed(n: int, kind: str = "institution", **fields: Any) -> None:
    creditor = factories.organisation(kind)
    claims = [reachable_claim(creditor=creditor, **fields) for _ in range(n)]
    actor = factories.actor(Role.CREDITOR, creditor)
    terms = {**TERMS, "commission_rate": Decimal("0.1") * (1 + n % 3)}
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=LATER, **terms)


def ask(actor: Actor, at: Any = LATER, filters: HallFilters = ALL) -> int:
    return newer(actor=actor, filters=filters, since=AT, at=at).n


def test_filters_judge_a_row_as_they_ask_the_table() -> None:
    listed(6)
    listed(5, region="330100", principal=20_000_00)
    listed(2, "private_creditor", region="440100", hand=4)
    listed(1, hand=6)
    actor = licensed()
    rows = list(orders_for(actor, LATER))
    regions = ((), ("310000",), ("0",), ("330100", "440000"))
    bands: tuple[tuple[int, ...], ...] = ((), (1,), (4, 5))
    others: tuple[dict[str, Any], ...] = (
        {},
        {"kinds": ("private_creditor",)},
        {"hands": (4,)},
        {"hands": (1, 4)},
        {"min_commission": Decimal("0.2")},
        {"mode": "bid"},
        {"stages": ("M5",)},
    )
    for region, band, other in product(regions, bands, others):
        filters = HallFilters(regions=region, bands=band, **other)
        by_table = set(shown(orders_for(actor, LATER), filters).values_list("pk", flat=True))
        assert {row.pk for row in rows if matches(row, filters)} == by_table, filters


def test_many_readers_ask_the_database_once_until_it_is_old(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    actors = [licensed() for _ in range(3)]
    listed(3)
    with django_assert_num_queries(1):
        assert [ask(actor, filters=NONE) for actor in actors] == [0, 0, 0]
    # Who has something to hear is looked up itself, by its key.
    with django_assert_num_queries(3):
        assert [ask(actor) for actor in actors] == [3, 3, 3]
    listed(2)
    assert ask(actors[0]) == 3
    with django_assert_num_queries(2):
        assert ask(actors[0], LATER + FRESH) == 5


def test_who_is_not_at_work_here_hears_nothing() -> None:
    listed(2)
    actor = licensed()
    assert ask(actor) == 2
    Organisation.objects.filter(pk=actor.org_id).update(state=OrgState.SUSPENDED)
    assert ask(actor) == 0


def test_what_stands_in_no_hall_is_not_new_and_nothing_from_before_is() -> None:
    actor = licensed()
    listed(2)
    bundle(5)
    assert ask(actor) == 2
    assert newer(actor=actor, filters=HallFilters(), since=LATER, at=LATER).n == 0
