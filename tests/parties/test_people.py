"""The same id number is the same person; contact data comes from lawful sources only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.journal.models import Entry
from qinghe.kernel.actor import system
from qinghe.parties.models import ContactPoint, Person, VaultItem
from qinghe.parties.queries import contact_points, reachable_channels
from qinghe.parties.services import (
    BadIdentity,
    SourceRefused,
    UnknownZone,
    Wanted,
    WantedPoint,
    add_contact_point,
    add_contact_points,
    mark_contact_point,
    resolve_people,
    resolve_person,
)
from tests.factories import person
from tests.races import race

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
NUMBER = "990101199001011231"


def resolved(**changes: Any) -> Person:
    facts: dict[str, Any] = {
        "kind": "natural",
        "name": "陈测试",
        "id_number": NUMBER,
        "region": "330100",
        "zones": ["Asia/Shanghai"],
    }
    return resolve_person(**(facts | changes), actor=JOB, at=AT)


def added(who: Person, **changes: Any) -> ContactPoint:
    facts: dict[str, Any] = {
        "person_id": who.pk,
        "kind": "phone",
        "value": "10012345678",
        "source": "contract",
        "zone": "Asia/Shanghai",
    }
    return add_contact_point(**(facts | changes), actor=JOB, at=AT)


@pytest.mark.django_db
def test_the_same_id_number_is_the_same_person_and_none_is_a_new_one() -> None:
    assert resolved() == resolved(name="陈某", id_number=f" {NUMBER.lower()} ")
    assert resolved(id_number=None) != resolved(id_number=None)
    assert VaultItem.objects.filter(kind="id_number").count() == 1


@pytest.mark.django_db
def test_a_person_shows_a_masked_name_and_keeps_the_full_one_in_the_vault() -> None:
    assert resolved().masked_name == "陈＊＊"
    assert "陈测试" not in str(list(Person.objects.values()) + list(Entry.objects.values()))


@pytest.mark.django_db
def test_a_wrong_number_or_zone_makes_nobody() -> None:
    with pytest.raises(BadIdentity):
        resolved(id_number="110101199001011230")
    with pytest.raises(UnknownZone):
        resolved(zones=["Asia/Peking"])
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_many_are_resolved_in_as_many_statements_as_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    wanted = [Wanted("business", f"Firm {n}") for n in range(300)]
    with django_assert_max_num_queries(8):
        ids = resolve_people(wanted=wanted, actor=JOB, at=AT)
    assert len(set(ids)) == 300


@pytest.mark.django_db(transaction=True)
def test_a_race_for_a_new_id_number_makes_one_person() -> None:
    assert len(set(race(range(8), lambda _: resolved().pk))) == 1
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["address_book", "purchased", "scraped", "unknown", "", "x"])
def test_contact_data_from_an_unlawful_source_is_never_stored(source: str) -> None:
    who = person()
    with pytest.raises(SourceRefused):
        added(who, source=source)
    with pytest.raises(SourceRefused):
        add_contact_points(
            points=[
                WantedPoint(who.pk, "phone", "10012345678", "contract"),
                WantedPoint(who.pk, "phone", "10012345679", source),
            ],
            actor=JOB,
            at=AT,
        )
    assert not VaultItem.objects.exists()


@pytest.mark.django_db
def test_an_address_is_kept_once_and_shown_masked() -> None:
    who = person()
    assert added(who) == added(who, value="+86 100-1234-5678")
    (row,) = contact_points(who.pk)
    assert (row.masked, row.kind, row.state) == ("100****5678", "phone", "unverified")
    assert (
        add_contact_points(
            points=[WantedPoint(who.pk, "phone", "10012345678", "contract")] * 2, actor=JOB, at=AT
        )
        == 0
    )


@pytest.mark.django_db
def test_reach_needs_an_address_in_service_and_a_zone() -> None:
    who, nowhere = person(), person(zones=[])
    point = added(who)
    added(nowhere)
    assert reachable_channels(who.pk) == {"voice", "sms"}
    assert reachable_channels(nowhere.pk) == frozenset()
    mark_contact_point(point_id=point.pk, state="invalid", actor=JOB, at=AT)
    assert reachable_channels(who.pk) == frozenset()
