"""The copy of one's own data holds all that was agreed and asked for, and nothing of others."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qinghe.casework.models import CallBack, EarlyOffer, Hardship, Plan, Promise
from qinghe.casework.services import (
    ask_hardship,
    decide_early_offer,
    decide_hardship,
    decide_plan,
    make_early_offer,
    make_promise,
    propose_plan,
)
from qinghe.claims.days import day_of
from qinghe.claims.models import Hold
from qinghe.kernel.actor import Actor, Role
from qinghe.portal.arrangements import arrangements_of, parts_of
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_debit import running

LATER = NOON + timedelta(days=1)


def copy(client: Client, kind: str) -> str:
    return client.post("/d/papers/copy/", {"format": kind}).content.decode()


def debtor(world: World) -> Actor:
    return Actor(Role.DEBTOR, person_id=world.person.pk)


def creditor(world: World) -> Actor:
    return factories.actor(Role.CREDITOR, world.creditor)


def replaced_plan(world: World) -> Plan:
    """Let a plan run, and another come in its place; return the first."""
    first = running(world)
    second = propose_plan(claim_id=world.claim.pk, monthly=20_000, actor=debtor(world), at=LATER)
    decide_plan(plan_id=second.pk, agreed=True, actor=creditor(world), at=LATER)
    return first


def heard(world: World) -> None:
    said = ask_hardship(
        claim_id=world.claim.pk, statement="家里有人住院。", actor=debtor(world), at=NOON
    )
    decide_hardship(
        hardship_id=said.pk,
        granted=True,
        pause_until=day_of(NOON) + timedelta(days=30),
        actor=creditor(world),
        at=LATER,
    )


def offer(world: World, by: Actor, amount: int) -> EarlyOffer:
    return make_early_offer(
        claim_id=world.claim.pk,
        amount=amount,
        last_day=day_of(NOON) + timedelta(days=10),
        actor=by,
        at=NOON,
    )


def test_a_plan_that_was_replaced_stands_in_the_copy_beside_the_new_one(
    inside: Client, world: World
) -> None:
    replaced_plan(world)
    plans = json.loads(copy(inside, "json"))["plans"]
    assert [(row["state"], row["state_label"], row["monthly"]) for row in plans] == [
        ("replaced", "Replaced by a new plan", 30_000),
        ("active", "Running", 20_000),
    ]
    assert all(row["instalments"] for row in plans)
    read = copy(inside, "html")
    assert "Replaced by a new plan" in read
    assert "The same amount every month: 300.00\u00a0yuan" in read


def test_a_request_for_a_pause_stands_with_its_words_and_its_answer(
    inside: Client, world: World
) -> None:
    heard(world)
    content = json.loads(copy(inside, "json"))
    (asked,) = content["hardship_requests"]
    assert asked["statement"] == "家里有人住院。"
    assert asked["state_label"] == "Pause granted"
    assert asked["pause_until"] == "2026-12-23"
    assert "家里有人住院。" not in [row["value"] for row in content["texts"]]
    kinds = [(row["kind_label"], bool(row["lifted_at"])) for row in content["contact_pauses"]]
    assert kinds == [("you could not pay", True), ("you could not pay", False)]
    assert {row["claim_number"] for row in content["contact_pauses"]} == {world.claim.number}
    read = copy(inside, "html")
    assert "Paused until 23\u00a0December 2026" in read
    assert read.count("家里有人住院。") == 1


def test_offers_promises_and_agreed_calls_stand_in_it_also_when_they_are_over(
    inside: Client, world: World
) -> None:
    made = offer(world, creditor(world), 100_000)
    EarlyOffer.objects.filter(pk=made.pk).update(state="lapsed", ended_at=LATER)
    worker = factories.actor(Role.COLLECTOR, world.collector)
    promised = make_promise(
        claim_id=world.claim.pk,
        amount=5_000,
        due_on=date(2026, 11, 25),
        actor=debtor(world),
        at=NOON,
    )
    Promise.objects.filter(pk=promised.pk).update(state="broken", decided_at=LATER)
    CallBack.objects.create(
        claim=world.claim, mandate=world.mandate, planned_at=LATER, made_at=NOON, done_at=LATER
    )
    content = json.loads(copy(inside, "json"))
    (offered,) = content["early_offers"]
    assert (offered["amount"], offered["made_by_label"]) == (100_000, "Creditor")
    assert offered["state_label"] == "Over; nothing has changed"
    assert [row["state_label"] for row in content["promises"]] == ["Not kept"]
    assert len(content["agreed_calls"]) == 1
    read = copy(inside, "html")
    for words in ("Over; nothing has changed", "Not kept", "Agreed call", "1,000.00\u00a0yuan"):
        assert words in read, words
    # Who of the staff wrote or decided it is nobody's datum but theirs.
    for text in (json.dumps(content), read):
        assert str(worker.user_id) not in text
        assert made.author not in text


def test_what_the_creditor_never_agreed_to_offer_is_between_it_and_its_collector(
    inside: Client, world: World
) -> None:
    asked = offer(world, factories.actor(Role.COLLECTOR, world.collector), 90_000)
    assert asked.state == "asked"
    assert json.loads(copy(inside, "json"))["early_offers"] == []
    decide_early_offer(offer_id=asked.pk, agreed=True, actor=creditor(world), at=NOON)
    assert len(json.loads(copy(inside, "json"))["early_offers"]) == 1


def test_nothing_of_a_stranger_stands_in_it(inside: Client, world: World) -> None:
    other = Actor(Role.DEBTOR, person_id=world.stranger.pk)
    propose_plan(claim_id=world.strange.pk, monthly=50_000, actor=other, at=NOON)
    ask_hardship(claim_id=world.strange.pk, statement="别人的话", actor=other, at=NOON)
    content = json.loads(copy(inside, "json"))
    for part in ("plans", "early_offers", "hardship_requests", "promises", "contact_pauses"):
        assert content[part] == [], part
    for kind in ("json", "html"):
        assert world.strange.number not in copy(inside, kind)


def test_more_rows_are_no_more_queries(inside: Client, world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            rows = arrangements_of(world.person.pk, debtor(world))
            parts_of(rows, {}, {})
        return len(found)

    first = asked()
    _many(world)
    rows: dict[str, list[Any]] = parts_of(arrangements_of(world.person.pk, debtor(world)), {}, {})
    assert all(len(rows[part]) >= 3 for part in ("plans", "promises", "contact_pauses"))
    assert (first, asked()) == (6, 6)


def _many(world: World) -> None:
    replaced_plan(world)
    for n in range(3):
        Plan.objects.create(
            claim=world.other, state="declined", total=48_000, monthly=16_000, count=3,
            first_due_on=day_of(NOON), proposed_by="x", proposed_at=NOON + timedelta(days=n),
        )  # fmt: skip
        Promise.objects.create(
            claim=world.other, amount=100, due_on=day_of(NOON), paid_before=0, state="kept",
            made_at=NOON,
        )  # fmt: skip
        Hardship.objects.create(
            claim=world.other, person=world.person, state="declined", asked_at=NOON
        )
        Hold.objects.create(
            person=world.person, kind="complaint", cause=f"c:{n}", placed_at=NOON, lifted_at=LATER
        )


def test_the_page_says_what_the_copy_has_and_what_it_has_not(inside: Client, world: World) -> None:
    page = inside.get("/d/papers/").content.decode()
    assert "all plans, offers, promises and requests for a pause with their answers" in page
    assert "earlier plans" not in page
    assert "Not in this copy: the results that calls were marked with" in page


def test_it_says_in_the_persons_words_how_each_claim_stands(inside: Client) -> None:
    read = copy(inside, "html")
    assert "A collector may contact you about it" in read
    assert "Being worked" not in read
