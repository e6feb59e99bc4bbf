"""Doubts are raised once, grave ones hold the claim, and people decide them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim, Hold, Review
from qinghe.claims.queries import claim_view, review_steps
from qinghe.claims.queries.one import FLAG_CONFIRMED
from qinghe.claims.services import NotVerifiable
from qinghe.claims.terms import Stage
from qinghe.graph.services import find_links
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Licence
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import seal
from qinghe.risk.doubts import SHARED_PHONES, doubts
from qinghe.risk.facts import Facts
from qinghe.risk.jobs import look_around
from qinghe.risk.models import Flag
from qinghe.risk.queries import NoSuchFlag, facts, flags, open_flags, score
from qinghe.risk.scoring import rate
from qinghe.risk.services import (
    FlagDecided,
    FlagNoteMissing,
    FlagSecondPerson,
    decide_flag,
    raise_flags,
)
from tests.desk import release
from tests.factories import claim, organisation, papers, person, point

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
REVIEWER = Actor(role=Role.REVIEWER, user_id=new_id())
OTHER = Actor(role=Role.REVIEWER, user_id=new_id())
CREDIT_CODE = "91110000MA0000000X"

PLAIN = Facts(
    principal_major=1234,
    exact_major=False,
    creditor_owes_itself=False,
    known_elsewhere=False,
    phone_shared_with=0,
    same_claims=1,
    licensed_at_contract=None,
    stage="M2",
    claimed=123_400,
    paid=0,
    channels=2,
    evidence=1,
    hand=1,
)


def decided(flag_id: UUID, by: Actor, *, confirmed: bool = False, note: str = "A family.") -> Flag:
    return decide_flag(flag_id=flag_id, confirmed=confirmed, actor=by, at=AT, note=note)


def test_a_plain_claim_raises_no_doubt() -> None:
    assert doubts(PLAIN) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"creditor_owes_itself": True}, "own-claim"),
        ({"known_elsewhere": True}, "other-address"),
        ({"phone_shared_with": SHARED_PHONES}, "shared-phone"),
        ({"same_claims": 3}, "same-claims"),
        ({"principal_major": 100_000, "exact_major": True}, "round-amount"),
        ({"licensed_at_contract": False}, "unlicensed"),
        ({"shared_with_creditor": ("phone",)}, "creditors-data"),
        ({"door_opened_by_creditor": True}, "door-by-creditor"),
        ({"same_document": 1}, "same-document"),
        ({"entered_twice": True}, "entered-twice"),
        ({"burst": 10}, "burst"),
        ({"private_creditors": 4}, "pile-up"),
        ({"mutual": True}, "mutual"),
        ({"refuted": 3, "decided": 30}, "refuted-creditor"),
    ],
)
def test_each_odd_fact_raises_its_doubt(change: dict[str, object], code: str) -> None:
    odd = dataclasses.replace(PLAIN, **change)  # type: ignore[arg-type]
    assert [doubt.code for doubt, _named in doubts(odd)] == [code]


@pytest.mark.parametrize(
    "change",
    [
        {"phone_shared_with": SHARED_PHONES - 1},
        {"same_claims": 2},
        {"principal_major": 49_999, "exact_major": True},
        {"principal_major": 100_000, "exact_major": False},
        {"licensed_at_contract": True},
        {"burst": 9},
        {"private_creditors": 3},
        {"refuted": 2, "decided": 2},
        {"refuted": 3, "decided": 31},
    ],
)
def test_below_its_limit_a_fact_raises_nothing(change: dict[str, object]) -> None:
    assert doubts(dataclasses.replace(PLAIN, **change)) == []  # type: ignore[arg-type]


facts_of_any_claim = st.builds(
    dataclasses.replace,
    st.just(PLAIN),
    stage=st.sampled_from(Stage.values),
    paid=st.integers(0, 123_400),
    channels=st.integers(0, 5),
    evidence=st.integers(0, 9),
    hand=st.integers(1, 20),
)


@given(facts_of_any_claim)
def test_a_score_is_its_reasons_and_stays_in_bounds(seen: Facts) -> None:
    found = rate(seen)
    assert found.points == min(max(50 + sum(each.points for each in found.reasons), 0), 100)
    assert found.base + sum(each.points for each in found.reasons) + found.cut == found.points
    assert all("{" not in each.text for each in found.reasons)


@given(facts_of_any_claim, st.integers(0, 123_400))
def test_paying_more_never_lowers_a_score(seen: Facts, more: int) -> None:
    paid = dataclasses.replace(seen, paid=min(seen.paid + more, seen.claimed))
    assert rate(paid).points >= rate(seen).points


@pytest.mark.django_db
def test_a_phone_of_many_debtors_holds_the_claim_until_a_person_clears_it() -> None:
    debtor = person()
    for each in [debtor, *(person() for _ in range(SHARED_PHONES))]:
        point(each, "phone", "10012345678")
    find_links(person_ids=None, actor=JOB, at=AT)
    owed = claim(debtor=debtor, state="submitted")

    assert raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT) == 1
    assert raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT) == 0
    (flag,) = flags(owed.pk)
    assert (flag.code, flag.grave, flag.state) == ("shared-phone", True, "open")
    assert "3" in flag.reason
    assert open_flags([owed.pk]) == {owed.pk: 1}
    hold = Hold.objects.get(claim=owed)
    assert (hold.kind, hold.lifted_at) == ("flag", None)

    with pytest.raises(FlagNoteMissing):
        decided(flag.id, REVIEWER, note="ok ")
    decided(flag.id, REVIEWER)
    hold.refresh_from_db()
    assert (flags(owed.pk)[0].state, hold.lifted_at) == ("open", None)
    with pytest.raises(FlagSecondPerson):
        decided(flag.id, Actor(Role.COMPLIANCE, REVIEWER.user_id))
    decided(flag.id, OTHER)
    assert [(each.step, each.words, each.by) for each in review_steps(owed.pk)] == [
        ("harmless", "A family.", REVIEWER.label),
        ("cleared", "A family.", OTHER.label),
    ]
    hold.refresh_from_db()
    assert hold.lifted_at == AT
    assert raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT) == 0
    with pytest.raises(FlagDecided):
        decided(flag.id, REVIEWER, confirmed=True)


@pytest.mark.django_db
def test_a_confirmed_doubt_keeps_the_claim_held() -> None:
    creditor = organisation(credit_code=CREDIT_CODE)
    debtor = person(kind="business")
    seal(kind="id_number", value=CREDIT_CODE, person_id=debtor.pk, at=AT)
    owed = claim(creditor=creditor, debtor=debtor)
    raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT)
    flag = Flag.objects.get(code="own-claim")

    decided(flag.pk, REVIEWER, confirmed=True)
    assert Hold.objects.filter(claim=owed, lifted_at__isnull=True).exists()


@pytest.mark.django_db
def test_any_confirmed_doubt_stops_the_release_until_somebody_else_clears_it() -> None:
    owed = claim(state="submitted", principal=5_000_000)
    papers(owed)
    raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT)
    flag = Flag.objects.get(code="round-amount")
    assert claim_view(owed.pk).blockers == []
    decided(flag.pk, REVIEWER, confirmed=True)
    assert claim_view(owed.pk).blockers == [str(FLAG_CONFIRMED)]
    with pytest.raises(NotVerifiable):
        release(claim_id=owed.pk, actor=OTHER, at=AT)
    # It proved wrong: two persons lift it, and the first may be who confirmed it.
    assert decided(flag.pk, REVIEWER).state == "confirmed"
    with pytest.raises(FlagSecondPerson):
        decided(flag.pk, REVIEWER)
    with pytest.raises(FlagNoteMissing):
        decided(flag.pk, OTHER, note="ok")
    assert claim_view(owed.pk).blockers
    decided(flag.pk, OTHER)
    told = Review.objects.filter(claim=owed).order_by("at", "id").values_list("step", flat=True)
    assert list(told) == ["doubted", "harmless", "cleared"]
    assert release(claim_id=owed.pk, actor=OTHER, at=AT).state == "challenge"


@pytest.mark.django_db
def test_somebody_else_than_who_confirmed_it_does_not_lift_it_alone() -> None:
    owed = claim(state="submitted", principal=5_000_000)
    raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT)
    flag = Flag.objects.get()
    decided(flag.pk, REVIEWER, confirmed=True)
    assert decided(flag.pk, OTHER).state == "confirmed"
    assert Hold.objects.filter(claim=owed, lifted_at__isnull=True).exists()
    assert decided(flag.pk, REVIEWER).state == "cleared"
    assert not Hold.objects.filter(claim=owed, lifted_at__isnull=True).exists()


@pytest.mark.django_db
def test_what_was_confirmed_before_it_held_anything_is_held_by_the_daily_look() -> None:
    old, over, cleared = (claim(state="submitted", principal=5_000_000) for _ in range(3))
    raise_flags(claim_ids=[old.pk, over.pk, cleared.pk], actor=JOB, at=AT)
    Flag.objects.exclude(claim=cleared).update(state="confirmed", decided_at=AT)
    Claim.objects.filter(pk=over.pk).update(state="withdrawn")
    for _ in range(2):
        look_around()
        held = Hold.objects.filter(kind="flag").values_list("claim_id", "lifted_at")
        assert list(held) == [(old.pk, None)]
    assert claim_view(old.pk).blockers
    flag = Flag.objects.get(claim=old)
    decided(flag.pk, REVIEWER)
    decided(flag.pk, OTHER)
    look_around()
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


@pytest.mark.django_db
def test_a_doubt_that_is_not_grave_is_cleared_by_one_person() -> None:
    owed = claim(state="submitted", principal=5_000_000)
    raise_flags(claim_ids=[owed.pk], actor=JOB, at=AT)
    assert decided(Flag.objects.get().pk, REVIEWER).state == "cleared"


@pytest.mark.django_db
def test_a_contract_outside_every_licence_is_doubted() -> None:
    creditor = organisation()
    Licence.objects.create(
        organisation=creditor,
        kind="lending",
        number="L-1",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
    )
    early = claim(creditor=creditor, contract_on=date(2025, 12, 31))
    inside = claim(creditor=creditor, contract_on=date(2026, 1, 1))
    raise_flags(claim_ids=[early.pk, inside.pk], actor=JOB, at=AT)
    assert list(Flag.objects.values_list("claim_id", "code")) == [(early.pk, "unlicensed")]


@pytest.mark.django_db
def test_only_reviewers_decide_and_only_what_exists() -> None:
    with pytest.raises(NoSuchFlag):
        decide_flag(flag_id=new_id(), confirmed=True, actor=REVIEWER, at=AT)
    for role in (Role.CREDITOR, Role.COLLECTOR, Role.DEBTOR, Role.OPERATOR, Role.REGULATOR):
        with pytest.raises(NotPermitted):
            decide_flag(flag_id=new_id(), confirmed=True, actor=Actor(role=role), at=AT)


@pytest.mark.django_db
def test_facts_of_many_claims_cost_as_many_queries_as_of_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creditor = organisation(credit_code=CREDIT_CODE)
    many = [claim(creditor=creditor).pk for _ in range(5)]
    with CaptureQueriesContext(connection) as one:
        facts(many[:1])
    with django_assert_num_queries(len(one)):
        facts(many)
    assert score(claim_id=new_id(), on=AT.date()) is None


NOTE: dict[str, Any] = {"state": "submitted", "contract_on": date(2025, 6, 1)}


@pytest.mark.django_db
def test_one_note_under_two_numbers_waits_for_a_person() -> None:
    first = claim(**NOTE)
    twin = {**NOTE, "creditor": first.creditor, "debtor": first.debtor}
    again = claim(**twin, created_at=first.created_at + timedelta(hours=1))
    raise_flags(claim_ids=[first.pk, again.pk], actor=JOB, at=AT)
    assert [each.code for each in flags(again.pk)] == ["entered-twice"]
    assert flags(first.pk) == []
    assert list(Hold.objects.values_list("claim", flat=True)) == [again.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-30, -1, 1, 30])
def test_a_slip_in_a_day_does_not_hide_the_same_note(days: int) -> None:
    first = claim(**NOTE)
    near = {
        "contract_on": NOTE["contract_on"] + timedelta(days),
        "due_on": first.due_on - timedelta(days),
        "created_at": first.created_at + timedelta(hours=1),
    }
    again = claim(**{**NOTE, "creditor": first.creditor, "debtor": first.debtor, **near})
    raise_flags(claim_ids=[first.pk, again.pk], actor=JOB, at=AT)
    assert [each.code for each in flags(again.pk)] == ["entered-twice"]
    assert flags(first.pk) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"due_on": date(2027, 9, 1)},
        {"contract_on": date(2025, 7, 2)},
        {"contract_on": None},
        {"principal": 99_999},
        {"product": "credit_card"},
        {"state": "withdrawn"},
    ],
)
def test_another_debt_of_the_same_person_is_no_double(other: dict[str, Any]) -> None:
    first = claim(**(NOTE | other))
    twin = {**NOTE, "creditor": first.creditor, "debtor": first.debtor}
    again = claim(**twin, created_at=first.created_at + timedelta(hours=1))
    raise_flags(claim_ids=[again.pk], actor=JOB, at=AT)
    assert flags(again.pk) == []
