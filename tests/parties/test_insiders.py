"""One person who runs the installation does not become two, and leaves no secret behind."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations

import pytest

from qinghe.journal.models import Answer, Entry
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import Membership, User
from qinghe.parties.pairs import independent
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import add_membership, confirm_account, create_api_key, create_user
from qinghe.parties.services.accounts import NotYourself
from qinghe.parties.services.confirming import ConfirmedBySame, NothingToConfirm
from qinghe.parties.services.door import network_of
from qinghe.parties.services.passwords import set_password
from qinghe.parties.terms import OrgKind
from qinghe.settlement import refusals, services
from qinghe.settlement.models import Payout
from tests import factories
from tests.factories import AT
from tests.settlement.test_payments import pay

pytestmark = pytest.mark.django_db
JOB = system("tests")
LONG = "a-long-word-that-nobody-guesses-7"


def operator(email: str, by: Actor = JOB) -> Actor:
    user = create_user(email=email, password=None, display_name="", actor=by, at=AT)
    org = factories.organisation(OrgKind.OPERATOR)
    add_membership(user_id=user.pk, org_id=org.pk, role=Role.OPERATOR, actor=by, at=AT)
    return Actor(role=Role.OPERATOR, user_id=user.pk, org_id=org.pk)


def prepared(by: Actor) -> Payout:
    pay(factories.claim(), 500, source="cashier")
    return services.prepare_payouts(actor=by, at=AT)[0]


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.REVIEWER])
def test_nobody_gives_a_role_to_themselves(role: Role) -> None:
    boss = operator("boss@example.com")
    assert boss.user_id
    assert boss.org_id
    with pytest.raises(NotYourself):
        add_membership(user_id=boss.user_id, org_id=boss.org_id, role=role, actor=boss, at=AT)
    assert Membership.objects.filter(user=boss.user_id).count() == 1


def test_a_second_account_of_ones_own_making_is_no_second_person() -> None:
    boss = operator("boss@example.com")
    puppet = operator("puppet@example.com", by=boss)
    for preparer, approver in ((boss, puppet), (puppet, boss)):
        payout = prepared(preparer)
        with pytest.raises(refusals.SamePerson):
            services.approve_payout(payout_id=payout.pk, actor=approver, at=AT)
        services.return_payout(payout_id=payout.pk, reason="test", actor=JOB, at=AT)


def two(one: Actor, other: Actor) -> bool:
    return independent(one.label, other.label)


def test_a_chain_of_accounts_is_one_person() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    first = operator("first@example.com", by=boss)
    second = operator("second@example.com", by=first)
    sister = operator("sister@example.com", by=boss)
    ours = (boss, first, second, sister)
    for one, other in permutations(ours, 2):
        assert not two(one, other)
    for each in ours:
        assert two(each, colleague)
        assert two(colleague, each)
    payout = prepared(boss)
    with pytest.raises(refusals.SamePerson):
        services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
    services.approve_payout(payout_id=payout.pk, actor=colleague, at=AT)


def test_who_knows_the_person_unties_an_account_and_nobody_else_does() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    new = operator("new@example.com", by=boss)
    puppet = operator("puppet@example.com", by=boss)
    assert new.user_id
    assert colleague.user_id
    for tied in (boss, puppet, new):
        with pytest.raises(ConfirmedBySame):
            confirm_account(user_id=new.user_id, actor=tied, at=AT)
    assert not two(boss, new)
    confirm_account(user_id=new.user_id, actor=colleague, at=AT)
    assert two(boss, new)
    assert two(new, puppet)
    assert not two(boss, puppet)
    for known in (new.user_id, colleague.user_id):
        with pytest.raises(NothingToConfirm):
            confirm_account(user_id=known, actor=boss, at=AT)
    # A password that the boss sets anew ties it again.
    set_password(email="new@example.com", password=LONG, actor=boss, at=AT)
    assert not two(new, boss)
    assert not two(new, puppet)


def test_a_clerk_confirms_nobody() -> None:
    new = operator("new@example.com", by=operator("boss@example.com"))
    assert new.user_id
    with pytest.raises(NotPermitted):
        confirm_account(user_id=new.user_id, actor=factories.actor(Role.REVIEWER), at=AT)


def test_two_people_that_the_shell_made_prepare_and_approve() -> None:
    payout = prepared(operator("boss@example.com"))
    second = operator("second@example.com")
    assert services.approve_payout(payout_id=payout.pk, actor=second, at=AT).state == "approved"


def test_a_machines_key_is_kept_nowhere() -> None:
    boss = operator("boss@example.com")
    member = Membership.objects.get(user=boss.user_id)
    keyed = boss.with_key("once")
    key = create_api_key(membership_id=member.pk, name="x", actor=keyed, at=AT)
    assert not Answer.objects.exists()
    assert create_api_key(membership_id=member.pk, name="x", actor=keyed, at=AT) != key


def test_a_password_cannot_be_guessed_from_what_a_request_leaves_behind() -> None:
    password = "correct horse 42"
    given = {"email": "new@example.com", "password": password, "display_name": ""}
    create_user(**given, actor=operator("boss@example.com").with_key("once"), at=AT)
    text = json.dumps(["parties.create_user", given], sort_keys=True)
    assert bytes(Answer.objects.get().body) != hashlib.sha256(text.encode()).digest()
    assert User.objects.filter(email="new@example.com").exists()


def test_numbers_that_people_type_into_a_reason_stay_out_of_the_journal() -> None:
    said = "called 138 0000 0000 and wang@example.com, id 990101199001011231"
    record(kind="test", subject="claim:1", actor=JOB, at=AT, reason=said, amount=13_800_000_000)
    facts = Entry.objects.get(kind="test").facts
    assert facts == {
        "reason": "called [phone] and [email], id [id number]",
        "amount": 13_800_000_000,
    }


def test_one_visitor_with_many_addresses_of_ipv6_is_one_visitor() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7")
    assert network_of("192.0.2.7") != network_of("192.0.2.8")
    assert network_of("nonsense") == "nonsense"
