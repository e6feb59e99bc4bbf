"""A debtor allows a direct debit for a running plan, and ends it with one press."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.services import decide_plan, propose_plan
from qinghe.casework.services.plans import end_plan
from qinghe.casework.terms import PlanState
from qinghe.contact.services import request_contact
from qinghe.kernel.actor import Actor, Role, system
from qinghe.settlement.models import Debit, DebitMandate, DebitRun
from tests.factories import actor
from tests.portal.conftest import NOON, World
from tests.shown import fields_of

FIELDS = {
    "holder": "陈测试", "bank": "示例银行", "account": "6222 0000 1111 2223", "most": "600",
    "days_after": "2", "own": "on",
}  # fmt: skip


def running(world: World) -> Plan:
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    plan = propose_plan(claim_id=world.claim.pk, monthly=30_000, actor=debtor, at=NOON)
    creditor = actor(Role.CREDITOR, world.claim.creditor)
    return decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=NOON)


@pytest.mark.django_db
def test_without_a_running_plan_nothing_is_asked(inside: Client, world: World) -> None:
    page = inside.get(f"/d/claims/{world.claim.pk}/debit/").text
    assert 'data-test="debit-no-plan"' in page
    assert 'data-test="debit-allow"' not in page


@pytest.mark.django_db
def test_allowed_shown_masked_and_ended_with_one_press(inside: Client, world: World) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    assert 'data-test="debit-allow"' in inside.get(place).text
    low = inside.post(
        place, {**FIELDS, **fields_of(inside, place), "most": "1", "request_key": "k1"}
    )
    assert not DebitMandate.objects.exists()
    assert "300.00" in low.text
    page = inside.post(
        place, {**FIELDS, **fields_of(inside, place), "request_key": "k2"}, follow=True
    ).text
    given = DebitMandate.objects.get()
    assert (given.state, given.most, given.days_after) == ("active", 60_000, 2)
    assert 'data-test="debit-running"' in page
    assert "6222000011112223" not in page
    for shown in ("****2223", "陈测试", "2 days after the due day", 'data-test="only-here"'):
        assert shown in page
    # One press, nothing filled in, and the page says so at once.
    page = inside.post(place + "cancel/", follow=True).text
    given.refresh_from_db()
    assert given.state == "cancelled"
    assert 'data-test="debit-ended"' in page
    # Pressed twice it leads back, and says that there is nothing more to do.
    again = inside.post(place + "cancel/", follow=True)
    assert (again.status_code, again.redirect_chain) == (200, [(place, 302)])
    assert "No direct debit is running: nothing more was to be done." in again.text
    strange = f"/d/claims/{world.strange.pk}/debit/cancel/"
    assert inside.post(strange).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"holder": "李别人"}, "Only an account in your own name"),
        ({"account": "12345678"}, "cannot be an account number"),
        ({"account": "6222 0000 1111 2222"}, "cannot be an account number"),
        ({"account": "DE11 5001 0517 0000 0000 01"}, "cannot be an account number"),
        ({"own": ""}, "Only your own account can be used"),
    ],
)
def test_only_a_real_account_of_ones_own_is_taken(
    inside: Client, world: World, wrong: dict[str, str], words: str
) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    answer = inside.post(place, {**FIELDS, **fields_of(inside, place), **wrong, "request_key": "k"})
    page = answer.text
    assert words in page
    # It stands at its field, not over the form.
    assert list(answer.context["form"].errors) == list(wrong)
    assert not DebitMandate.objects.exists()
    # What was typed is kept.
    assert (wrong.get("account") or FIELDS["account"]) in page
    good = {"holder": "陈 测试", "account": "DE89 3704 0044 0532 0130 00"}
    inside.post(place, {**FIELDS, **fields_of(inside, place), **good, "request_key": "k3"})
    assert DebitMandate.objects.count() == 1


@pytest.mark.django_db
def test_the_form_asks_little_and_any_account_can_be_typed(inside: Client, world: World) -> None:
    running(world)
    page = inside.get(f"/d/claims/{world.claim.pk}/debit/").text
    assert 'value="300.00"' in page
    assert 'inputmode="numeric"' not in page.split('name="account"')[1].split(">")[0]
    assert "The next instalment is debited as usual, unless you cancel." in page


@pytest.mark.django_db
def test_what_the_bank_has_is_not_said_to_be_over(inside: Client, world: World) -> None:
    plan = running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    inside.post(place, {**FIELDS, **fields_of(inside, place), "request_key": "k2"})
    at_bank(plan)
    page = inside.get(place).text
    assert "Handed to the bank" in page
    page = inside.post(place + "cancel/", follow=True).text
    assert "You cancelled it." in page
    assert "all of it goes back to you" in page
    assert "Nothing is taken from your account any more." not in page
    Debit.objects.update(state="undue", answered_at=NOON)
    page = inside.get(place).text
    assert "Taken by mistake: it goes back to you" in page
    assert 'data-test="goes-back"' in page


@pytest.mark.django_db
def test_a_debit_that_came_back_says_until_when_to_pay(inside: Client, world: World) -> None:
    plan = running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    inside.post(place, {**FIELDS, **fields_of(inside, place), "request_key": "k2"})
    at_bank(plan)
    assert 'data-test="pay-by"' not in inside.get(f"/d/claims/{world.claim.pk}/plan/").text
    Debit.objects.update(state="returned", return_code="MS02", answered_at=NOON)
    page = inside.get(place).text
    assert "The bank says that the account holder refused it." in page
    for where in (place, f"/d/claims/{world.claim.pk}/plan/"):
        shown = inside.get(where).text
        assert (
            "This one could not be debited. Please pay it yourself by 26\xa0December 2026." in shown
        )
        assert 'data-test="only-here"' in shown


def at_bank(plan: Plan) -> Debit:
    """Put a debit of the first instalment with the bank."""
    part = Instalment.objects.get(plan=plan, seq=1)
    run = DebitRun.objects.create(
        number="DR-1", currency="CNY", state="sent", opened_by="a", opened_at=NOON,
        approved_by="b", file_sha256="0", sent_at=NOON,
    )  # fmt: skip
    return Debit.objects.create(
        number="DD-1", mandate=DebitMandate.objects.get(), instalment=part, amount=part.amount,
        currency="CNY", collects_on=part.due_on, state="sent", planned_at=NOON, run=run,
        notice=request_contact(
            claim_id=plan.claim_id, channel="sms", template="debit_notice",
            purpose="legal_notice", actor=system("tests"), at=NOON,
        ),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_ceiling_far_above_the_largest_payment_is_asked_about_once(
    inside: Client, world: World
) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    low = inside.post(
        place, {**FIELDS, **fields_of(inside, place), "most": "299.99", "request_key": "k0"}
    ).text
    assert "Your largest payment is 300.00\xa0yuan. Please allow at least that much." in low
    assert "CNY" not in low
    inside.post(
        place,
        {**FIELDS, **fields_of(inside, place), "most": "600.00", "sure": "", "request_key": "k1"},
    )
    assert DebitMandate.objects.get().most == 60_000
    inside.post(f"{place}cancel/")
    asked = inside.post(
        place,
        {**FIELDS, **fields_of(inside, place), "most": "600.01", "sure": "", "request_key": "k2"},
    ).text
    assert "this is more than twice as much" in asked
    assert DebitMandate.objects.filter(state="active").count() == 0
    assert 'type="checkbox" name="sure"' in asked
    inside.post(
        place,
        {**FIELDS, **fields_of(inside, place), "most": "600.01", "sure": "on", "request_key": "k3"},
    )
    assert DebitMandate.objects.get(state="active").most == 60_001


@pytest.mark.django_db
def test_a_permission_whose_plan_is_over_says_that_nothing_is_left(
    inside: Client, world: World
) -> None:
    plan = running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    inside.post(place, {**FIELDS, **fields_of(inside, place), "most": "300", "request_key": "k"})
    assert 'data-test="debit-idle"' not in inside.get(place).text
    end_plan(plan, PlanState.COMPLETED, system("tests"), NOON)
    page = inside.get(place).text
    assert "it has nothing left to collect" in page
    assert "Your plan stays" not in page


@pytest.mark.django_db
def test_door_and_debit_page_agree_on_who_asks_for_an_account(
    client: Client, inside: Client, world: World
) -> None:
    running(world)
    page = inside.get(f"/d/claims/{world.claim.pk}/debit/").text
    assert "Only this page asks for it, because you are beginning a direct debit." in page
    inside.post("/d/leave/")
    door = inside.get("/d/").text
    assert "on the page of a direct debit that you begin yourself" in door
    assert "bank card" not in door


@pytest.mark.django_db
def test_an_old_page_allows_nothing_for_another_plan(inside: Client, world: World) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    old = fields_of(inside, place)
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    other = propose_plan(claim_id=world.claim.pk, monthly=50_000, actor=debtor, at=NOON)
    creditor = actor(Role.CREDITOR, world.claim.creditor)
    decide_plan(plan_id=other.pk, agreed=True, actor=creditor, at=NOON)
    told = inside.post(place, {**FIELDS, **old}).text
    assert "This changed after you opened the page" in told
    assert not DebitMandate.objects.exists()
