"""What doing nothing costs is said where something was agreed, and of which claim a rest is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from qinghe.casework.models import Plan
from qinghe.casework.refusals import PlanContested
from qinghe.casework.services import make_promise, propose_plan
from qinghe.claims.services import withdraw_dispute
from qinghe.settlement.models import Payment
from tests.portal.conftest import NOON, World
from tests.portal.test_answers import send
from tests.portal.test_debit import running
from tests.portal.test_kept_plan import enter, pay
from tests.portal.test_plain_words import page
from tests.portal.test_taken_back import contested, debtor, proposed
from tests.settlement.test_reversal import reverse

pytestmark = pytest.mark.django_db


def words(client: Client, world: World, way: str = "") -> str:
    return page(client, world, way).replace("\xa0", " ")


def test_a_running_plan_names_its_next_payment_and_what_a_miss_means(
    inside: Client, world: World
) -> None:
    assert 'data-test="idle-plan"' not in words(inside, world)
    running(world)
    text = words(inside, world)
    assert (
        "The next is 300.00 yuan, due on 23 December 2026; it is in time until 26 December 2026"
        in text
    )
    assert "the plan stops, and you may be contacted about this claim again" in text
    assert "While you keep your plan, nobody contacts you about this claim." in text
    assert "While this is paused" not in text
    assert "come back here later and choose then" not in text


def test_late_but_in_its_grace_it_says_until_when(
    inside: Client, world: World, time_machine: object
) -> None:
    running(world)
    at = NOON + timedelta(days=31)
    time_machine.move_to(at, tick=False)  # type: ignore[attr-defined]
    text = words(enter(inside, world, at), world)
    assert "300.00 yuan was due on 23 December 2026; you have until 26 December 2026" in text


def test_while_contact_is_paused_nothing_of_it_is_late(inside: Client, world: World) -> None:
    running(world)
    contested(world)
    text = words(inside, world)
    assert "While contact is paused it does not count as late; afterwards you have 3 days" in text
    assert "the plan stops, and you may be contacted" not in text


def test_a_promise_names_its_day_and_how_to_say_that_it_was_none(
    inside: Client, world: World
) -> None:
    assert 'data-test="idle-promise"' not in words(inside, world)
    make_promise(
        claim_id=world.claim.pk, amount=20_000, due_on=date(2026, 12, 1),
        actor=debtor(world), at=NOON,
    )  # fmt: skip
    text = words(inside, world)
    assert "you said you would pay 200.00 yuan by 1 December" in text
    assert "If it has not come by 4 December" in text
    assert "Tell us if you did not say so" in text
    contested(world)
    assert 'data-test="idle-promise"' not in words(inside, world)


def test_a_pause_is_about_this_claim(inside: Client, world: World) -> None:
    send(inside, f"claims/{world.claim.pk}/hardship/", statement="Out of work")
    text = words(inside, world)
    assert "While this is paused, nobody contacts you about this claim." in text
    assert "Contact about this claim is paused." in text
    # It was said: nothing asks for it again, and the page does not lead nowhere.
    assert 'data-test="hardship-waits"' in text
    assert "I cannot pay now" not in text
    for way in ("pay/", "plan/"):
        assert f"/d/claims/{world.claim.pk}/hardship/" not in words(inside, world, way), way
    again = words(inside, world, "hardship/")
    assert "You need not say it again." in again
    assert "as soon as you send it" not in again


def test_contesting_says_that_it_sets_a_proposal_aside(inside: Client, world: World) -> None:
    place = f"claims/{world.claim.pk}/contest/"
    assert 'data-test="sets-aside"' not in words(inside, world, "contest/")
    proposed(world)
    assert 'data-test="sets-aside"' in words(inside, world, "contest/")
    assert "Your proposal to pay in parts is set aside." in words(inside, world)
    thanks = inside.post(f"/d/{place}", {"reason": "paid", "request_key": "c1"}, follow=True).text
    assert Plan.objects.get().state == "withdrawn"
    assert 'data-test="set-aside"' in thanks
    for way in ("", "contest/"):
        assert 'data-test="set-aside"' in words(inside, world, way), way
    for way in ("", "plan/"):
        text = words(inside, world, way)
        assert "When you contested the claim, this proposal was set aside." in text, way
        assert "You have taken this proposal back." not in text, way


def test_who_took_it_back_alone_is_not_told_otherwise(inside: Client, world: World) -> None:
    proposed(world)
    inside.post(f"/d/claims/{world.claim.pk}/plan/back/")
    assert "You have taken this proposal back." in words(inside, world, "plan/")
    assert "set aside" not in words(inside, world, "plan/")


def test_while_it_is_contested_no_plan_is_taken(inside: Client, world: World) -> None:
    dispute = contested(world)
    place = f"/d/claims/{world.claim.pk}/"
    with pytest.raises(PlanContested):
        propose_plan(claim_id=world.claim.pk, monthly=30_000, actor=debtor(world), at=NOON)
    text = words(inside, world, "plan/")
    assert 'data-test="plan-contested"' in text
    assert 'data-test="plan-look"' not in text
    for way in ("check/", "send/"):
        body = {"monthly": "300", "choice": "other", "request_key": f"k{way}"}
        answer = inside.post(f"{place}plan/{way}", body)
        assert (answer.status_code, answer["Location"]) == (302, f"{place}plan/")
    assert not Plan.objects.exists()
    assert f'href="{place}plan/"' not in words(inside, world, "pay/")
    withdraw_dispute(claim_id=dispute.claim_id, actor=debtor(world), at=NOON)
    assert 'data-test="plan-look"' in words(inside, world, "plan/")
    assert proposed(world).state == "proposed"


def test_a_running_plan_is_not_replaced_meanwhile(inside: Client, world: World) -> None:
    running(world)
    assert 'data-test="plan-anew"' in words(inside, world, "plan/")
    contested(world)
    for way in ("plan/", "plan/?anew"):
        text = words(inside, world, way)
        assert 'data-test="plan-anew"' not in text
        assert 'data-test="no-anew"' in text


def test_a_payment_that_is_undone_gives_the_plan_back(
    inside: Client, world: World, time_machine: object
) -> None:
    running(world)
    pay(world, 157_085, "all", NOON)
    undone = NOON + timedelta(days=35)
    time_machine.move_to(undone, tick=False)  # type: ignore[attr-defined]
    client = enter(inside, world, undone)
    reverse(Payment.objects.get(), at=undone)
    text = words(client, world)
    assert 'data-test="plan-again"' in text
    assert "On 28 December 2026 a payment was taken back" in text
    assert "300.00 yuan was due on 23 December 2026; you have until 31 December 2026" in text
    table = words(client, world, "plan/")
    assert "You can still pay this one until 31 December" in table
    assert 'data-test="plan-status"' in table
