"""Who kept a plan is told what is left and why; and what a plan asks is told before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test import Client

from qinghe.casework.models import Instalment, Plan
from qinghe.claims.models import Claim
from qinghe.kernel.actor import system
from qinghe.parties.services import issue_door_code
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.services import post_payment
from tests.portal.conftest import ANSWER, NOON, World
from tests.portal.test_debit import running
from tests.portal.test_plain_words import page, plan


def pay(world: World, amount: int, reference: str, at: datetime) -> None:
    post_payment(
        claim_id=world.claim.pk, amount=amount, currency="CNY", paid_on=at.date(),
        source="creditor", reference=reference, actor=system("tests"), at=at,
    )  # fmt: skip


def kept(world: World, time_machine: object) -> datetime:
    """Pay every instalment on its day; return the moment of the last."""
    running(world)
    at = NOON
    for part in Instalment.objects.order_by("seq"):
        at = NOON + (part.due_on - NOON.date())
        time_machine.move_to(at, tick=False)  # type: ignore[attr-defined]
        pay(world, part.amount, f"part {part.seq}", at)
    return at


def enter(client: Client, world: World, at: datetime) -> Client:
    """Open the door with a code of that day."""
    code = issue_door_code(person_id=world.person.pk, actor=system("tests"), at=at)
    client.cookies["django_language"] = "en"
    assert client.post("/d/", {"code": code, "answer": ANSWER}).status_code == 302
    return client


def test_what_a_kept_plan_leaves_is_told_and_paid_with_one_press(
    client: Client, world: World, time_machine: object
) -> None:
    last = kept(world, time_machine)
    assert Plan.objects.get().state == "completed"
    left = Claim.objects.get(pk=world.claim.pk).owed
    # 1,500.00 at 12 %, what is paid going to the principal last: as foretold, to the cent or so.
    assert abs(left - 5_001) <= 2
    enter(client, world, last)
    for where in ("", "plan/"):
        text = page(client, world, where)
        said = f"{left / 100:.2f}\u00a0yuan is left on this claim: the interest for late payment"
        assert said in text, where
        assert 'data-test="quiet-until"' in text, where
        assert "until the end of 22\u00a0June 2027 nobody contacts you" in text, where
        assert "paid in full" not in text, where
    assert "at most 3 answered" not in page(client, world)
    key = text.partition('name="request_key" value="')[2].partition('"')[0]
    sent = {"part_of": "all", "request_key": key}
    answer = client.post(f"/d/claims/{world.claim.pk}/pay/", sent)
    assert answer.status_code == 302
    assert CashierOrder.objects.get().amount == left
    # Afterwards nothing is said of a quiet that is over.
    over = last + timedelta(days=31)
    time_machine.move_to(over, tick=False)  # type: ignore[attr-defined]
    text = page(enter(client, world, over), world)
    assert "is left on this claim" in text
    assert "quiet-until" not in text


def test_a_plan_tells_what_it_comes_to_and_what_a_late_payment_does(
    inside: Client, world: World, time_machine: object
) -> None:
    before = plan(inside, world, monthly="300")
    running(world)
    for text in (before, page(inside, world, "plan/")):
        assert "The payments come to 1,570.85\u00a0yuan together." in text
        assert "It is not in this table." in text
        assert "it is about 50.01\u00a0yuan until 23\u00a0May 2027" in text
        assert "A payment is in time until 3 days after its day." in text
        assert "the plan stops and you may be contacted again" in text


def test_the_interest_of_a_running_plan_counts_what_has_grown_already(
    inside: Client, world: World, time_machine: object
) -> None:
    running(world)
    at = NOON + timedelta(days=30)
    time_machine.move_to(at, tick=False)  # type: ignore[attr-defined]
    pay(world, 30_000, "first", at)
    text = page(enter(inside, world, at), world, "plan/")
    assert "it is about 50.01\u00a0yuan until 23\u00a0May 2027" in text
