"""Several reads in one statement give what each of them would give alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Sum
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim
from qinghe.kernel.together import counted, together
from qinghe.parties.models import ContactPoint, Person
from tests import factories

pytestmark = pytest.mark.django_db


def test_rows_have_the_types_and_the_order_of_the_querysets(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one = factories.claim(overdue_rate_pct=Decimal("12.5000"), contract_on=date(2026, 1, 5))
    factories.claim(principal=9_007_199_254_740_993)
    factories.point(one.debtor)
    points = ContactPoint.objects.filter(person=OuterRef("debtor"))
    claims = (
        Claim.objects.annotate(
            known=Exists(points), kinds=ArraySubquery(points.values("kind")), all=F("principal") + 1
        )
        .order_by("-principal")
        .values_list(
            "known", "id", "debtor__masked_name", "creditor__name", "overdue_rate_pct", "all",
            "kinds", "created_at", "contract_on", "claimed", "challenge_ends_at",
        )
    )  # fmt: skip
    people = Person.objects.order_by("pk").values_list("pk", "zones", "created_at")
    sums = Claim.objects.values_list("currency").annotate(n=Count("pk"), total=Sum("principal"))
    with django_assert_num_queries(1):
        read = together(claims=claims, people=people, sums=sums, none=claims.none())
    assert read["claims"] == list(claims)
    assert [type(value) for value in read["claims"][1]] == [type(value) for value in claims[1]]
    assert read["people"] == list(people)
    assert read["sums"] == list(sums)
    assert read["none"] == []


def test_nothing_to_read_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert together(none=Claim.objects.none()) == {"none": []}
        assert counted(cap=5, none=Claim.objects.none()) == {"none": 0}


def test_counts_stop_at_the_cap(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        factories.claim()
    everything = Claim.objects.all()
    with django_assert_num_queries(1):
        read = counted(cap=2, claims=everything, ready=everything.filter(state="closed"))
    assert read == {"claims": 2, "ready": 0}
