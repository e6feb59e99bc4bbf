"""Versions of the operator's own pack: two persons, dates, and the gate that obeys them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.services import lift_hold, place_hold
from qinghe.contact.models import HousePack
from qinghe.contact.queries.budget import budget
from qinghe.contact.queries.house import house_pack, house_packs
from qinghe.contact.queries.situation import situation_of
from qinghe.contact.refusals import (
    HouseLoosens,
    HouseMoved,
    HouseNotReplayed,
    HouseTaken,
    HouseUnreadable,
    MomentTooEarly,
    NeedsAPerson,
    SamePersonTwice,
)
from qinghe.contact.services import (
    approve_house,
    ask_house_end,
    draft_house,
    grant_house_end,
    hand_over_house,
    keep_replay,
    withdraw_house,
)
from qinghe.contact.services.sending import send
from qinghe.contact.terms import AttemptState, HouseState
from qinghe.journal.models import Entry
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties.roles import NotPermitted
from tests.contact.conftest import Case
from tests.factories import AT
from tests.races import race

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEFORE = AT - DAY
TWO_TALKS = {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 2}]}
ONE_MESSAGE = {"tighten": [{"rule": "PLT-MSG-01", "parameter": "max", "value": 1}]}
REPLAY = {"since": "", "asked": 0}


def officer(role: Role = Role.COMPLIANCE) -> Actor:
    return Actor(role, user_id=new_id())


def waiting(content: Any = TWO_TALKS, author: Actor | None = None, at: datetime = BEFORE) -> Any:
    actor = author or officer()
    pack = draft_house(title="Gentler", content=content, actor=actor, at=at)
    keep_replay(pack_id=pack.pk, replay=REPLAY, actor=actor, at=at)
    return hand_over_house(pack_id=pack.pk, actor=actor, at=at)


def approved(
    content: Any = TWO_TALKS, starts_at: datetime = AT - HOUR, at: datetime = BEFORE
) -> HousePack:
    pack = waiting(content, at=at)
    return approve_house(pack_id=pack.pk, starts_at=starts_at, actor=officer(Role.OPERATOR), at=at)


def test_a_version_in_force_refuses_and_names_itself(case: Case) -> None:
    pack = approved()
    for minute in range(2):
        assert case.ask(AT + minute * MINUTE).state == AttemptState.PERMITTED
    attempt = case.ask(AT + 2 * MINUTE)
    assert attempt.state == AttemptState.REFUSED
    assert attempt.rules[0] == "HSE-FRQ-01"
    assert attempt.pack.endswith(f" hse-{pack.number}")
    assert attempt.next_allowed_at == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert Entry.objects.get(kind="contact.refused").pack == attempt.pack


def test_a_version_binds_from_its_first_moment_until_its_last(case: Case) -> None:
    pack = approved(starts_at=AT + HOUR)
    asker, granter = officer(), officer()
    ask_house_end(pack_id=pack.pk, ends_at=AT + 2 * HOUR, actor=asker, at=AT)
    grant_house_end(pack_id=pack.pk, ends_at=AT + 2 * HOUR, actor=granter, at=AT)
    claim = case.claim
    numbers = [
        situation_of(claim=claim, mandate=case.mandate, at=at).house.number
        for at in (AT + HOUR - MINUTE / 60, AT + HOUR, AT + 2 * HOUR - MINUTE / 60, AT + 2 * HOUR)
    ]
    assert numbers == [0, pack.number, pack.number, 0]


def test_the_facts_are_still_read_in_one_trip(
    case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approved()
    # The claim's creditor and the mandate's collector come with them.
    situation_of(claim=case.claim, mandate=case.mandate, at=AT)
    with django_assert_num_queries(1):
        assert situation_of(claim=case.claim, mandate=case.mandate, at=AT).house


def test_a_version_that_begins_between_asking_and_sending_stops_the_sending(case: Case) -> None:
    *_, attempt = [case.ask(AT + minute * MINUTE) for minute in range(3)]
    assert attempt.state == AttemptState.PERMITTED
    approved(starts_at=AT + 5 * MINUTE)
    assert send(attempt_id=attempt.pk, at=AT + 6 * MINUTE) == AttemptState.CANCELLED
    attempt.refresh_from_db()
    assert "HSE-FRQ-01" in attempt.rules


def test_the_budget_shows_the_stricter_figure(case: Case) -> None:
    approved({**TWO_TALKS, "tighten": [*TWO_TALKS["tighten"], *ONE_MESSAGE["tighten"]]})
    case.reach(AT, "sms")
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=AT + HOUR)
    talks = next(a for a in view.allowances if a.name == "cn_talks_today")
    sent = next(a for a in view.allowances if a.name == "person_messages_today")
    assert (talks.rule, talks.limit, talks.remaining) == ("HSE-FRQ-01", 2, 2)
    assert (sent.rule, sent.limit, sent.remaining) == ("HSE-MSG-01", 1, 0)
    assert not view.channel("letter").allowed


def test_the_budget_shows_the_shorter_hours_and_closed_days(case: Case) -> None:
    hours = [
        {"rule": "CN-WIN-01", "parameter": "open", "value": "09:30"},
        {"rule": "CN-WIN-01", "parameter": "close", "value": "20:00"},
    ]
    approved({"tighten": hours, "close": [{"from": "2026-11-24", "until": "2026-11-25"}]})
    view = budget(claim_id=case.claim.pk, actor=case.collector, at=AT)
    assert view.open_windows == (
        (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)),
    )
    closed = budget(claim_id=case.claim.pk, actor=case.collector, at=AT + DAY)
    assert closed.open_windows == ()
    assert closed.channel("voice").next_allowed_at == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def test_quiet_days_follow_a_hold(case: Case) -> None:
    approved({"tighten": [{"rule": "PLT-HLD-01", "parameter": "rest_days", "value": 5}]})
    hold = place_hold(
        person_id=case.claim.debtor_id,
        claim_id=None,
        kind="hardship",
        cause="hardship:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
    lift_hold(cause=hold.cause, actor=system("test"), at=AT + HOUR)
    attempt = case.ask(AT + 2 * HOUR)
    assert attempt.rules == ["HSE-HLD-01"]
    assert attempt.next_allowed_at == AT + HOUR + 5 * DAY
    assert case.ask(AT + HOUR + 5 * DAY).state == AttemptState.PERMITTED


@pytest.mark.django_db
def test_nothing_can_be_loosened() -> None:
    loose = {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 4}]}
    with pytest.raises(HouseLoosens) as refused:
        draft_house(title="More", content=loose, actor=officer(), at=AT)
    assert refused.value.facts == {
        "rule": "CN-FRQ-01",
        "parameter": "max",
        "lawful": "3",
        "bound": "1",
        "asked": 4,
    }
    with pytest.raises(HouseUnreadable):
        draft_house(title="Nothing", content={}, actor=officer(), at=AT)
    assert not HousePack.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.CREDITOR, Role.REVIEWER, Role.REGULATOR])
def test_nobody_else_may_write_house_rules(role: Role) -> None:
    with pytest.raises(NotPermitted):
        draft_house(title="Mine", content=TWO_TALKS, actor=officer(role), at=AT)
    approved()
    assert house_packs(actor=officer(role), at=AT) == []


@pytest.mark.django_db
def test_no_program_decides_about_house_rules() -> None:
    with pytest.raises(NeedsAPerson):
        draft_house(title="Job", content=TWO_TALKS, actor=system("job"), at=AT)
    pack = waiting()
    with pytest.raises(NeedsAPerson):
        approve_house(pack_id=pack.pk, starts_at=AT, actor=system("job"), at=BEFORE)


@pytest.mark.django_db
def test_the_author_cannot_approve_in_any_role() -> None:
    author = officer()
    pack = waiting(author=author)
    for role in (Role.COMPLIANCE, Role.OPERATOR):
        with pytest.raises(SamePersonTwice):
            approve_house(
                pack_id=pack.pk, starts_at=AT, actor=Actor(role, author.user_id), at=BEFORE
            )


@pytest.mark.django_db
@pytest.mark.parametrize("made_by", ["membership-added", "user-created", "password-set"])
def test_whoever_made_the_other_cannot_approve(made_by: str) -> None:
    author, made = officer(), officer(Role.OPERATOR)
    record(kind=f"parties.{made_by}", subject=f"user:{made.user_id}", actor=author, at=BEFORE)
    pack = waiting(author=author)
    with pytest.raises(SamePersonTwice):
        approve_house(pack_id=pack.pk, starts_at=AT, actor=made, at=BEFORE)


@pytest.mark.django_db
def test_the_database_itself_keeps_two_persons_and_one_version_at_a_time() -> None:
    first = approved()
    for field in ({"approver": first.author}, {"approved_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HousePack.objects.filter(pk=first.pk).update(**field)
    who = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        HousePack.objects.filter(pk=first.pk).update(end_asked_by=who, end_granted_by=who)
    second = waiting(ONE_MESSAGE)
    with pytest.raises(IntegrityError), transaction.atomic():
        HousePack.objects.filter(pk=second.pk).update(
            state=HouseState.APPROVED, approver=new_id(), approved_at=BEFORE, starts_at=AT
        )


@pytest.mark.django_db
def test_nothing_begins_in_the_past_nor_at_once() -> None:
    pack = waiting()
    for moment in (BEFORE - DAY, BEFORE, BEFORE + MINUTE - MINUTE / 60):
        with pytest.raises(MomentTooEarly):
            approve_house(pack_id=pack.pk, starts_at=moment, actor=officer(), at=BEFORE)
    approve_house(pack_id=pack.pk, starts_at=BEFORE + MINUTE, actor=officer(), at=BEFORE)


@pytest.mark.django_db
def test_a_draft_is_replayed_before_it_is_handed_over() -> None:
    actor = officer()
    pack = draft_house(title="Gentler", content=TWO_TALKS, actor=actor, at=BEFORE)
    with pytest.raises(HouseNotReplayed):
        hand_over_house(pack_id=pack.pk, actor=actor, at=BEFORE)
    with pytest.raises(HouseMoved):
        approve_house(pack_id=pack.pk, starts_at=AT, actor=officer(), at=BEFORE)
    withdraw_house(pack_id=pack.pk, actor=actor, at=BEFORE)
    with pytest.raises(HouseMoved):
        keep_replay(pack_id=pack.pk, replay=REPLAY, actor=actor, at=BEFORE)


@pytest.mark.django_db
def test_a_new_version_replaces_the_one_in_force() -> None:
    old = approved()
    new = approved(ONE_MESSAGE, starts_at=AT + HOUR, at=AT)
    old.refresh_from_db()
    assert old.ends_at == new.starts_at
    stages = {row.number: row.stage for row in house_packs(actor=officer(), at=AT)}
    assert stages == {old.number: "active", new.number: "coming"}
    assert house_pack(pack_id=old.pk, actor=officer(), at=AT + HOUR).stage == "ended"
    with pytest.raises(HouseTaken):
        approved(starts_at=AT + MINUTE, at=AT)


@pytest.mark.django_db
def test_an_end_takes_two_persons_and_lies_ahead() -> None:
    pack, asker = approved(), officer()
    with pytest.raises(HouseMoved):
        grant_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=asker, at=AT)
    with pytest.raises(MomentTooEarly):
        ask_house_end(pack_id=pack.pk, ends_at=AT, actor=asker, at=AT)
    ask_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=asker, at=AT)
    assert house_pack(pack_id=pack.pk, actor=asker, at=AT).end_waits
    with pytest.raises(SamePersonTwice):
        grant_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=asker, at=AT)
    with pytest.raises(MomentTooEarly):
        grant_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=officer(), at=AT + HOUR)
    grant_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=officer(), at=AT + MINUTE)
    assert house_pack(pack_id=pack.pk, actor=asker, at=AT + HOUR).stage == "ended"
    kinds = Entry.objects.filter(subject=f"house-pack:{pack.pk}").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "contact.house-drafted",
        "contact.house-replayed",
        "contact.house-handed-over",
        "contact.house-approved",
        "contact.house-end-asked",
        "contact.house-ended",
    ]


@pytest.mark.django_db
def test_an_end_moved_after_it_was_read_is_not_granted() -> None:
    pack, asker = approved(), officer()
    ask_house_end(pack_id=pack.pk, ends_at=AT + 9 * DAY, actor=asker, at=AT)
    ask_house_end(pack_id=pack.pk, ends_at=AT + HOUR, actor=asker, at=AT)
    with pytest.raises(HouseMoved):
        grant_house_end(pack_id=pack.pk, ends_at=AT + 9 * DAY, actor=officer(), at=AT)


@pytest.mark.django_db
def test_an_end_asked_for_never_prolongs_what_was_replaced() -> None:
    pack = approved()
    ask_house_end(pack_id=pack.pk, ends_at=AT + 9 * DAY, actor=officer(), at=AT)
    approved(ONE_MESSAGE, starts_at=AT + DAY, at=AT)
    with pytest.raises(HouseMoved):
        grant_house_end(pack_id=pack.pk, ends_at=AT + 9 * DAY, actor=officer(), at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_eight_approvals_at_once_for_one_moment_one_wins() -> None:
    packs = [waiting() for _ in range(8)]

    def approve(pack: HousePack) -> str:
        try:
            approve_house(pack_id=pack.pk, starts_at=AT, actor=officer(), at=BEFORE)
        except DomainError as refusal:
            return refusal.code
        return "approved"

    answers = race(packs, approve)
    assert sorted(answers) == ["approved", *["contact.house-taken"] * 7]


def test_a_house_closed_until_the_end_of_the_calendar_refuses_and_does_not_fail(case: Case) -> None:
    approved({"close": [{"from": "2026-11-20", "until": "9999-12-31"}]})
    attempt = case.ask(AT)
    assert (attempt.rules, attempt.next_allowed_at) == (["HSE-DAY-01"], None)
