"""A role given to a colleague ties nobody; an account whose person nobody knows stays tied."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import Membership, User
from qinghe.parties.pairs import DOOR, independent, tied
from qinghe.parties.services import add_membership, confirm_account, create_user
from qinghe.parties.services.accounts import NotYourself
from qinghe.parties.services.passwords import set_password
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db
JOB = system("tests")
LONG = "a-long-word-that-nobody-guesses-7"


def account(email: str, by: Actor) -> User:
    return create_user(email=email, password=None, display_name="", actor=by, at=AT)


def give(user: User, role: Role, by: Actor) -> Actor:
    """Give a role and return whom it makes."""
    kind = OrgKind.AGENCY if role is Role.COLLECTOR else OrgKind.OPERATOR
    org = factories.organisation(kind)
    add_membership(user_id=user.pk, org_id=org.pk, role=role, actor=by, at=AT)
    return Actor(role=role, user_id=user.pk, org_id=org.pk)


def operator(email: str, by: Actor = JOB) -> Actor:
    return give(account(email, by), Role.OPERATOR, by)


def user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def two(one: Actor, other: Actor) -> bool:
    return independent(one.label, other.label)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COLLECTOR])
def test_a_further_role_leaves_two_colleagues_two(role: Role) -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    other = give(user(colleague), role, boss)
    give(user(boss), role, colleague)
    assert two(boss, colleague)
    assert two(boss, other)


def test_a_role_from_another_leaves_a_made_account_tied_to_its_maker_alone() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    made = operator("made@example.com", by=boss)
    give(user(made), Role.REVIEWER, colleague)
    assert not two(made, boss)
    assert two(made, colleague)


def test_a_role_after_the_confirmation_does_not_tie_again_but_a_password_does() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    made = operator("made@example.com", by=boss)
    confirm_account(user_id=user(made).pk, actor=colleague, at=AT)
    give(user(made), Role.REVIEWER, boss)
    assert two(made, boss)
    set_password(email="made@example.com", password=LONG, actor=boss, at=AT)
    assert not two(made, boss)


def test_who_brings_in_an_account_from_the_door_stands_behind_it() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    stranger = account("stranger@example.com", DOOR)
    set_password(email="stranger@example.com", password=LONG, actor=JOB, at=AT)
    came = give(stranger, Role.OPERATOR, boss)
    assert not two(came, boss)
    # A second membership is no hiding place, whoever gives it.
    for by in (boss, colleague):
        give(stranger, Role.REVIEWER, by)
        assert not two(came, boss)
    confirm_account(user_id=stranger.pk, actor=colleague, at=AT)
    assert two(came, boss)


def test_who_brings_in_an_account_that_the_journal_does_not_know_stands_behind_it() -> None:
    boss = operator("boss@example.com")
    came = give(User.objects.create_user("old@example.com"), Role.OPERATOR, boss)
    assert not two(came, boss)


def test_the_shell_answers_for_whom_it_gives_a_role() -> None:
    boss, stranger = operator("boss@example.com"), account("stranger@example.com", DOOR)
    came = give(stranger, Role.OPERATOR, JOB)
    give(stranger, Role.REVIEWER, boss)
    assert two(came, boss)


def test_nobody_gets_a_role_through_an_account_of_their_own_making() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    first = operator("first@example.com", by=boss)
    second = operator("second@example.com", by=first)
    brought = give(account("stranger@example.com", DOOR), Role.OPERATOR, boss)
    for sock in (first, second, brought):
        with pytest.raises(NotYourself):
            give(user(boss), Role.COMPLIANCE, sock)
    with pytest.raises(NotYourself):
        give(user(first), Role.COMPLIANCE, second)
    assert Membership.objects.filter(user=boss.user_id).count() == 1
    give(user(boss), Role.COMPLIANCE, colleague)
    # Downwards is what makes accounts; both stay one with their maker.
    assert not two(give(user(second), Role.COMPLIANCE, boss), boss)


def test_whom_a_colleague_knows_may_give_its_maker_a_role() -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    made = operator("made@example.com", by=boss)
    confirm_account(user_id=user(made).pk, actor=colleague, at=AT)
    give(user(boss), Role.COMPLIANCE, made)


def labels(actors: Iterable[Actor]) -> set[str]:
    return {actor.label for actor in actors}


def test_many_are_asked_about_as_fast_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    boss, colleague = operator("boss@example.com"), operator("colleague@example.com")
    socks = [operator(f"sock{n}@example.com", by=boss) for n in range(5)]
    others = [operator(f"other{n}@example.com", by=colleague) for n in range(5)]
    # Those named, then who made them.
    with django_assert_num_queries(2):
        asked = labels([*socks, *others]) | {"system:job", "operator:-"}
        assert tied(asked, socks[0].label) == labels(socks)
    assert tied(labels([boss, colleague]), socks[0].label) == {boss.label}
