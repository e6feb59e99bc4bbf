"""Plans of another rhythm, and offers to settle early, as their person meets them."""

from __future__ import annotations

import re
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client

from qinghe.casework.models import EarlyOffer, Plan
from qinghe.casework.services import answer_early_offer, decide_plan, make_early_offer
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Role, system
from qinghe.settlement.models import CashierOrder, Payment, Refund
from qinghe.settlement.services import reverse_payment
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_pay import notice, tell
from tests.shown import fields_of

HOUR = timedelta(hours=1)


def send(client: Client, world: World, path: str, **data: object) -> HttpResponse:
    address = f"/d/claims/{world.claim.pk}/{path}"
    if path == "early/":
        data = {**fields_of(client, address), **data}
    return client.post(address, {"request_key": path, **data})


def hidden(page: HttpResponse) -> dict[str, object]:
    """Return what the second page would send on."""
    return {k: v for k, v in page.context["form"].initial.items() if v is not None}


def test_a_plan_by_the_seasons_is_seen_first_and_sent_as_seen(inside: Client, world: World) -> None:
    page = send(
        inside,
        world,
        "plan/check/",
        choice="other",
        monthly="500",
        rhythm="seasonal",
        months=["1", "2"],
        otherwise="50",
    )
    draft = page.context["draft"]
    assert [row.amount for row in draft.rows[:3]] == [5_000, 50_000, 50_000]
    assert send(inside, world, "plan/send/", **hidden(page)).status_code == 302
    plan = Plan.objects.get()
    assert (plan.rhythm, plan.months, plan.otherwise) == ("seasonal", [1, 2], 5_000)
    assert plan.count == draft.count


def test_a_plan_that_puts_the_whole_off_is_told_how_to_begin(inside: Client, world: World) -> None:
    rising = {"rhythm": "graduated", "step": "20000", "step_months": "59"}
    asked = send(inside, world, "plan/check/", choice="other", monthly="0.01", **rising)
    said = asked.context["form"].errors["monthly"][0]
    enough = re.search(r"must be ([0-9.,]+)", said)
    assert enough is not None
    again = {"choice": "other", "monthly": enough[1], **rising}
    assert send(inside, world, "plan/check/", **again).context["draft"].rows[0].amount > 1
    tiny = {"rhythm": "seasonal", "months": ["1"], "otherwise": "0.01"}
    asked = send(inside, world, "plan/check/", choice="other", monthly="500", **tiny)
    assert "otherwise" in asked.context["form"].errors


def test_no_plan_takes_what_is_needed_to_live(inside: Client, world: World) -> None:
    told = {"choice": "other", "monthly": "300", "income": "3000", "expenses": "2500"}
    page = send(inside, world, "plan/check/", **told)
    assert page.context["form"].errors["monthly"]
    page = send(inside, world, "plan/check/", **{**told, "monthly": "250"})
    send(inside, world, "plan/send/", **hidden(page))
    plan = Plan.objects.get()
    assert (plan.affordable, plan.largest) == (25_000, 25_000)


def test_a_running_plan_may_be_changed(inside: Client, world: World) -> None:
    page = send(inside, world, "plan/check/", choice="other", monthly="300")
    send(inside, world, "plan/send/", **hidden(page))
    creditor = factories.actor(Role.CREDITOR, world.creditor)
    decide_plan(plan_id=Plan.objects.get().pk, agreed=True, actor=creditor, at=NOON)
    base = f"/d/claims/{world.claim.pk}/plan/"
    assert 'data-test="plan-anew"' in inside.get(base).content.decode()
    assert 'data-test="plan-look"' in inside.get(f"{base}?anew").content.decode()


def offered(world: World) -> EarlyOffer:
    creditor = factories.actor(Role.CREDITOR, world.creditor)
    last_day = day_of(NOON) + timedelta(days=10)
    return make_early_offer(
        claim_id=world.claim.pk, amount=100_000, last_day=last_day, actor=creditor, at=NOON
    )


def test_an_offer_is_read_and_accepted(inside: Client, world: World) -> None:
    made = offered(world)
    assert 'data-test="early"' in inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    text = inside.get(f"/d/claims/{world.claim.pk}/early/").content.decode()
    assert "has no consequence" in text
    # Said before it is accepted, as where one pays or asks for time.
    warned = text.partition('data-test="early-accept"')[0]
    assert "accepting an offer" in warned
    assert "may let the period of limitation run anew" in warned
    assert send(inside, world, "early/", accepted="1").status_code == 302
    made.refresh_from_db()
    assert made.state == "accepted"
    text = inside.get(f"/d/claims/{world.claim.pk}/early/").content.decode()
    assert 'data-test="early-accepted"' in text


def test_an_offer_that_is_declined_is_gone_and_nothing_else(inside: Client, world: World) -> None:
    offered(world)
    assert send(inside, world, "early/", accepted="0").status_code == 302
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert 'data-test="early"' not in text
    assert inside.get(f"/d/claims/{world.claim.pk}/early/").status_code == 302


def test_an_old_page_answers_no_other_offer(inside: Client, world: World) -> None:
    first, address = offered(world), f"/d/claims/{world.claim.pk}/early/"
    old = fields_of(inside, address)
    answer_early_offer(
        offer_id=first.pk, accepted=False, actor=factories.debtor_of(world.claim), at=NOON
    )
    second = make_early_offer(
        claim_id=world.claim.pk, amount=150_000, last_day=first.last_day,
        actor=factories.actor(Role.CREDITOR, world.creditor), at=NOON,
    )  # fmt: skip
    for answer in ("1", "0"):
        told = inside.post(address, {**old, "accepted": answer})
        assert "This changed after you opened the page" in told.text
    second.refresh_from_db()
    assert second.state == "offered"


def accepted(inside: Client, world: World) -> EarlyOffer:
    made = offered(world)
    assert send(inside, world, "early/", accepted="1").status_code == 302
    return made


def page(inside: Client, world: World, path: str) -> str:
    return str(inside.get(f"/d/claims/{world.claim.pk}/{path}").content.decode())


def test_what_was_agreed_is_what_the_pay_page_asks_for_first(inside: Client, world: World) -> None:
    made = accepted(inside, world)
    form = inside.get(f"/d/claims/{world.claim.pk}/pay/").context["form"]
    assert form["part_of"].value() == "offer"
    assert [value for value, _label in form.fields["part_of"].choices] == ["offer", "part"]
    text = page(inside, world, "pay/")
    assert "As agreed: 1,000.00\u00a0yuan" in text
    assert "is more than what was agreed" in text
    assert send(inside, world, "pay/", part_of="all").status_code == 200
    assert send(inside, world, "pay/", part_of="part", amount="1000.01").status_code == 200
    assert not CashierOrder.objects.exists()
    assert send(inside, world, "pay/", part_of="part", amount="400").status_code == 302
    order = CashierOrder.objects.get()
    assert tell(inside, notice(order)) == 200
    text = page(inside, world, "pay/")
    assert "400.00\u00a0yuan has come already" in text
    assert "600.00\u00a0yuan" in page(inside, world, "early/")
    data = {"request_key": "rest", "part_of": "offer"}
    assert inside.post(f"/d/claims/{world.claim.pk}/pay/", data).status_code == 302
    order = CashierOrder.objects.get(state="created")
    assert order.amount == 60_000
    assert tell(inside, notice(order)) == 200
    made.refresh_from_db()
    assert made.state == "kept"


def test_an_offer_not_yet_answered_is_told_before_anybody_pays_more(
    inside: Client, world: World
) -> None:
    offered(world)
    text = page(inside, world, "pay/")
    assert "By the offer to you: 1,000.00\u00a0yuan" in text
    assert "is more than what is asked of you" in text


def test_two_cashiers_for_what_was_agreed_bring_the_second_sum_back(
    inside: Client, world: World
) -> None:
    accepted(inside, world)
    for key in ("one", "two"):
        data = {"request_key": key, "part_of": "offer"}
        assert inside.post(f"/d/claims/{world.claim.pk}/pay/", data).status_code == 302
    for order in CashierOrder.objects.all():
        assert tell(inside, notice(order)) == 200
    assert Refund.objects.get().amount == 100_000


def test_an_accepted_offer_ends_only_with_a_second_press(inside: Client, world: World) -> None:
    made = accepted(inside, world)
    text = page(inside, world, "early/")
    folded = text[text.index('data-test="early-undo"') : text.index("</details>")]
    assert 'data-test="early-decline"' in folded
    assert text.count('name="accepted"') == 1
    assert "1,570.85\u00a0yuan is open as before" in folded
    assert send(inside, world, "early/", accepted="0", request_key="no").status_code == 302
    made.refresh_from_db()
    assert made.state == "declined"
    form = inside.get(f"/d/claims/{world.claim.pk}/pay/").context["form"]
    assert [value for value, _label in form.fields["part_of"].choices] == ["all", "part"]


def test_in_the_days_of_grace_it_can_still_be_paid_as_agreed(inside: Client, world: World) -> None:
    accepted(inside, world)
    EarlyOffer.objects.update(last_day=day_of(NOON) - timedelta(days=1))
    assert "still counts" in page(inside, world, "early/")
    assert "As agreed" in page(inside, world, "pay/")
    EarlyOffer.objects.update(last_day=day_of(NOON) - timedelta(days=4))
    assert "As agreed" not in page(inside, world, "pay/")
    assert inside.get(f"/d/claims/{world.claim.pk}/early/").status_code == 302


def test_an_offer_not_yet_answered_says_what_has_come(inside: Client, world: World) -> None:
    made = offered(world)
    assert 'data-test="early-came"' not in page(inside, world, "early/")
    assert send(inside, world, "pay/", part_of="part", amount="400").status_code == 302
    assert tell(inside, notice(CashierOrder.objects.get())) == 200
    made.refresh_from_db()
    assert made.state == "offered"
    text = page(inside, world, "early/")
    assert 'data-test="early-came"' in text
    assert "600.00\u00a0yuan would settle it" in text
    assert "400.00\u00a0yuan of it has come already" in text


def test_what_was_agreed_and_undone_is_told_with_its_payment(inside: Client, world: World) -> None:
    accepted(inside, world)
    data = {"request_key": "all", "part_of": "offer"}
    assert inside.post(f"/d/claims/{world.claim.pk}/pay/", data).status_code == 302
    assert tell(inside, notice(CashierOrder.objects.get())) == 200
    told = page(inside, world, "lines/")
    assert "Agreed: the sum came in time, and the rest is waived." in told
    reverse_payment(
        payment_id=Payment.objects.get().pk, reason="test", actor=system("tests"), at=NOON + HOUR
    )
    text = page(inside, world, "").replace("\xa0", " ")
    assert "from 0.00 yuan to 1,570.85 yuan" in text
    assert "Reason: 1,000.00 yuan that had come went back" in text
    assert "So 570.85 yuan that was waived for it is open again" in text
    assert "from 1,560.00 yuan to 0.00 yuan" in text
    assert "Reason: 1,000.00 yuan came as agreed, and the rest, 570.85 yuan, was waived" in text
    assert "who waives this part" not in text
    assert 'data-test="raised"' not in text
