"""What is with the bank is set aside there: posted on its answer, or let go; taken once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from qinghe.ledger.models import Account, Pending, Transfer
from qinghe.ledger.queries import available, balance
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement.models import Payout, Suspense
from qinghe.settlement.refusals import NoCash, PayoutMoved
from tests.factories import AT
from tests.settlement.bank_files import Said, csv
from tests.settlement.banked import ONE, OTHER, filed, owed, payout_of, said_known, sent, told
from tests.settlement.test_suspense import take

pytestmark = pytest.mark.django_db
PROMISE = "payouts-at-the-bank-are-set-aside"


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


def at_bank() -> tuple[int, int]:
    """Return what the bank's account holds, and what of it may still be taken."""
    place = {"path": accounts.BANK, "currency": "CNY"}
    return balance(**place), available(**place)


def hear(payout: Payout, state: str, why: str = "") -> None:
    content = told((payout.number, state, why))
    services.read_bank_answers(content=content, actor=ONE, at=AT)


def test_handing_in_sets_aside_and_the_banks_answer_posts_it_under_the_same_id() -> None:
    owner = owed(700)
    filed()
    assert at_bank() == (700, 700)
    services.hand_in(run_id=payout_of(owner).run_id, actor=ONE, at=AT)
    payout = payout_of(owner)
    assert at_bank() == (700, 0)
    assert balance(path=accounts.payout(payout.pk), currency="CNY") == -700
    assert found(PROMISE, at=AT) == []
    for _told_twice in range(2):
        hear(payout, "成功")
    assert at_bank() == (0, 0)
    held = Pending.objects.get()
    assert (held.state, held.posted, held.pk) == ("posted", 700, payout.held_id)
    assert Transfer.objects.get(kind="payout.paid").pk == held.pk
    assert found(PROMISE, at=AT) == []


def test_what_the_bank_refused_is_let_go_and_payable_again_once() -> None:
    owner = owed(700)
    sent()
    payout = payout_of(owner)
    for _told_twice in range(2):
        hear(payout, "失败", "余额不足")
    assert Pending.objects.get().state == "voided"
    assert at_bank() == (700, 700)
    assert balance(path=accounts.collected(owner.pk), currency="CNY") == -700
    assert not Transfer.objects.filter(kind="payout.paid").exists()
    with pytest.raises(PayoutMoved):
        services.pay_payout(payout_id=payout.pk, actor=ONE, at=AT)
    assert found(PROMISE, at=AT) == []


def test_what_came_back_after_it_was_paid_is_undone_and_stays_posted() -> None:
    owner = owed(700)
    sent()
    hear(payout_of(owner), "成功")
    hear(payout_of(owner), "失败", "退汇")
    services.agree_return(payout_id=payout_of(owner).pk, actor=OTHER, at=AT)
    assert Pending.objects.get().state == "posted"
    assert at_bank() == (700, 700)
    assert found(PROMISE, at=AT) == []


def test_nothing_else_takes_what_is_with_the_bank() -> None:
    owed(700)
    sent()
    # Nobody's services are asked: the account itself refuses.
    bank = Account.objects.get(path=accounts.BANK)
    other = Account.objects.create(path="platform:cash:other", currency="CNY", side="debit")
    facts = {"amount": 1, "currency": "CNY", "kind": "x", "subject": "x", "at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(debit=other, credit=bank, **facts)


def test_a_payout_by_itself_is_refused_when_its_money_is_with_the_bank_for_others() -> None:
    owed(700)
    sent()
    alone = owed(300, banked=False)
    services.prepare_payouts(actor=ONE, at=AT)
    payout = payout_of(alone)
    services.approve_payout(payout_id=payout.pk, actor=OTHER, at=AT)
    # 300 of the 1000 at the bank leave by another way.
    Account.objects.create(path="platform:cash:other", currency="CNY", side="debit")
    bank, other = (
        Account.objects.get(path=path) for path in (accounts.BANK, "platform:cash:other")
    )
    facts = {"amount": 300, "currency": "CNY", "kind": "x", "subject": "x", "at": AT}
    Transfer.objects.create(debit=other, credit=bank, **facts)
    with pytest.raises(NoCash):
        services.pay_payout(payout_id=payout.pk, actor=ONE, at=AT)


def test_what_is_in_the_books_already_cannot_take_what_is_with_the_bank() -> None:
    owed(700)
    sent()
    take(csv([Said(300, "?")]))
    bank = Account.objects.get(path=accounts.BANK)
    other = Account.objects.create(path="platform:cash:other", currency="CNY", side="debit")
    facts = {"amount": 200, "currency": "CNY", "kind": "x", "subject": "x", "at": AT}
    Transfer.objects.create(debit=other, credit=bank, **facts)
    waiting = Suspense.objects.get()
    said_known(waiting)
    with pytest.raises(NoCash):
        services.agree(suspense_id=waiting.pk, actor=OTHER, at=AT)


def test_verify_names_what_is_with_the_bank_and_not_set_aside() -> None:
    owner = owed(700)
    sent()
    payout = payout_of(owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.update(held=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE settlement_payout DROP CONSTRAINT settlement_payout_sent_in_run"
        )
        cursor.execute("UPDATE settlement_payout SET held_id = NULL")
    assert found(PROMISE, at=AT) == [payout.number, f"payout:{payout.pk}"]
