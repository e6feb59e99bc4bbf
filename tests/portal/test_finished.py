"""A claim that is over: its answers can be read, and nothing is asked over nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.claims.services import decide_dispute, open_dispute
from qinghe.contact.models import Wish
from qinghe.kernel.actor import Actor, Role
from tests.factories import actor
from tests.portal.conftest import NOON, World

pytestmark = pytest.mark.django_db


def upheld(world: World, paid: int = 0) -> None:
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    said = open_dispute(
        claim_id=world.claim.pk, reason="amount", statement="", actor=debtor, at=NOON
    )
    Claim.objects.filter(pk=world.claim.pk).update(paid=paid)
    decide_dispute(
        dispute_id=said.pk,
        outcome="upheld",
        text="Nothing of it was proved.",
        correction=None,
        actor=actor(Role.COMPLIANCE),
        at=NOON,
    )


def test_the_answer_stands_on_the_page_of_the_ended_claim(inside: Client, world: World) -> None:
    upheld(world)
    page = inside.get(f"/d/claims/{world.claim.pk}/").text
    assert 'data-test="answered"' in page
    assert "Nothing of it was proved." in page
    assert 'data-test="paid-on-wrong"' not in page


def test_what_was_paid_on_a_wrong_claim_is_said(inside: Client, world: World) -> None:
    upheld(world, paid=22_345)
    page = inside.get(f"/d/claims/{world.claim.pk}/").text
    assert 'data-test="paid-on-wrong"' in page
    assert "223.45" in page


def test_a_finished_claim_asks_for_no_plan_and_no_pause(inside: Client, world: World) -> None:
    Claim.objects.filter(pk=world.claim.pk).update(state="withdrawn")
    place = f"/d/claims/{world.claim.pk}/"
    for page in ("plan/", "hardship/", "contest/"):
        answer = inside.get(place + page)
        assert (answer.status_code, answer["Location"]) == (302, place), page


def test_past_answers_stay_where_they_were(inside: Client, world: World) -> None:
    upheld(world)
    page = inside.get(f"/d/claims/{world.claim.pk}/contest/").text
    assert "Nothing of it was proved." in page
    assert 'data-test="contest-send"' not in page


def test_home_with_nothing_open_counts_nothing(inside: Client, world: World) -> None:
    assert 'data-test="none-open"' not in inside.get("/d/home/").text
    Claim.objects.filter(debtor=world.claim.debtor_id).update(state="withdrawn")
    page = inside.get("/d/home/").text
    assert 'data-test="none-open"' in page
    assert "0 amounts" not in page


def test_a_day_before_the_contract_is_asked_again(inside: Client, world: World) -> None:
    place = f"/d/claims/{world.claim.pk}/contest/"
    sent = {"reason": "paid", "paid_on": "1900-01-01", "request_key": "k"}
    page = inside.post(place, sent)
    assert page.status_code == 200
    assert page.context["form"].errors["paid_on"]


def test_a_claim_paid_while_contested_says_what_becomes_of_the_money(
    inside: Client, world: World
) -> None:
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    open_dispute(claim_id=world.claim.pk, reason="amount", statement="", actor=debtor, at=NOON)
    Claim.objects.filter(pk=world.claim.pk).update(
        principal=0, interest=0, costs=0, state="closed", closed_at=NOON, paid=22_345
    )
    page = inside.get(f"/d/claims/{world.claim.pk}/").text
    assert 'data-test="paid-contested"' in page
    assert 'data-test="ended"' not in page
    assert "223.45" in page
    assert "What turns out not to be owed is yours again" in page


def test_who_wants_no_contact_is_not_told_that_calls_may_come(inside: Client, world: World) -> None:
    Wish.objects.create(person=world.claim.debtor, kind="cease_all", at=NOON)
    page = inside.get(f"/d/claims/{world.claim.pk}/").text
    nothing = page.split('data-test="do-nothing"')[1].split("</section>")[0]
    assert "No calls, messages or visits come" in nothing
    assert "Calls and messages may come" not in nothing
