"""Plans of another rhythm, and offers to settle early, as their person meets them."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.test import Client

from qinghe.casework.models import EarlyOffer, Plan
from qinghe.casework.services import decide_plan, make_early_offer
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Role
from tests import factories
from tests.portal.conftest import NOON, World


def send(client: Client, world: World, path: str, **data: object) -> HttpResponse:
    address = f"/d/claims/{world.claim.pk}/{path}"
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
