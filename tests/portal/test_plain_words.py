"""What a debtor reads is whole: how often the phone rings, what begins anew, what has ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from qinghe.casework.models import Hardship
from qinghe.casework.services import decide_hardship
from qinghe.contact.services import record_outcome, request_contact
from qinghe.contact.services.sending import send as carry
from qinghe.kernel.actor import Role
from qinghe.portal.fields import Amount
from qinghe.quality.models import Complaint
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_answers import send


def page(inside: Client, world: World, way: str = "") -> str:
    return inside.get(f"/d/claims/{world.claim.pk}/{way}").content.decode()


def contest(inside: Client, world: World, **said: str) -> str:
    body = {"request_key": uuid4().hex, "reason": "paid", **said}
    answer = inside.post(f"/d/claims/{world.claim.pk}/contest/", body, follow=True)
    return answer.content.decode()


def plan(inside: Client, world: World, **said: str) -> str:
    path = f"claims/{world.claim.pk}/plan/check/"
    return send(inside, path, choice="other", **said).content.decode()


def test_a_day_names_talks_and_how_often_the_phone_may_ring(inside: Client, world: World) -> None:
    assert "Calls: at most 3 answered, at most 6 dialled." in page(inside, world)
    collector = factories.actor(Role.COLLECTOR, world.collector)
    tried = request_contact(
        claim_id=world.claim.pk, channel="voice", template="reminder", actor=collector, at=NOON
    )
    carry(attempt_id=tried.pk, at=NOON)
    record_outcome(attempt_id=tried.pk, outcome="busy", actor=collector, at=NOON)
    assert "at most 3 answered, at most 5 dialled." in page(inside, world)


def test_what_lets_limitation_run_anew_is_said_where_it_is_done(
    inside: Client, world: World
) -> None:
    said = "may let the period of limitation run anew"
    for text in (
        page(inside, world, "pay/"),
        page(inside, world, "hardship/"),
        plan(inside, world, monthly="300"),
    ):
        assert said in text
    assert "does not mean that you agree" not in page(inside, world, "pay/")


@pytest.mark.parametrize("what", ["contest", "more", "hardship", "plan"])
def test_thanks_for_what_was_never_sent_leads_to_the_claim(
    inside: Client, world: World, what: str
) -> None:
    answer = inside.get(f"/d/claims/{world.claim.pk}/sent/{what}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/d/claims/{world.claim.pk}/")


def test_thanks_end_with_the_answer(inside: Client, world: World) -> None:
    send(inside, f"claims/{world.claim.pk}/hardship/", statement="Out of work")
    where = f"/d/claims/{world.claim.pk}/sent/hardship/"
    assert inside.get(where).status_code == 200
    Hardship.objects.update(state="declined", decided_at=NOON)
    assert inside.get(where).status_code == 302


def test_a_complaint_taken_back_is_not_called_answered(inside: Client, world: World) -> None:
    body = {"claim": str(world.claim.pk), "kind": "rude", "statement": "They shouted."}
    send(inside, "complain/", **body)
    where = f"/d/complaints/{Complaint.objects.get().pk}/"
    inside.post(f"{where}back/")
    text = inside.get(where).content.decode()
    assert "You have taken it back" in text
    assert "Taken back on" in text
    for false in ("We have answered", "Answered on", "We answer in writing by"):
        assert false not in text, false


def test_a_contested_claim_need_not_be_paid_and_its_pay_page_says_so(
    inside: Client, world: World
) -> None:
    said = "Until it is decided you need not pay."
    assert said not in page(inside, world, "pay/")
    contest(inside, world)
    assert said in page(inside, world, "pay/")


def test_a_pause_names_its_end_on_the_claim(inside: Client, world: World) -> None:
    send(inside, f"claims/{world.claim.pk}/hardship/", statement="Out of work")
    assert "That holds until" not in page(inside, world)
    decide_hardship(
        hardship_id=Hardship.objects.get().pk,
        granted=True,
        pause_until=(NOON + timedelta(days=28)).date(),
        actor=factories.actor(Role.CREDITOR, world.creditor),
        at=NOON,
    )
    assert "That holds until 21\u00a0December 2026, 00:00." in page(inside, world)


def test_the_least_a_month_stands_beside_the_field(inside: Client, world: World) -> None:
    # 1,570.85 over sixty months, rounded up.
    assert "At least 26.19\u00a0yuan if it is the same every month" in page(inside, world, "plan/")


def test_what_can_be_spared_is_named(inside: Client, world: World) -> None:
    text = plan(inside, world, monthly="300", income="1000", expenses="600")
    assert "200.00\u00a0yuan a month can go to this. Please enter no more" in text
    assert "none fits now" not in text


def test_means_below_every_plan_lead_to_the_pause(inside: Client, world: World) -> None:
    text = plan(inside, world, monthly="300", income="1000", expenses="960")
    assert "20.00\u00a0yuan a month can go to this" in text
    assert "at least 26.19\u00a0yuan a month, so none fits now" in text
    assert f"/d/claims/{world.claim.pk}/hardship/" in text


def test_a_plan_says_about_how_much_interest_comes_on_top(inside: Client, world: World) -> None:
    text = plan(inside, world, monthly="300")
    # 1,500.00 at 12 %, what is paid going to the principal last; six payments, the last in May.
    assert "it is about 50.01\u00a0yuan until 23\u00a0May 2027" in text


def test_the_hours_and_stop_all_name_every_way(inside: Client, world: World) -> None:
    assert "Calls and messages only between" in page(inside, world)
    text = inside.get("/d/wishes/").content.decode()
    assert "Nobody calls, texts, e-mails or visits you outside of them" in text
    assert "All calls, texts, e-mails, letters and visits about all claims stop" in text


@pytest.mark.parametrize("hide", [True, False])
def test_words_hidden_from_the_creditor_are_said_to_be(
    inside: Client, world: World, hide: bool
) -> None:
    hidden = {"hide": "on"} if hide else {}
    sent = contest(inside, world, statement="At the desk.", **hidden)
    own = page(inside, world, "contest/")
    assert ("Harbour Loans sees only the reason you chose" in sent) is hide
    assert ("The creditor does not see this." in own) is hide
    assert ("and Harbour Loans, which must answer you" in own) is not hide
    assert "As soon as you send it, contact stops" not in own


def test_who_reads_of_hardship_is_said_before_it_is_written(inside: Client, world: World) -> None:
    text = page(inside, world, "hardship/")
    before = text.partition('name="statement"')[0]
    assert "Harbour Loans, which answers you, and the platform’s officers." in before
    assert "Do not write where you live or work, or about your health" in before


@pytest.mark.parametrize("written", ["1e3", "1E3", "2e-1", "Infinity", "0x10", "1_000"])
def test_an_amount_is_written_in_digits(written: str) -> None:
    with pytest.raises(ValidationError, match=r"Enter a number"):
        Amount(currency="CNY", label="").clean(written)


@pytest.mark.parametrize("written", ["5,0", "100,50", "5，0", "100，50元", "1.260,50"])
def test_a_comma_is_never_taken_for_what_it_may_not_mean(written: str) -> None:
    with pytest.raises(ValidationError, match=r"like 1260\.50 or 1,260\.50"):
        Amount(currency="CNY", label="").clean(written)


@pytest.mark.parametrize("written", ["1,260.50", "1，260.50", "１２６０．５０元", "￥1260.5"])
def test_an_amount_is_read_as_people_write_it(written: str) -> None:
    assert Amount(currency="CNY", label="").clean(written) == 126_050


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"rhythm": "graduated", "step_months": "2"}, "step"),
        ({"rhythm": "graduated", "step": "20"}, "step_months"),
        ({"rhythm": "seasonal"}, "months"),
    ],
)
def test_what_a_rhythm_lacks_is_said_at_its_field(
    inside: Client, world: World, told: dict[str, str], field: str
) -> None:
    path = f"claims/{world.claim.pk}/plan/check/"
    answer = send(inside, path, choice="other", monthly="300", **told)
    assert list(answer.context["form"].errors) == [field]
