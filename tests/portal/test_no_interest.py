"""In a pause without interest no page tells that it grows; each says when it does again."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from qinghe.casework.services import ask_hardship, decide_hardship
from qinghe.kernel.actor import Actor, Role
from tests.factories import actor
from tests.portal.conftest import NOON, World
from tests.portal.test_debit import running

AGAIN = date(2027, 2, 15)
SAID = "15 February 2027"


@pytest.fixture
def debtor(world: World) -> Actor:
    return Actor(Role.DEBTOR, person_id=world.claim.debtor_id)


@pytest.fixture
def base(world: World) -> str:
    return f"/d/claims/{world.claim.pk}/"


def pause(world: World, debtor: Actor, no_interest: bool = True) -> None:
    asked = ask_hardship(claim_id=world.claim.pk, statement="", actor=debtor, at=NOON)
    decide_hardship(
        hardship_id=asked.pk,
        granted=True,
        pause_until=AGAIN,
        no_interest=no_interest,
        actor=actor(Role.CREDITOR, world.claim.creditor),
        at=NOON,
    )


def text(inside: Client, path: str) -> str:
    return inside.get(path).text.replace("\xa0", " ")


def test_the_claim_page_says_when_interest_grows_again(
    inside: Client, world: World, debtor: Actor, base: str
) -> None:
    assert "goes on: about 0.49 yuan a day" in text(inside, base)
    pause(world, debtor)
    page = text(inside, base)
    assert "goes on: about" not in page
    assert f"Now no interest grows. From {SAID} on it grows again, by about 0.49 yuan" in page


def test_the_hardship_page_says_that_interest_has_stopped(
    inside: Client, world: World, debtor: Actor, base: str
) -> None:
    pause(world, debtor)
    page = text(inside, base + "hardship/")
    assert "Interest goes on as before" not in page
    assert f"No interest grows before {SAID}" in page
    assert 'data-test="no-interest"' in page


def test_with_interest_the_hardship_page_says_that_too(
    inside: Client, world: World, debtor: Actor, base: str
) -> None:
    pause(world, debtor, no_interest=False)
    page = text(inside, base + "hardship/")
    assert "Interest goes on as before" in page
    assert "No interest grows" not in page


def test_a_plan_counts_no_interest_of_the_pause(
    inside: Client, world: World, debtor: Actor, base: str
) -> None:
    running(world)
    before = inside.get(base + "plan/").context["terms"].late
    pause(world, debtor)
    page = inside.get(base + "plan/")
    # The first payment is 8 days behind the pause instead of 30 days ahead: 0.49 a day less.
    assert page.context["rows"][0].due_on == date(2027, 2, 23)
    assert before - 1_300 < page.context["terms"].late < before - 1_000
    assert "goes on meanwhile" not in page.text
    assert f"From {SAID} on it grows again" in page.text.replace("\xa0", " ")


def test_the_booking_of_the_stop_names_both_days_and_no_debtor(
    inside: Client, world: World, debtor: Actor, base: str
) -> None:
    pause(world, debtor)
    page = text(inside, base + "lines/")
    assert "from 23 November 2026 to 14 February 2027, that day included" in page
    assert "because you are in difficulty" in page
    assert "Hardship of the debtor" not in page
