"""The debtor's pages promise what the software does, and no more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.claims.services import accrue_interest
from qinghe.contact.models import Attempt, PackCopy
from qinghe.contact.services import (
    ask_override,
    decide_override,
    record_outcome,
    request_contact,
    use_override,
)
from qinghe.contact.services.sending import send as carry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.market.models import Mandate
from qinghe.portal.claims import claim_of
from qinghe.portal.fields import Amount
from qinghe.settlement.models import CashierOrder
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_answers import send
from tests.portal.test_pay import go, notice, tell


def page(inside: Client, world: World, way: str = "") -> str:
    return inside.get(f"/d/claims/{world.claim.pk}/{way}").content.decode()


@pytest.mark.parametrize(
    "written",
    ["200", "200.00", "1,200", "200元", "200 元", "￥200", "２００元", "200 yuan"],
)
def test_an_amount_is_read_as_people_write_it(written: str) -> None:
    amount = Amount(currency="CNY", label="")
    assert amount.clean(written) == (120_000 if "1" in written else 20_000)


def test_a_monthly_amount_too_small_names_the_smallest(inside: Client, world: World) -> None:
    answer = send(
        inside, f"claims/{world.claim.pk}/plan/check/", choice="other", monthly="1"
    )  # fmt: skip
    # 1,570.85 over sixty months, rounded up.
    text = answer.content.decode()
    assert "at least 26.19\u00a0yuan a month" in text
    assert "say that you cannot pay now" in text


def test_late_interest_runs_from_the_day_it_is_reckoned_from(world: World) -> None:
    debtor = factories.debtor_of(world.claim)
    accrue_interest(
        claim_id=world.claim.pk, to=NOON.date(), actor=system("tests"), at=NOON
    )  # fmt: skip
    late = next(t for t in claim_of(world.claim.pk, debtor).terms if "late" in t.label)
    assert late.since is not None
    # Not the due day: what had grown before stands in the creditor's claim.
    assert late.since.isoformat() == "2026-11-01"


def test_rates_are_written_without_empty_decimals(inside: Client, world: World) -> None:
    accrue_interest(claim_id=world.claim.pk, to=NOON.date(), actor=system("tests"), at=NOON)
    text = page(inside, world, "lines/")
    assert "12% a year, 22 days" in text
    assert "12.0" not in text


def test_doing_nothing_is_explained_with_its_price(inside: Client, world: World) -> None:
    text = page(inside, world)
    assert 'data-test="do-nothing"' in text
    # 12 % a year of 1,500.00.
    assert "about 0.49\u00a0yuan a day" in text


@pytest.mark.parametrize("way", ["hardship/", "plan"])
def test_interest_that_goes_on_is_said_where_help_is_asked(
    inside: Client, world: World, way: str
) -> None:
    def look() -> str:
        if way == "hardship/":
            return page(inside, world, way)
        path = f"claims/{world.claim.pk}/plan/check/"
        return send(inside, path, choice="other", monthly="300").content.decode()

    assert "goes on as before" in look() or "goes on meanwhile: 12% a year" in look()
    Claim.objects.filter(pk=world.claim.pk).update(overdue_rate_pct=None)
    assert "nterest" not in look()


def test_who_may_work_the_claim_is_named(inside: Client, world: World) -> None:
    assert "Now only Calm Service works on this for Harbour Loans" in page(inside, world)
    Mandate.objects.all().update(state="returned", closed_at=NOON)
    assert "No collector works on it now" in page(inside, world)


def test_after_stop_all_no_hours_for_calls_are_promised(inside: Client, world: World) -> None:
    assert "Calls and messages only between" in page(inside, world)
    send(inside, "wishes/", kind="cease_all")
    text = page(inside, world)
    assert "You asked for no contact" in text
    assert "Calls and messages only between" not in text


def test_a_call_nobody_took_said_nothing(inside: Client, world: World) -> None:
    collector = factories.actor(Role.COLLECTOR, world.collector)
    call = request_contact(
        claim_id=world.claim.pk, channel="voice", template="reminder", actor=collector, at=NOON
    )
    carry(attempt_id=call.pk, at=NOON)
    record_outcome(attempt_id=call.pk, outcome="busy", actor=collector, at=NOON)
    text = inside.get("/d/contacts/").content.decode()
    assert "Phone call · Busy" in text
    assert "What was said" not in text


def test_a_receipt_is_found_again(inside: Client, world: World) -> None:
    go(inside, world, part_of="part", amount="10")
    order = _order()
    tell(inside, notice(order))
    assert f"/d/receipts/{order.pk}/" in page(inside, world, "lines/")


def test_stopping_at_the_cashier_ends_the_wait(inside: Client, world: World) -> None:
    go(inside, world, part_of="part", amount="10")
    order = _order()
    assert tell(inside, notice(order, "failed")) == 200
    assert "Nothing was paid" in inside.get(f"/d/receipts/{order.pk}/").content.decode()


def test_the_copy_to_read_has_words_and_units_and_no_raw_numbers(
    inside: Client, world: World
) -> None:
    send(inside, f"claims/{world.claim.pk}/hardship/", statement="Out of work")
    inside.post("/d/complain/", {
        "request_key": uuid4().hex, "claim": str(world.claim.pk), "kind": "threat",
        "statement": "He shouted",
    })  # fmt: skip
    text = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    assert "1,500.00\u00a0yuan" in text
    assert "Out of work" in text
    assert "150000" not in text
    for code in ("overdue_rate_pct", "creditor_id", "statement_id", "kept_since"):
        assert code not in text


def _order() -> CashierOrder:
    return CashierOrder.objects.get()


def test_each_contact_says_why_it_was_allowed_or_stopped(inside: Client, world: World) -> None:
    collector = factories.actor(Role.COLLECTOR, world.collector)
    for at in (NOON, NOON + timedelta(hours=12)):
        request_contact(
            claim_id=world.claim.pk, channel="sms", template="reminder", actor=collector, at=at
        )
    text = inside.get("/d/contacts/").content.decode()
    assert "Why was this allowed?" in text
    assert "Allowed that day: 08:00 to 22:00." in text
    assert "It was message number 1 to you that day, from anyone." in text
    assert "Collectors may not contact you outside 08:00 to 22:00" in text
    assert "nobody could try this again" in text
    assert "/d/wishes/" in text


def test_a_rule_that_changed_is_told_in_the_words_it_had(inside: Client, world: World) -> None:
    collector = factories.actor(Role.COLLECTOR, world.collector)
    attempt = request_contact(
        claim_id=world.claim.pk,
        channel="sms",
        template="reminder",
        actor=collector,
        at=NOON + timedelta(hours=12),
    )
    now = attempt.pack.split()[0]
    rules = PackCopy.objects.get(pk=now).rules
    rules["CN-WIN-01"]["sentence"]["debtor"]["en"] = "Nobody called at night then either."
    PackCopy.objects.create(version="cn-0.0.1-old0", rules=rules, kept_at=NOON)
    attempt.pack = attempt.pack.replace(now, "cn-0.0.1-old0")
    attempt.save(update_fields=["pack"])
    assert "Nobody called at night then either." in inside.get("/d/contacts/").content.decode()


def test_a_notice_that_two_officers_let_through_says_so_and_why(
    inside: Client, world: World
) -> None:
    one, other = (Actor(Role.COMPLIANCE, user_id=new_id()) for _ in range(2))
    override = ask_override(
        claim_id=world.claim.pk,
        channel="letter",
        template="first_notice",
        rules=["PLT-MSG-01"],
        reason="correction",
        words="The first one named a wrong sum.",
        actor=one,
        at=NOON,
    )
    decide_override(override_id=override.pk, approve=True, actor=other, at=NOON)
    factories.point(world.person, "address")
    attempt = use_override(override_id=override.pk, actor=one, at=NOON)
    assert attempt.state == "permitted", attempt.rules
    copy = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    assert "[&#x27;" not in copy, "a list of Python in a copy for people"
    pages = [inside.get(each).content.decode() for each in ("/d/contacts/", "/d/contacts.csv")]
    for text in (*pages, copy):
        assert "The law required this notice at once: An earlier notice was wrong." in text
        assert "Two people of this platform agreed." in text
        assert "The law asks that you are told this." not in text
        assert "You get at most 3 messages, e-mails or letters a day" in text


def test_a_refusal_by_the_operators_own_rules_is_told_in_plain_words(
    inside: Client, world: World
) -> None:
    Attempt.objects.create(
        person=world.person,
        claim=world.claim,
        creditor_group="x",
        channel="voice",
        mode="human",
        purpose="collect",
        template="reminder",
        at=NOON,
        state="refused",
        rules=["HSE-DAY-01"],
        pack="hse-1",
    )
    text = inside.get("/d/contacts/").content.decode()
    assert "On this day this platform contacts nobody." in text


def test_a_wording_that_is_no_longer_sent_keeps_its_title(inside: Client, world: World) -> None:
    Attempt.objects.create(
        person=world.person,
        claim=world.claim,
        creditor_group="x",
        channel="sms",
        mode="one_way",
        purpose="collect",
        template="promise_reminder@2020-01",
        at=NOON,
        state="done",
        outcome="delivered",
        outcome_at=NOON,
        pack="plt-1",
    )
    text = inside.get("/d/contacts/").content.decode()
    assert "Promise reminder" in text
    assert "promise_reminder" not in text
