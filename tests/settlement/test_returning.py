"""A payout that the bank has, or had, comes back by its word or by two who stand apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from qinghe.journal.models import Entry
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.shown import ChangedMeanwhile
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation
from qinghe.settlement import accounts, services
from qinghe.settlement import payout_refusals as no
from qinghe.settlement.models import Payout, PayoutReturn, PayoutRun, StatementEntry, Suspense
from qinghe.settlement.queries.gone import gone
from qinghe.settlement.queries.runs import payouts_of
from qinghe.settlement.services import Heard
from tests.factories import AT, actor
from tests.settlement.bank_files import Said, camt
from tests.settlement.banked import ONE, OTHER, owed, payout_of, sent, told
from tests.settlement.test_bank_answers import payable, read, sound
from tests.settlement.test_fees import NEXT
from tests.settlement.test_suspense import take
from tests.shown import fields_of
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.VAULT_FILES = tmp_path


def handed(amount: int = 700) -> tuple[Organisation, Payout]:
    owner = owed(amount)
    sent()
    return owner, payout_of(owner)


def made_by(maker: Actor) -> Actor:
    """Return an account that a person made, so that the two count as one."""
    sock = actor(Role.OPERATOR)
    record(kind="parties.user-created", subject=f"user:{sock.user_id}", actor=maker, at=AT)
    return sock


def ask(payout: Payout, code: str = "TM01") -> PayoutReturn:
    told = {"reason": "told by phone", "code": code, "actor": ONE, "at": LATER}
    return services.ask_return(payout_id=payout.pk, **told)


def test_a_statement_that_shows_a_payout_gone_books_it_as_paid() -> None:
    owner, payout = handed()
    take(camt([Said(-700, f"pay {payout.number}", "B1")]))
    payout.refresh_from_db()
    assert payout.state == "paid"
    assert PayoutRun.objects.get().state == "done"
    assert Entry.objects.get(kind="payout.paid").actor == "system:settlement.statement"
    assert (payable(owner), books.balance(path=accounts.BANK, currency="CNY")) == (0, 0)
    sound()
    # The bank's own word for it comes later, and is known.
    assert read(told((payout.number, "成功", ""))) == {payout.number: Heard.KNOWN}


def test_another_amount_under_a_number_books_nothing() -> None:
    _owner, payout = handed()
    take(camt([Said(-701, f"pay {payout.number}", "B1")]))
    payout.refresh_from_db()
    assert (payout.state, StatementEntry.objects.get().explained) == ("sent", "")


@pytest.mark.parametrize("by", ["nobody", "answers", "statement"])
def test_one_person_makes_nothing_payable_that_the_bank_has_or_had(by: str) -> None:
    owner, payout = handed()
    if by == "answers":
        read(told((payout.number, "成功", "")))
    elif by == "statement":
        take(camt([Said(-700, payout.number, "B1")]))
    with pytest.raises(no.PayoutLeft):
        services.return_payout(payout_id=payout.pk, reason="phone", actor=OTHER, at=LATER)
    assert payable(owner) == 0
    asked = ask(payout)
    with pytest.raises(no.ReturnAsked):
        ask(payout)
    for tied in (ONE, made_by(ONE)):
        with pytest.raises(no.ReturnBySamePerson):
            services.agree_return(payout_id=payout.pk, actor=tied, at=LATER)
    assert services.prepare_payouts(actor=ONE, at=LATER) == []
    services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    payout.refresh_from_db()
    asked.refresh_from_db()
    assert (payout.state, payout.return_code, payable(owner)) == ("failed", "TM01", 700)
    assert (payout.returned_by, asked.agreed_by) == (ONE.label, OTHER.label)
    sound()


def test_a_word_that_was_taken_back_locks_nothing() -> None:
    _owner, payout = handed()
    take(camt([Said(-700, payout.number, "B1")]))
    ask(payout, "AC04")
    services.drop_return(payout_id=payout.pk, actor=ONE, at=LATER)
    with pytest.raises(no.NoSuchReturnAsked):
        services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    payout.refresh_from_db()
    assert (payout.state, payout.return_code) == ("paid", "")
    assert PayoutReturn.objects.get().dropped_by == ONE.label
    assert Entry.objects.filter(kind="payout.return-dropped").exists()


def test_the_banks_answers_only_ask_where_a_statement_shows_it_gone() -> None:
    owner, payout = handed()
    take(camt([Said(-700, payout.number, "B1")]))
    failed = told((payout.number, "失败", "账户已销户"))
    for _twice in range(2):
        assert read(failed) == {payout.number: Heard.ASKED}
    assert (payable(owner), PayoutReturn.objects.get().code) == (0, "AC04")
    services.drop_return(payout_id=payout.pk, actor=ONE, at=LATER)
    assert read(failed) == {payout.number: Heard.CONTRADICTS}
    assert PayoutReturn.objects.count() == 1


def test_the_statement_it_came_back_on_ends_the_question() -> None:
    owner, payout = handed()
    take(camt([Said(-700, payout.number, "B1")]))
    ask(payout)
    take(camt([Said(700, f"退汇 {payout.number} 冻结", "B2", day=NEXT)], opening=-700))
    came = Suspense.objects.get()
    services.propose_return(suspense_id=came.pk, actor=ONE, at=LATER)
    services.agree(suspense_id=came.pk, actor=OTHER, at=LATER)
    payout.refresh_from_db()
    assert (payout.state, payout.return_code, payable(owner)) == ("failed", "AC06", 700)
    with pytest.raises(no.NoSuchReturnAsked):
        services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)


@pytest.mark.parametrize("left", [True, False])
def test_the_database_lets_nothing_that_the_bank_has_come_back_by_itself(left: bool) -> None:
    _owner, payout = handed()
    if left:
        take(camt([Said(-700, payout.number, "B1")]))
    # The bank's answers are enough only while no statement shows that it left.
    for fields in ({}, {"answers_sha256": "0"}) if left else ({},):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(state="failed", **fields)


def test_a_word_of_one_is_taken_back_and_the_payout_stays_with_the_bank() -> None:
    owner, payout = handed()
    ask(payout)
    services.drop_return(payout_id=payout.pk, actor=ONE, at=LATER)
    payout.refresh_from_db()
    assert (payout.state, payable(owner)) == ("sent", 0)
    # Another may say so anew, and the first agree.
    services.ask_return(payout_id=payout.pk, reason="by letter", actor=OTHER, at=LATER)
    services.agree_return(payout_id=payout.pk, actor=ONE, at=LATER)
    assert payable(owner) == 700
    sound()


def test_the_banks_word_ends_the_question_of_one() -> None:
    owner, payout = handed()
    asked = ask(payout)
    assert read(told((payout.number, "失败", ""))) == {payout.number: Heard.RETURNED}
    asked.refresh_from_db()
    assert (payable(owner), asked.agreed_by, asked.dropped_by) == (700, "", OTHER.label)
    with pytest.raises(no.NoSuchReturnAsked):
        services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)


@pytest.mark.parametrize("changed", ["left", "paid", "another word"])
def test_an_old_page_takes_nothing_back(changed: str) -> None:
    owner, payout = handed()
    ask(payout)
    run = PayoutRun.objects.get()
    (seen,) = gone(rows=payouts_of(run_id=run.pk, actor=OTHER), actor=OTHER).values()
    assert seen.asked
    if changed == "left":
        take(camt([Said(-700, payout.number, "B1")]))
    elif changed == "paid":
        services.pay_payout(payout_id=payout.pk, actor=ONE, at=LATER)
    else:
        services.drop_return(payout_id=payout.pk, actor=ONE, at=LATER)
        ask(payout, "AC04")
    told = {"payout_id": payout.pk, "actor": OTHER, "at": LATER}
    for old in (seen.asked.shown, ""):
        with pytest.raises(ChangedMeanwhile):
            services.agree_return(**told, seen=old)
    assert payable(owner) == 0
    (now,) = gone(rows=payouts_of(run_id=run.pk, actor=OTHER), actor=OTHER).values()
    assert now.asked
    services.agree_return(**told, seen=now.asked.shown)
    assert payable(owner) == 700


def test_what_was_returned_and_then_left_is_shown_as_a_contradiction() -> None:
    _owner, payout = handed()
    assert read(told((payout.number, "失败", ""))) == {payout.number: Heard.RETURNED}
    take(camt([Said(-700, payout.number, "B1")]))
    rows = payouts_of(run_id=PayoutRun.objects.get().pk, actor=ONE)
    (seen,) = gone(rows=rows, actor=ONE).values()
    assert seen.contradicts
    assert seen.left_on
    take(camt([Said(700, f"退汇 {payout.number}", "B2", day=NEXT)], opening=-700))
    came = Suspense.objects.get()
    services.propose_return(suspense_id=came.pk, actor=ONE, at=LATER)
    services.agree(suspense_id=came.pk, actor=OTHER, at=LATER)
    (seen,) = gone(rows=rows, actor=ONE).values()
    assert not seen.contradicts


def press(client: Client, place: str, **fields: str) -> str:
    return client.post(f"/payouts/{place}/", fields, follow=True).content.decode()


LANGUAGES = {
    "en": ("It left: a second", "A second person must agree. Better", "that it came back"),
    "zh-hans": ("款项已汇出", "须由第二人同意。最好读入", "提出款项已退回"),
}


def agree(client: Client, here: str, payout: Payout) -> str:
    fields = fields_of(client, here, f"/payouts/{payout.pk}/back/decide/")
    return press(client, f"{payout.pk}/back/decide", **fields)


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_persons_take_it_back_on_the_page(lang: str, left: bool) -> None:
    owner, payout = handed()
    if left:
        take(camt([Said(-700, payout.number, "B1")]))
    here = f"/payouts/runs/{PayoutRun.objects.get().pk}/"
    one, other = (signed_in(Role.OPERATOR, lang=lang) for _each in range(2))
    it_left, with_bank, says = LANGUAGES[lang]
    page = one.get(here).text
    assert ('data-test="left-on"' in page, it_left in page, with_bank in page) == (
        left, left, not left
    )  # fmt: skip
    assert 'data-test="return-agree"' not in page
    page = press(one, f"{payout.pk}/back/ask", code="TM01", reason="the bank's desk")
    assert "the bank&#x27;s desk" in page
    assert says in page
    assert 'data-test="return-agree"' not in page
    assert 'data-test="return-drop"' in page
    agree(other, here, payout)
    assert payable(owner) == 700


def test_whoever_said_so_may_take_the_word_back_on_the_page() -> None:
    owner, payout = handed()
    here = f"/payouts/runs/{PayoutRun.objects.get().pk}/"
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    press(one, f"{payout.pk}/back/ask", code="TM01", reason="by phone")
    old = fields_of(other, here, f"/payouts/{payout.pk}/back/decide/")
    page = press(one, f"{payout.pk}/back/decide", drop="1")
    assert "Nothing is taken back." in page
    assert 'data-test="return-ask"' in page
    assert "Nobody asks to take this payout back" in press(other, f"{payout.pk}/back/decide", **old)
    press(one, f"{payout.pk}/back/ask", code="TM01", reason="by letter")
    told = press(other, f"{payout.pk}/back/decide", **{**old, "request_key": "anew"})
    assert "This changed after you opened the page" in told
    assert payable(owner) == 0


def test_a_word_from_nowhere_is_asked_for_on_the_page() -> None:
    _owner, payout = handed()
    page = press(signed_in(Role.OPERATOR), f"{payout.pk}/back/ask", code="TM01", reason=" ")
    assert "Where you heard it" in page
    assert not PayoutReturn.objects.exists()


def test_a_payout_paid_by_hand_takes_two_persons_too() -> None:
    owner = owed(700)
    services.prepare_payouts(actor=ONE, at=AT)
    payout = payout_of(owner)
    services.approve_payout(payout_id=payout.pk, actor=OTHER, at=AT)
    services.pay_payout(payout_id=payout.pk, actor=ONE, at=AT)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    page = one.get("/payouts/").content.decode()
    assert 'data-test="return-ask"' in page
    press(one, f"{payout.pk}/back/ask", code="TM01", reason="typed twice")
    assert 'data-test="return-agree"' in other.get("/payouts/").content.decode()
    assert 'data-test="return-ask"' in press(one, f"{payout.pk}/back/decide", drop="1")
    press(one, f"{payout.pk}/back/ask", code="TM01", reason="typed twice", request_key="anew")
    agree(other, "/payouts/", payout)
    assert payable(owner) == 700


def paid_after_two_said_back() -> tuple[Organisation, Payout]:
    owner, payout = handed()
    ask(payout)
    services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    assert read(told((payout.number, "成功", ""))) == {payout.number: Heard.CONTRADICTS}
    payout.refresh_from_db()
    return owner, payout


def lines_of(payout: Payout) -> str:
    client = signed_in(Role.OPERATOR)
    run = client.get(f"/payouts/runs/{payout.run_id}/").content.decode()
    return run + client.get("/payouts/").content.decode()


def test_what_the_bank_says_against_a_return_stays_on_the_payout_until_two_settle_it() -> None:
    owner, payout = paid_after_two_said_back()
    (row,) = gone(rows=payouts_of(run_id=payout.run_id, actor=ONE), actor=ONE).values()
    assert row.contradicts
    assert lines_of(payout).count('data-test="said-paid"') == 2
    assert Entry.objects.filter(kind="payout.contradicted").count() == 1
    assert services.prepare_payouts(actor=ONE, at=LATER) == []
    assert payable(owner) == 700
    ask(payout)
    with pytest.raises(no.ReturnBySamePerson):
        services.agree_return(payout_id=payout.pk, actor=ONE, at=LATER)
    services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    # The same file, read again, says nothing new.
    read(told((payout.number, "成功", "")))
    assert 'data-test="said-paid"' not in lines_of(payout)
    (again,) = services.prepare_payouts(actor=ONE, at=LATER)
    assert (again.amount, again.retry_of_id) == (700, payout.pk)
    sound()


def test_a_payout_that_waits_already_is_let_go_by_nobody_after_the_banks_word() -> None:
    _owner, payout = handed()
    ask(payout)
    services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    (again,) = services.prepare_payouts(actor=ONE, at=LATER)
    read(told((payout.number, "成功", "")))
    with pytest.raises(no.PayoutContradicted):
        services.approve_payout(payout_id=again.pk, actor=OTHER, at=LATER)
    with pytest.raises(no.NothingToRun):
        services.open_run(currency="CNY", actor=ONE, at=LATER)


def test_the_payee_of_what_left_is_not_told_that_the_money_waits_here() -> None:
    owner, payout = handed()
    ask(payout)
    services.agree_return(payout_id=payout.pk, actor=OTHER, at=LATER)
    client = signed_in(Role.CREDITOR, owner)
    assert "waits here" in client.get("/payouts/mine/").content.decode()
    take(camt([Said(-700, payout.number, "B1")]))
    page = client.get("/payouts/mine/").content.decode()
    assert "waits here" not in page
    assert "asks the bank first" in page
    assert "Why it is not paid yet" in page
    take(camt([Said(700, f"退汇 {payout.number}", "B2", day=NEXT)], opening=-700))
    came = Suspense.objects.get()
    services.propose_return(suspense_id=came.pk, actor=ONE, at=LATER)
    services.agree(suspense_id=came.pk, actor=OTHER, at=LATER)
    assert "waits here" in client.get("/payouts/mine/").content.decode()
