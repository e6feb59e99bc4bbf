"""Whichever way a page of the hall is read, its orders are those a plain look would show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.kernel.actor import Actor
from qinghe.market.models import Listing, OpenOrder
from qinghe.market.queries import hallreads
from qinghe.market.queries.filters import HallFilters, shown
from qinghe.market.queries.hall import orders_for
from qinghe.market.queries.hallreads import ORDERS, matches
from qinghe.market.queries.newest import matches as passes
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgState
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed

CAP, SIZE, MOST = 12, 4, 10**6
# Thresholds by which each way is taken, whatever the planner expects of a small table.
WAYS: dict[str, dict[str, Any]] = {
    "sorted": {"SORTED": MOST},
    "sorted, and more than thought": {"SORTED": 1, "ERROR": 4},
    "counted, then walked": {"SORTED": -1, "DENSE": MOST},
    "met, then walked": {"SORTED": -1, "DENSE": -1},
    "not met, then counted": {"SORTED": -1, "DENSE": -1, "SPARE": Decimal("0.000001")},
}
REGIONS = ("330100", "330200", "310100", "440300")
SOME = {
    "regions": ("330100", "330000", "440000", "310000", "0"),
    "stages": ("M2", "M3", "M5"),
    "products": ("consumer_loan", "credit_card"),
    "bands": (0, 2, 5),
    "kinds": ("institution", "private_creditor"),
    "hands": (1, 2, 4),
}
ASKED = st.builds(
    HallFilters,
    **{name: st.lists(st.sampled_from(v), max_size=2).map(tuple) for name, v in SOME.items()},
    currency=st.sampled_from(("", "", "CNY", "HKD")),
    min_commission=st.sampled_from((None, Decimal("0.05"), Decimal("0.12"), Decimal("0.2"))),
    mode=st.sampled_from(("", "", "grab", "designated", "bid")),
    order=st.sampled_from((*ORDERS, "unheard-of")),
)


def order(claim: Any, n: int, **fields: Any) -> Listing:
    """Return the nth open order; its terms follow from n, so that none is alone for long."""
    kind = n // 7
    return Listing(
        **{
            "number": str(uuid4()), "claim": claim, "mode": "grab", "region": REGIONS[kind % 4],
            "creditor_kind": ("institution", "private_creditor")[n % 5 == 0],
            "product": ("consumer_loan", "credit_card")[kind % 3 == 0],
            "stage": ("M2", "M3")[kind % 5 == 0], "hand": 1 + n % 6, "band": kind % 3 * 2,
            "currency": ("CNY", "HKD")[n % 11 == 0], "quality_share": "0.2", "period_days": 90,
            "commission_rate": Decimal(4 + 7 * (n % 5)) / 100,
            # Many came at the same instant: then their keys decide.
            "listed_at": AT - timedelta(hours=1 + n % 4), "expires_at": AT + timedelta(days=n % 9),
            **fields,
        }
    )  # fmt: skip


def wanted(actor: Any, filters: HallFilters) -> list[UUID]:
    """Return the orders that match, by comparing each row, sorted as asked."""
    mine = (None, actor.org_id)
    rows = [
        row
        for row in OpenOrder.objects.exclude(mode__in=("dispatch", "package"))
        if row.expires_at > AT and row.designated_to in mine and passes(row, filters)
    ]
    rows.sort(key=lambda row: row.pk)
    for key in reversed(ORDERS.get(filters.order, ORDERS["recent"])[:-1]):
        rows.sort(key=lambda row: getattr(row, key.lstrip("-")), reverse=key.startswith("-"))
    return [row.pk for row in rows]


class Reads(TestCase):
    """The property, for every way to read a page."""

    actor: ClassVar[Actor]

    @classmethod
    def setUpTestData(cls) -> None:
        creditor, cls.actor = factories.organisation(), licensed()
        claims = [factories.claim(creditor=creditor) for _ in range(120)]
        named = {"mode": "designated", "designated_to_id": cls.actor.org_id}
        other = {"mode": "designated", "designated_to": factories.collector()}
        special: dict[int, dict[str, Any]] = {
            4: named,
            9: named,
            11: named,
            30: other,
            31: {"mode": "package"},
        }
        rows = [order(claim, n, **special.get(n, {})) for n, claim in enumerate(claims)]
        Listing.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE market_hallrow")

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=ASKED, page=st.integers(1, 9), way=st.sampled_from(sorted(WAYS)))
    def test_a_page_holds_what_a_plain_look_shows(
        self, asked: HallFilters, page: int, way: str
    ) -> None:
        right = wanted(self.actor, asked)
        by_table = set(shown(orders_for(self.actor, AT), asked).values_list("pk", flat=True))
        assert by_table == set(right)
        limits: dict[str, Any] = {"COUNT_CAP": CAP, "PAGE_SIZE": SIZE, **WAYS[way]}
        with patch.multiple(hallreads, **limits):
            found = matches(org_id=self.actor.org_id, at=AT, filters=asked, page=page)
        assert min(found.total, CAP + 1) == min(len(right), CAP + 1)
        last = max(-(-min(len(right), CAP) // SIZE), 1)
        start = (min(page, last) - 1) * SIZE
        assert [row.pk for row in found.orders] == right[start : start + SIZE]


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_who_is_not_at_work_here_sees_nothing_by_any_way(way: str) -> None:
    actor, creditor = licensed(), factories.organisation()
    claims = [factories.claim(creditor=creditor) for _ in range(CAP + 2)]
    Listing.objects.bulk_create([order(claim, 6, currency="CNY") for claim in claims])
    asked: dict[str, Any] = {"org_id": actor.org_id, "at": AT, "filters": HallFilters(), "page": 1}
    with patch.multiple(hallreads, COUNT_CAP=CAP, PAGE_SIZE=SIZE, **WAYS[way]):
        assert len(matches(**asked).orders) == SIZE
        Organisation.objects.filter(pk__in=[actor.org_id]).update(state=OrgState.SUSPENDED)
        assert matches(**asked).orders == []
        assert matches(**{**asked, "org_id": None}).orders == []
