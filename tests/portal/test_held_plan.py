"""What a debtor reads of a plan while contact is paused, and after a pause was granted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from qinghe.casework.models import Hardship
from qinghe.casework.services import ask_hardship, decide_hardship, decide_plan, propose_plan
from qinghe.claims.services import open_dispute, withdraw_dispute
from qinghe.kernel.actor import Actor, Role
from qinghe.settlement.services import plan_debits
from tests.factories import actor
from tests.portal.conftest import ANSWER, NOON, World
from tests.portal.test_debit import FIELDS, running
from tests.shown import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def debtor(world: World) -> Actor:
    return Actor(Role.DEBTOR, person_id=world.claim.debtor_id)


def test_the_pages_say_what_becomes_of_the_plan(inside: Client, world: World) -> None:
    place = f"/d/claims/{world.claim.pk}/"
    for page in ("hardship/", "contest/"):
        assert 'data-test="plan-stays"' not in inside.get(place + page).text
    running(world)
    for page in ("hardship/", "contest/"):
        assert 'data-test="plan-stays"' in inside.get(place + page).text
    assert 'data-test="plan-held"' not in inside.get(place + "plan/").text
    said = inside.post(
        place + "hardship/", {"statement": "ill", "request_key": "h1"}, follow=True
    ).text
    assert Hardship.objects.exists()
    assert 'data-test="plan-stays"' in said
    assert "3 days after the answer" in said, said
    assert 'data-test="plan-held"' in inside.get(place + "plan/").text


def test_who_contests_reads_that_the_plan_stays(
    inside: Client, world: World, debtor: Actor
) -> None:
    running(world)
    open_dispute(claim_id=world.claim.pk, reason="amount", statement="", actor=debtor, at=NOON)
    place = f"/d/claims/{world.claim.pk}/"
    for page in ("", "contest/", "sent/contest/"):
        assert 'data-test="plan-stays"' in inside.get(place + page).text, page


def test_a_granted_pause_shows_the_new_days(inside: Client, world: World, debtor: Actor) -> None:
    running(world)
    asked = ask_hardship(claim_id=world.claim.pk, statement="", actor=debtor, at=NOON)
    decide_hardship(
        hardship_id=asked.pk,
        granted=True,
        pause_until=date(2027, 2, 28),
        actor=actor(Role.CREDITOR, world.claim.creditor),
        at=NOON,
    )
    place = f"/d/claims/{world.claim.pk}/"
    page = inside.get(place + "plan/").text.replace("\xa0", " ")
    assert 'data-test="plan-held"' in page
    assert "23 March 2027" in page
    assert "23 December 2026" not in page
    # Nothing falls into the pause, so nothing is to be paid in the days after it.
    assert "due after the pause" in page
    assert "days more after it" not in page
    assert "23 March 2027" in inside.get(place + "hardship/").text.replace("\xa0", " ")


def test_after_the_pause_the_page_says_until_when(
    inside: Client, world: World, debtor: Actor, time_machine: object
) -> None:
    plan = running(world)
    open_dispute(claim_id=world.claim.pk, reason="amount", statement="", actor=debtor, at=NOON)
    over = NOON + timedelta(days=40)
    withdraw_dispute(claim_id=world.claim.pk, actor=debtor, at=over)
    assert plan.first_due_on < over.date()
    time_machine.move_to(over, tick=False)  # type: ignore[attr-defined]
    inside.post("/d/", {"code": world.code, "answer": ANSWER})
    page = inside.get(f"/d/claims/{world.claim.pk}/plan/").text.replace("\xa0", " ")
    assert 'data-test="late-by"' in page
    assert "5 January 2027" in page
    assert 'data-test="plan-held"' not in page


def test_who_plans_anew_reads_that_the_debit_ends(inside: Client, world: World) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/"
    inside.post(place + "debit/", {**FIELDS, **fields_of(inside, place + "debit/")})
    for words in ("debit-ends", "debit-replaced"):
        assert words not in inside.get(place + "plan/").text
    assert 'data-test="debit-ends"' in inside.get(place + "plan/?anew").text
    sent = {"monthly": "200", "choice": "other", "rhythm": "equal", "request_key": "k2"}
    assert 'data-test="debit-ends"' in inside.post(place + "plan/check/", sent).text
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    later = NOON + timedelta(minutes=1)
    new = propose_plan(claim_id=world.claim.pk, monthly=20_000, actor=debtor, at=later)
    for page in ("plan/", "sent/plan/"):
        assert 'data-test="debit-ends"' in inside.get(place + page).text, page
    creditor = actor(Role.CREDITOR, world.claim.creditor)
    decide_plan(plan_id=new.pk, agreed=True, actor=creditor, at=later)
    for _night in range(2):
        page = inside.get(place + "debit/").text
        assert 'data-test="debit-running"' not in page
        assert "for your earlier plan" in page
        assert 'data-test="debit-allow"' in page
        assert 'data-test="debit-replaced"' in inside.get(place + "plan/").text
        plan_debits(at=NOON + timedelta(days=1))
