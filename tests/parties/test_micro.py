"""A few cents prove an account: three tries, a day's wait, and nobody reads the amount here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import digits, new_id
from qinghe.parties.models import MicroTransfer, VaultItem
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import (
    add_membership,
    ask_registers,
    confirm_account,
    create_user,
    declare_account,
    expire_transfers,
    lower_levels,
    open_transfer,
    record_returned,
    record_sent,
    send_transfer,
    start_transfer,
    state_amount,
    warn_ending,
)
from qinghe.parties.services.micro import (
    AccountProven,
    NoSuchTransfer,
    SameHand,
    TransferRunning,
    TransferWait,
    may_state,
    sandbox_statement,
)
from qinghe.parties.terms import OrgKind, TransferState
from tests import factories
from tests.factories import AT
from tests.parties.onboarded import Applicant
from tests.races import race

CLERK = factories.actor(Role.OPERATOR)
JOB = system("tests")


@pytest.fixture
def one(db: None) -> Applicant:
    one = Applicant()
    one.account()
    return one


def wrong(transfer: MicroTransfer) -> int:
    amount = sandbox_statement(transfer)
    assert amount is not None
    return amount % 99 + 1


def test_the_right_amount_proves_the_account(one: Applicant) -> None:
    transfer = one.transfer()
    amount = sandbox_statement(transfer)
    assert amount is not None
    assert 1 <= amount <= 99
    assert state_amount(cents=amount, **one.mine()).state == TransferState.PROVEN
    with pytest.raises(AccountProven):
        start_transfer(org_id=one.org_id, actor=one.actor, at=AT)
    assert not VaultItem.objects.filter(kind="text").exists(), "the amount is forgotten"


def test_three_wrong_amounts_end_it_and_a_new_one_waits_a_day(one: Applicant) -> None:
    transfer = one.transfer()
    no, yes = wrong(transfer), sandbox_statement(transfer) or 0
    for left in (1, 2):
        assert state_amount(cents=no, **one.mine()).tries == left
    assert state_amount(cents=no, **one.mine()).state == TransferState.FAILED
    with pytest.raises(NoSuchTransfer):
        state_amount(cents=yes, **one.mine())
    with pytest.raises(TransferWait):
        one.transfer(AT + timedelta(days=1, seconds=-1))
    # Another account number opens no new guesses.
    one.account()
    with pytest.raises(TransferWait):
        one.transfer(AT + timedelta(hours=1))
    one.transfer(AT + timedelta(days=1))


def test_changing_the_account_between_guesses_wins_no_guess(one: Applicant) -> None:
    state_amount(cents=wrong(one.transfer()), **one.mine())
    one.account()
    with pytest.raises(TransferWait):
        one.transfer()


@pytest.mark.django_db(transaction=True)
def test_sixteen_guesses_at_once_are_three() -> None:
    one = Applicant()
    one.account()
    no = wrong(one.transfer())

    def guess(_: int) -> bool:
        try:
            state_amount(cents=no, **one.mine())
        except NoSuchTransfer:
            return False
        return True

    assert sum(race(range(16), guess)) == 3
    assert MicroTransfer.objects.get().tries == 3


def test_only_one_is_on_its_way_and_it_ends_after_a_week(one: Applicant) -> None:
    transfer = one.transfer()
    with pytest.raises(TransferRunning):
        one.transfer()
    week = AT + timedelta(days=7)
    assert expire_transfers(at=week - timedelta(seconds=1)) == 0
    with pytest.raises(NoSuchTransfer):
        state_amount(org_id=one.org_id, cents=1, actor=one.actor, at=week)
    assert expire_transfers(at=week) == 1
    transfer.refresh_from_db()
    assert transfer.state == TransferState.EXPIRED
    one.transfer(week)


@pytest.mark.django_db(transaction=True)
def test_jobs_run_outside_any_transaction() -> None:
    one = Applicant()
    one.account()
    one.transfer()
    assert expire_transfers(at=AT + timedelta(days=8)) == 1
    assert ask_registers(at=AT) == 0
    assert lower_levels(at=AT) == 0
    assert warn_ending(at=AT) == 0


def test_a_clerk_sends_by_hand_and_then_nobody_can_read_the_amount(
    one: Applicant, settings: Settings
) -> None:
    settings.TRANSFER_GATEWAY = "manual"
    transfer = start_transfer(org_id=one.org_id, actor=one.actor, at=AT)
    assert not send_transfer(transfer_id=transfer.pk, at=AT)
    with pytest.raises(NotPermitted):
        open_transfer(transfer_id=transfer.pk, actor=one.actor, at=AT)
    order = open_transfer(transfer_id=transfer.pk, actor=CLERK, at=AT)
    record_sent(transfer_id=transfer.pk, reference="B-1", actor=CLERK, at=AT)
    with pytest.raises(NoSuchTransfer):
        open_transfer(transfer_id=transfer.pk, actor=CLERK, at=AT)
    transfer.refresh_from_db()
    assert transfer.sealed_id is None
    assert state_amount(cents=int(order["amount"]), **one.mine()).state == TransferState.PROVEN
    opened = Entry.objects.filter(kind="parties.transfer-opened")
    assert opened.count() == 1
    assert "amount" not in opened.get().facts


def test_what_the_bank_returned_is_asked_for_again_at_once(one: Applicant) -> None:
    transfer = one.transfer()
    record_returned(transfer_id=transfer.pk, reason="no such account", actor=CLERK, at=AT)
    one.transfer()


@pytest.mark.parametrize(
    ("kind", "again"), [(OrgKind.AGENCY, True), (OrgKind.PRIVATE_CREDITOR, False)]
)
def test_who_changed_a_proven_account_does_not_confirm_it(
    db: None, kind: OrgKind, again: bool
) -> None:
    one = Applicant(kind)
    one.account()
    one.prove()
    assert waiting_until([one.org_id], AT) == {}
    one.account()
    assert waiting_until([one.org_id], AT) == {one.org_id: AT + timedelta(hours=72)}
    assert waiting_until([one.org_id], AT + timedelta(hours=72)) == {}
    amount = sandbox_statement(one.transfer())
    assert amount is not None
    if again:
        with pytest.raises(SameHand):
            state_amount(cents=amount, **one.mine())
        other = replace(one.actor, user_id=new_id())
    else:
        other = one.actor
    done = state_amount(org_id=one.org_id, cents=amount, actor=other, at=AT)
    assert done.state == TransferState.PROVEN


def operator() -> Actor:
    """Return an operator whose account the shell made."""
    return member(factories.organisation(OrgKind.OPERATOR).pk, Role.OPERATOR, by=JOB)


def member(org_id: UUID, role: Role, by: Actor) -> Actor:
    email = f"m{digits(8)}@example.com"
    user = create_user(email=email, password=None, display_name="", actor=by, at=AT)
    add_membership(user_id=user.pk, org_id=org_id, role=role, actor=by, at=AT)
    return Actor(role=role, user_id=user.pk, org_id=org_id)


def name_account(org_id: UUID, by: Actor) -> int:
    """Let somebody name another account; return the amount that its statement shows."""
    told = {"holder": "示例有限公司", "number": f"99{digits(14)}", "bank": "示例银行"}
    declare_account(org_id=org_id, **told, actor=by, at=AT)
    made = start_transfer(org_id=org_id, actor=by, at=AT)
    assert send_transfer(transfer_id=made.pk, at=AT)
    made.refresh_from_db()
    amount = sandbox_statement(made)
    assert amount is not None
    return amount


def state(org_id: UUID, cents: int, by: Actor) -> str:
    return state_amount(org_id=org_id, cents=cents, actor=by, at=AT).state


def refused(org_id: UUID, cents: int, *hands: Actor) -> None:
    for hand in hands:
        assert not may_state(org_id=org_id, actor=hand)
        with pytest.raises(SameHand):
            state(org_id, cents, hand)


@pytest.mark.django_db
def test_accounts_of_one_maker_do_not_move_where_money_goes() -> None:
    one = Applicant(OrgKind.AGENCY)
    one.account()
    one.prove()
    boss = operator()
    first, second = (member(one.org_id, Role.COLLECTOR, by=boss) for _ in range(2))
    cents = name_account(one.org_id, first)
    refused(one.org_id, cents, first, second, boss)
    assert may_state(org_id=one.org_id, actor=one.actor)
    assert state(one.org_id, cents, one.actor) == TransferState.PROVEN
    # The other way round as well: whom the operator made answers for the first holder.
    assert state(one.org_id, name_account(one.org_id, one.actor), second) == TransferState.PROVEN


@pytest.mark.django_db
def test_one_confirmed_account_of_two_is_enough_to_prove_a_changed_one() -> None:
    org_id = factories.organisation(OrgKind.INSTITUTION).pk
    boss, colleague = operator(), operator()
    first, second = (member(org_id, Role.CREDITOR, by=boss) for _ in range(2))
    cents = name_account(org_id, first)
    # The operator registered it: nobody looked at its first account.
    refused(org_id, cents, first, second)
    confirm_account(user_id=first.user_id, actor=colleague, at=AT)
    assert state(org_id, cents, first) == TransferState.PROVEN
    cents = name_account(org_id, first)
    refused(org_id, cents, first)
    assert state(org_id, cents, second) == TransferState.PROVEN


@pytest.mark.django_db
def test_a_private_creditor_is_one_person_and_whom_an_operator_adds_is_not_that_person() -> None:
    one = Applicant()
    one.account()
    one.prove()
    boss = operator()
    sock = member(one.org_id, Role.CREDITOR, by=boss)
    refused(one.org_id, name_account(one.org_id, sock), sock, boss)
    refused(one.org_id, name_account(one.org_id, boss), sock, boss)
    cents = name_account(one.org_id, one.actor)
    assert state(one.org_id, cents, one.actor) == TransferState.PROVEN


@pytest.mark.django_db
def test_while_an_application_is_open_its_first_account_needs_one_hand() -> None:
    one = Applicant(OrgKind.AGENCY)
    clerk = member(one.org_id, Role.COLLECTOR, by=operator())
    assert state(one.org_id, name_account(one.org_id, clerk), clerk) == TransferState.PROVEN
