"""What a debit brings too much goes back to the account it came from, with two persons, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Role
from qinghe.ledger import queries as books
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement.bank.refusals import SuspenseBySamePerson, SuspenseMoved
from qinghe.settlement.debit_refusals import NoDebit, NothingGoesBack
from qinghe.settlement.models import Debit, Payment, SendBack
from qinghe.settlement.queries.closing import open_matters
from qinghe.settlement.queries.debit_backs import to_give_back
from qinghe.settlement.queries.debits import my_debit, to_recall
from qinghe.settlement.queries.suspense import going_back
from tests.factories import AT, actor
from tests.settlement.banked import ONE, OTHER
from tests.settlement.test_debits import (
    ACCOUNT,
    PAID,
    RUN,
    World,
    allow,
    announced,
    cancel,
    hear,
    planned_world,
    sent,
)
from tests.settlement.test_debits import _files as _files
from tests.settlement.test_payments import TODAY, assert_books, fresh, pay

pytestmark = pytest.mark.django_db
PROMISE = "what-debits-brought-too-much-goes-back"
LATER = PAID + timedelta(days=10)


@pytest.fixture
def world() -> World:
    return planned_world()


def paid_meanwhile(world: World) -> None:
    """The bank collects an instalment of 200 although only 100 are owed: the rest was paid here."""
    allow(world)
    announced()
    sent()
    pay(world.claim, 50_000, source="cashier", at=RUN, paid_on=TODAY)
    assert hear("成功") == "paid"


def in_vain(world: World) -> None:
    """The bank collects an instalment after the debtor cancelled."""
    allow(world)
    announced()
    sent()
    cancel(world)
    assert hear("成功") == "paid"


def own_money(amount: int) -> None:
    receipt = services.receive_money(
        creditor_id=None, amount=amount, currency="CNY", reference="own", actor=ONE, at=AT
    )
    services.confirm_receipt(receipt_id=receipt.pk, actor=OTHER, at=AT)


def asked(at: datetime = LATER) -> SendBack:
    return services.give_debit_back(debit_id=Debit.objects.get().pk, actor=ONE, at=at)


def agreed(at: datetime = LATER) -> SendBack:
    return services.approve_send_back(back_id=asked(at).pk, actor=OTHER, at=at)


def given(at: datetime = LATER) -> SendBack:
    return services.sent_at_bank(back_id=agreed(at).pk, actor=ONE, at=at)


def held(world: World, name: str = "refund") -> int:
    path = f"debtor:{world.claim.debtor_id}:{name}"
    return books.balance(path=path, currency="CNY")


def open_debits() -> list[tuple[str, int, int]]:
    found = open_matters(month=PAID.date().replace(day=1))
    return [(each.currency, each.count, each.amount) for each in found if each.matter == "debits"]


def amounts(at: datetime = LATER) -> list[int]:
    return [row.amount for row in to_give_back(actor=ONE, at=at)]


def test_what_was_paid_meanwhile_goes_back_to_the_account(world: World) -> None:
    paid_meanwhile(world)
    assert fresh(world.claim).state == "closed"
    assert (amounts(PAID), held(world)) == ([10_000], -10_000)
    assert open_debits() == [("CNY", 1, 10_000)]
    back = asked(PAID)
    assert (back.amount, back.payment, amounts(), held(world)) == (
        10_000, Payment.objects.get(source="debit"), [], 0,
    )  # fmt: skip
    with pytest.raises(NothingGoesBack):
        asked()
    with pytest.raises(SuspenseMoved):
        services.open_back_file(back_id=back.pk, actor=ONE, at=PAID)
    with pytest.raises(SuspenseBySamePerson):
        services.approve_send_back(back_id=back.pk, actor=ONE, at=PAID)
    services.approve_send_back(back_id=back.pk, actor=OTHER, at=PAID)
    file = services.open_back_file(back_id=back.pk, actor=ONE, at=PAID)
    assert file == services.open_back_file(back_id=back.pk, actor=ONE, at=LATER)
    assert ACCOUNT.encode() in file.content
    assert back.number.encode() in file.content
    assert open_debits() == [("CNY", 1, 10_000)]
    services.sent_at_bank(back_id=back.pk, actor=ONE, at=PAID)
    assert open_debits() == []
    with pytest.raises(SuspenseMoved):
        services.sent_at_bank(back_id=back.pk, actor=ONE, at=PAID)
    box = accounts.cash(accounts.DEBIT, world.claim.pk)
    assert books.balance(path=box, currency="CNY") == 10_000
    assert (amounts(), going_back(actor=ONE)) == ([], [])
    assert_books(fresh(world.claim))
    mine = my_debit(claim_id=world.claim.pk, actor=world.debtor)
    assert mine is not None
    assert [(row.back.due, row.back.done_on) for row in mine.rows] == [(10_000, PAID.date())]


def test_what_the_bank_takes_back_too_is_the_debtors_to_return(world: World) -> None:
    paid_meanwhile(world)
    own_money(10_000)
    given(PAID)
    assert hear("失败", "FOCR", LATER) == "returned"
    assert fresh(world.claim).principal == 10_000
    assert (held(world), held(world, "clawback")) == (0, 10_000)
    assert amounts() == []
    with pytest.raises(NothingGoesBack):
        asked()
    assert_books(fresh(world.claim))


def test_what_only_waits_is_dropped_when_the_bank_sends_it_back(world: World) -> None:
    paid_meanwhile(world)
    back = asked(PAID)
    assert hear("失败", "FOCR", LATER) == "returned"
    back.refresh_from_db()
    assert (back.state, held(world), held(world, "clawback")) == ("dropped", 0, 0)
    with pytest.raises(SuspenseMoved):
        services.approve_send_back(back_id=back.pk, actor=OTHER, at=LATER)
    assert_books(fresh(world.claim))


def test_what_was_taken_in_vain_waits_for_the_bank_and_then_goes_back(world: World) -> None:
    in_vain(world)
    early = LATER - timedelta(days=1)
    assert [(row.amount, row.ready) for row in to_give_back(actor=ONE, at=early)] == [
        (20_000, False)
    ]
    with pytest.raises(NothingGoesBack):
        asked(early)
    assert len(to_recall(actor=ONE, at=LATER)) == 1
    given()
    assert to_recall(actor=ONE, at=LATER) == ()
    assert (amounts(), held(world)) == ([], 0)
    # Told by the bank after all: the money came twice, and nothing more goes back.
    own_money(20_000)
    assert hear("失败", "FOCR", LATER) == "returned"
    assert (held(world), held(world, "clawback"), amounts()) == (0, 20_000, [])
    assert_books(fresh(world.claim))


def test_what_the_bank_may_have_and_did_not_send_is_even_once_dropped(world: World) -> None:
    in_vain(world)
    own_money(20_000)
    back = agreed()
    services.open_back_file(back_id=back.pk, actor=ONE, at=LATER)
    assert hear("失败", "FOCR", LATER) == "returned"
    back.refresh_from_db()
    assert (back.state, held(world, "clawback")) == ("ready", 20_000)
    services.drop_send_back(back_id=back.pk, actor=OTHER, at=LATER)
    assert (held(world), held(world, "clawback"), amounts()) == (0, 0, [])
    assert set(books.trial_balance().values()) <= {0}


def test_what_went_back_pays_nothing_in_a_replay(world: World) -> None:
    paid_meanwhile(world)
    own_money(10_000)
    given(PAID)
    services.reverse_payment(
        payment_id=Payment.objects.get(source="cashier").pk, reason="test",
        actor=actor(Role.SYSTEM), at=LATER,
    )  # fmt: skip
    assert fresh(world.claim).principal == 50_000
    assert (amounts(), held(world)) == ([], 0)
    assert_books(fresh(world.claim))


def test_what_was_dropped_waits_again(world: World) -> None:
    paid_meanwhile(world)
    services.drop_send_back(back_id=asked(PAID).pk, actor=OTHER, at=PAID)
    assert (amounts(), held(world)) == ([10_000], -10_000)
    assert given().state == "done"


def test_only_whoever_manages_payments_gives_back(world: World) -> None:
    paid_meanwhile(world)
    debit = Debit.objects.get()
    with pytest.raises(NotPermitted):
        services.give_debit_back(debit_id=debit.pk, actor=world.debtor, at=PAID)
    with pytest.raises(NoDebit):
        services.give_debit_back(debit_id=Payment.objects.latest("pk").pk, actor=ONE, at=PAID)
    back = asked(PAID)
    with pytest.raises(IntegrityError), transaction.atomic():
        SendBack.objects.filter(pk=back.pk).update(debit=None)


def test_verify_names_what_nobody_gave_back(world: World) -> None:
    paid_meanwhile(world)
    assert found(PROMISE, at=LATER) == []
    much_later = PAID + timedelta(days=31)
    assert found(PROMISE, at=much_later) == [Debit.objects.get().number]
    given()
    assert found(PROMISE, at=much_later) == []


def test_what_a_charge_back_took_is_not_there_to_go_back(world: World) -> None:
    paid_meanwhile(world)
    box, purse = accounts.BANK, accounts.refund(world.claim.debtor_id)
    taken = Posting(purse, box, 4_000, "CNY", "payment.surplus", "payment:test", LATER)
    own_money(4_000)
    post_many(postings=[taken])
    assert (amounts(), held(world)) == ([6_000], -6_000)
    assert asked().amount == 6_000
    assert (amounts(), held(world)) == ([], 0)
    assert found(PROMISE, at=PAID + timedelta(days=31)) == []
