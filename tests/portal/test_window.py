"""While nobody may collect, the debtor's page says so, and offers the one press at any time."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from qinghe.claims.models import Claim, Dispute, Title
from qinghe.claims.queries import NoSuchClaim, NoSuchDispute
from qinghe.claims.services import (
    Paid,
    amend_dispute,
    apply_payments,
    decide_dispute,
    notice_sent,
    restate,
)
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.services import mark_posted, mark_printed, notify, open_to_print, send
from qinghe.kernel.actor import Role, system
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation
from tests import factories
from tests.portal.conftest import NOON, World

OPERATOR = factories.actor(Role.OPERATOR)


def move(world: World, state: str) -> None:
    Mandate.objects.all().delete()
    Claim.objects.filter(pk=world.claim.pk).update(state=state)


def page(inside: Client, world: World, way: str = "") -> str:
    return inside.get(f"/d/claims/{world.claim.pk}/{way}").content.decode()


@pytest.mark.parametrize("state", ["submitted", "challenge"])
def test_before_anybody_may_collect_no_contact_is_announced(
    inside: Client, world: World, state: str
) -> None:
    move(world, state)
    text = page(inside, world)
    assert 'data-test="quiet"' in text
    assert "How often may I be contacted today?" not in text
    for announced in ("At most", "Calls and messages may come", "Calls and messages only between"):
        assert announced not in text, announced
    assert "If you say nothing, that is no admission." in text
    assert 'data-test="not-mine"' in text
    assert "Nobody may collect" in text


def test_a_placed_claim_is_contested_by_one_press_too(inside: Client, world: World) -> None:
    text = page(inside, world)
    assert "If you say nothing, that is no admission." in text
    assert 'data-test="not-mine"' in text
    body = {"request_key": uuid4().hex, "reason": "not_mine"}
    inside.post(f"/d/claims/{world.claim.pk}/contest/", body)
    assert Dispute.objects.get().reason == "not_mine"


def test_a_window_names_its_last_day_once_the_notice_has_left(inside: Client, world: World) -> None:
    move(world, "challenge")
    assert "begin only when our notice has left" in page(inside, world)
    notice_sent(claim_id=world.claim.pk, actor=system("tests"), at=NOON)
    assert "Nobody may collect it before 30\u00a0November 2026, 12:00" in page(inside, world)


def test_after_contesting_the_page_begins_with_what_was_said_and_who_must_answer(
    inside: Client, world: World
) -> None:
    body = {"request_key": uuid4().hex, "reason": "paid"}
    sent = inside.post(f"/d/claims/{world.claim.pk}/contest/", body, follow=True).content.decode()
    for said in ("We received it on 23\u00a0November 2026, 12:00", "by 3\u00a0December 2026, 12:00",
                 "by 8\u00a0December"):  # fmt: skip
        assert said in sent, said
    text = page(inside, world)
    assert text.index("You have contested this claim") < text.index("is unpaid")
    assert "On 23\u00a0November 2026, 12:00 you told us: “I have paid it”" in text
    assert "Harbour Loans must prove the claim by 3\u00a0December 2026, 12:00" in text
    for gone in (
        'data-test="contest"',
        'data-test="not-mine"',
        "Interest for late payment goes on",
    ):
        assert gone not in text, gone
    assert "You owe it only if the claim is right" in text


def test_once_the_creditor_has_answered_the_page_says_so(inside: Client, world: World) -> None:
    inside.post(
        f"/d/claims/{world.claim.pk}/contest/", {"request_key": uuid4().hex, "reason": "paid"}
    )
    Dispute.objects.update(proved_at=NOON + timedelta(days=2))
    text = page(inside, world)
    assert "Harbour Loans answered on 25\u00a0November" in text
    assert "must prove the claim by" not in text


def test_a_raise_is_told_at_the_top_with_its_reason_and_the_new_window(
    inside: Client, world: World
) -> None:
    move(world, "challenge")
    clerk = factories.actor(Role.CREDITOR, world.creditor)
    restate(
        claim_id=world.claim.pk, amounts={"principal": 160_000}, reason="One bill was missing.",
        actor=clerk, at=NOON,
    )  # fmt: skip
    text = page(inside, world)
    for said in (
        "from 1,560.00\u00a0yuan to 1,660.00\u00a0yuan", "One bill was missing.",
        "everything begins anew", "7 days again to contest it",
    ):  # fmt: skip
        assert said in text, said
    assert text.index('data-test="raised"') < text.index('data-test="who-may"')
    assert 'data-test="quiet"' in text


def test_a_lowered_amount_is_told_too(inside: Client, world: World) -> None:
    clerk = factories.actor(Role.CREDITOR, world.creditor)
    restate(
        claim_id=world.claim.pk, amounts={"principal": 100_000}, reason="A payment was found.",
        actor=clerk, at=NOON,
    )  # fmt: skip
    text = page(inside, world)
    assert "from 1,560.00\u00a0yuan to 1,060.00\u00a0yuan" in text
    assert 'data-test="lowered"' in text
    assert "begins anew" not in text


def test_the_chain_of_creditors_stands_on_the_page(inside: Client, world: World) -> None:
    Title.objects.create(
        claim=world.claim, step=1, from_name="First Lender", to_name="Harbour Loans",
        on=date(2026, 3, 1), recorded_at=NOON,
    )  # fmt: skip
    assert "First Lender passed the claim on to Harbour Loans" in page(inside, world)


def test_the_own_team_is_explained(inside: Client, world: World) -> None:
    assert "own team" not in page(inside, world)
    Organisation.objects.filter(pk=world.collector.pk).update(kind="own_team")
    assert "own team of the operator who runs this platform" in page(inside, world)


def test_a_complaint_begun_at_a_claim_is_about_that_claim(inside: Client, world: World) -> None:
    text = page(inside, world)
    assert f'href="/d/complain/?claim={world.claim.pk}" data-test="foot-complain"' in text
    form = inside.get(f"/d/complain/?claim={world.claim.pk}").content.decode()
    assert f'<option value="{world.claim.pk}" selected>' in form
    plain = inside.get("/d/complain/").content.decode()
    assert "selected>None of these" not in plain


def test_a_letter_is_called_sent_when_it_was_posted(inside: Client, world: World) -> None:
    move(world, "challenge")
    factories.point(world.person, "address")
    notify(at=NOON)
    attempt = Attempt.objects.get(claim=world.claim)
    send(attempt_id=attempt.pk, at=NOON)
    assert Delivery.objects.get().file_sha256

    def said() -> str:
        return inside.get("/d/contacts/").content.decode()

    assert "being prepared, not printed and not sent yet" in said()
    assert "What was said" not in said()
    open_to_print(attempt_id=attempt.pk, actor=OPERATOR, at=NOON)
    mark_printed(attempt_id=attempt.pk, actor=OPERATOR, at=NOON)
    assert "printed, not posted yet" in said()
    assert "Sent by post" not in said()
    mark_posted(attempt_id=attempt.pk, actor=OPERATOR, at=NOON)
    assert "Sent by post" in said()
    assert "What was said" in said()


def test_what_was_paid_is_told_apart_from_what_was_open_at_the_beginning(
    inside: Client, world: World
) -> None:
    apply_payments(
        payments=[Paid(world.claim.pk, {"interest": 1_000})], actor=system("tests"), at=NOON
    )
    text = page(inside, world)
    assert "open when the creditor registered it on" in text
    assert "What you have paid since it was registered" in text
    assert "What you paid before the creditor registered it should be taken off already." in text


def test_an_answer_stands_on_the_page_and_the_one_press_is_spent(
    inside: Client, world: World
) -> None:
    inside.post(
        f"/d/claims/{world.claim.pk}/contest/", {"request_key": uuid4().hex, "reason": "paid"}
    )
    decide_dispute(
        dispute_id=Dispute.objects.get().pk, outcome="dismissed", text="The transfer is on record.",
        correction=None, actor=factories.actor(Role.COMPLIANCE), at=NOON,
    )  # fmt: skip
    text = page(inside, world)
    assert "we answered on 23\u00a0November" in text
    assert "The transfer is on record." in text
    assert 'data-test="contest"' in text
    assert 'data-test="not-mine"' not in text


@pytest.mark.django_db
def test_the_door_names_the_operators_ways_without_the_internet(
    client: Client, settings: Settings
) -> None:
    client.cookies["django_language"] = "en"
    settings.OPERATOR_PHONE = settings.OPERATOR_POST = settings.OPERATOR_OFFICE = ""
    assert 'data-test="offline"' not in client.get("/d/").content.decode()
    settings.OPERATOR_PHONE = "000-0000"
    text = client.get("/d/").content.decode()
    assert "Call us" in text
    assert "000-0000" in text
    assert "Write to us</dt>" not in text


def contested(inside: Client, world: World, **said: str) -> str:
    body = {"request_key": uuid4().hex, **said}
    answer = inside.post(f"/d/claims/{world.claim.pk}/contest/", body, follow=True)
    return answer.content.decode()


def test_one_press_says_no_more_than_its_button(inside: Client, world: World) -> None:
    form = page(inside, world).partition('name="reason" value="')[2]
    assert form.startswith("unknown")
    contested(inside, world, reason="unknown")
    text = page(inside, world)
    assert "“I do not know this debt”" in text
    assert "I never borrowed this" not in text


def test_while_it_is_open_the_person_corrects_and_adds(inside: Client, world: World) -> None:
    contested(inside, world, reason="unknown", statement="Who is this?")
    assert 'data-test="amend"' in page(inside, world)
    more = {"more": "1", "paid": "200", "paid_on": "2026-06-01", "statement": "At the desk."}
    text = contested(inside, world, reason="paid", **more)
    assert "We have added what you wrote" in text
    dispute = Dispute.objects.get()
    assert dispute.reason == "paid"
    own = page(inside, world, "contest/")
    paid = "2026-11-23: I paid: 200.00\u00a0yuan, on 1\u00a0June 2026"
    for said in ("Who is this?", paid, "At the desk."):
        assert said in own, said
    assert dispute.proof_due_at == NOON + timedelta(days=10)
    assert "write what you want to add" in contested(inside, world, reason="paid", more="1")


def test_another_reason_stands_beside_the_first_each_with_its_moment(
    inside: Client, world: World
) -> None:
    contested(inside, world, reason="unknown")
    debtor = factories.debtor_of(world.claim)
    for minutes, reason in ((11, "paid"), (20, "unknown")):
        amend_dispute(
            claim_id=world.claim.pk, reason=reason, statement="", actor=debtor,
            at=NOON + timedelta(minutes=minutes),
        )  # fmt: skip
    told = (
        "12:00 you told us: “I do not know this debt”",
        "12:11 you added: “I have paid it”",
        "12:20 you added: “I do not know this debt”",
    )
    for way in ("", "contest/"):
        text = page(inside, world, way)
        places = [text.index(words) for words in told]
        assert places == sorted(places), way
    # Before reasons were kept, the journal knew them.
    Dispute.objects.update(said=[])
    with connection.cursor() as cursor:
        cursor.execute(import_module("qinghe.claims.migrations.0036_debtors_reasons").TOLD_BEFORE)
    said = [(each["reason"], each["at"][11:16]) for each in Dispute.objects.get().said]
    assert said == [("unknown", "04:00"), ("paid", "04:11"), ("unknown", "04:20")]


def test_the_copy_of_data_holds_every_reason(inside: Client, world: World) -> None:
    contested(inside, world, reason="unknown")
    debtor = factories.debtor_of(world.claim)
    later = NOON + timedelta(minutes=11)
    amend_dispute(claim_id=world.claim.pk, reason="paid", statement="", actor=debtor, at=later)
    copied = inside.post("/d/papers/copy/", {"format": "json"}).json()
    (dispute,) = [each for claim in copied["claims"] for each in claim["disputes"]]
    assert [(each["reason"], each["at"][11:16]) for each in dispute["said"]] == [
        ("unknown", "04:00"),
        ("paid", "04:11"),
    ]
    text = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    told = ("12:00 · I do not know this debt", "12:11 · I have paid it")
    assert [text.count(words) for words in told] == [1, 1]


def test_nobody_adds_to_what_is_decided_or_somebody_elses(inside: Client, world: World) -> None:
    contested(inside, world, reason="paid")
    said = {"reason": "paid", "statement": "More.", "at": NOON}
    with pytest.raises(NoSuchClaim):
        amend_dispute(claim_id=world.claim.pk, actor=factories.debtor_of(world.strange), **said)
    decide_dispute(
        dispute_id=Dispute.objects.get().pk, outcome="dismissed", text="It was answered.",
        correction=None, actor=factories.actor(Role.COMPLIANCE), at=NOON,
    )  # fmt: skip
    with pytest.raises(NoSuchDispute):
        amend_dispute(claim_id=world.claim.pk, actor=factories.debtor_of(world.claim), **said)


# -- doing nothing -------------------------------------------------------------------------------


def test_doing_nothing_says_what_begins_after_the_last_day(inside: Client, world: World) -> None:
    move(world, "submitted")
    assert "your 7 days are over, the claim may go to a collector" in page(inside, world)
    move(world, "challenge")
    notice_sent(claim_id=world.claim.pk, actor=system("tests"), at=NOON)
    text = page(inside, world)
    assert "From 30\u00a0November 2026, 12:00 on the claim may go to a collector" in text
    assert "Then too you may say that it is not right" in text
    move(world, "placed")
    assert 'data-test="afterwards"' not in page(inside, world)


def test_after_contesting_doing_nothing_means_the_creditor_must_prove(
    inside: Client, world: World
) -> None:
    contested(inside, world, reason="paid")
    nothing = page(inside, world).partition('data-test="do-nothing"')[2]
    assert "You need do nothing more" in nothing
    assert "must prove the claim by 3\u00a0December" in nothing
    assert "Saying nothing here is no admission" not in nothing


def test_a_complaint_is_found_again_and_read_back(inside: Client, world: World) -> None:
    body = {
        "request_key": uuid4().hex, "claim": str(world.claim.pk), "kind": "rude",
        "statement": "They shouted at me.",
    }  # fmt: skip
    sent = inside.post("/d/complain/", body, follow=True).content.decode()
    assert "They shouted at me." in sent
    for where in ("/d/home/", f"/d/claims/{world.claim.pk}/"):
        text = inside.get(where).content.decode()
        assert 'data-test="my-complaints"' in text
        assert "/d/complaints/" in text
