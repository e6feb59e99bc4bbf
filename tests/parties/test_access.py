"""Who may act for whom: roles, memberships, licences, keys of machines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import ApiKey, Membership, Organisation, User
from qinghe.parties.queries import (
    NoMembership,
    NoSuchOrganisation,
    actor_for,
    memberships,
    org_name,
    organisation,
    valid_licence,
)
from qinghe.parties.roles import ROLES, NotPermitted, Permission, may, require
from qinghe.parties.services import (
    SlugTaken,
    UnknownKey,
    WrongState,
    actor_of_api_key,
    add_licence,
    add_membership,
    create_api_key,
    create_user,
    end_membership,
    register_organisation,
    revoke_api_key,
    suspend_organisation,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.services.accounts import (
    EmailTaken,
    MemberAlready,
    NoSuchMembership,
    RoleNotForOrganisation,
    WeakPassword,
)
from qinghe.parties.services.secrets import WORDS_ONLY

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
PASSWORD = "a long enough phrase"
pytestmark = pytest.mark.django_db


def firm(slug: str = "agency", kind: str = "agency") -> Organisation:
    made = register_organisation(slug=slug, name=slug.title(), kind=kind, actor=JOB, at=AT)
    return verify_organisation(org_id=made.pk, actor=JOB, at=AT)


def user(email: str = "wang@example.com") -> User:
    return create_user(email=email, password=PASSWORD, display_name="Wang", actor=JOB, at=AT)


def member(of: Organisation, who: User, role: Role = Role.COLLECTOR) -> Membership:
    return add_membership(user_id=who.pk, org_id=of.pk, role=role, actor=JOB, at=AT)


def test_every_role_is_described_and_every_permission_has_a_holder() -> None:
    assert set(ROLES) == set(Role)
    assert all(str(each.display_name) and str(each.description) for each in ROLES.values())
    people = [each for role, each in ROLES.items() if role is not Role.SYSTEM]
    assert set().union(*(each.permissions for each in people)) == set(Permission)


def test_nobody_who_earns_by_collecting_judges_complaints_or_sees_who_somebody_is() -> None:
    for role in (Role.CREDITOR, Role.COLLECTOR):
        assert ROLES[role].purposes <= WORDS_ONLY
        assert not may(Actor(role=role), Permission.DECIDE_COMPLAINTS)
    with pytest.raises(NotPermitted):
        require(Actor(role=Role.REGULATOR), Permission.SEE_ALL_CLAIMS)


def test_a_member_acts_in_the_chosen_role_from_its_beginning_to_its_end() -> None:
    agency, who = firm(), user()
    joined = member(agency, who)
    actor = actor_for(user_id=who.pk, membership_id=None, at=AT)
    assert (actor.role, actor.org_id, actor.user_id) == (Role.COLLECTOR, agency.pk, who.pk)

    with pytest.raises(NoMembership):
        actor_for(user_id=who.pk, membership_id=new_id(), at=AT)
    with pytest.raises(NoMembership):
        actor_for(user_id=who.pk, membership_id=joined.pk, at=AT - timedelta(seconds=1))
    end_membership(membership_id=joined.pk, actor=JOB, at=AT + timedelta(days=1))
    assert memberships(user_id=who.pk, at=AT + timedelta(days=1)) == []
    with pytest.raises(NoSuchMembership):
        end_membership(membership_id=joined.pk, actor=JOB, at=AT + timedelta(days=2))


def test_a_suspended_organisation_has_no_actors_no_keys_and_no_licences() -> None:
    agency, who = firm(), user()
    joined = member(agency, who)
    key = create_api_key(membership_id=joined.pk, name="dialler", actor=JOB, at=AT)
    suspend_organisation(org_id=agency.pk, reason="complaints", actor=JOB, at=AT)

    with pytest.raises(NoMembership):
        actor_for(user_id=who.pk, membership_id=None, at=AT)
    with pytest.raises(UnknownKey):
        actor_of_api_key(key, AT)
    with pytest.raises(WrongState):
        suspend_organisation(org_id=agency.pk, reason="again", actor=JOB, at=AT)


@pytest.mark.parametrize(
    ("region", "asked", "day", "valid"),
    [
        ("", "330100", date(2026, 6, 1), True),
        ("330000", "330100", date(2026, 6, 1), True),
        ("330100", "330100", date(2026, 6, 1), True),
        ("330100", "330200", date(2026, 6, 1), False),
        ("440000", "330100", date(2026, 6, 1), False),
        ("", "330100", date(2026, 1, 1), True),
        ("", "330100", date(2027, 1, 1), False),
        ("", "330100", date(2025, 12, 31), False),
    ],
)
def test_a_licence_counts_in_its_region_on_its_days_once_verified(
    region: str, asked: str, day: date, valid: bool
) -> None:
    agency = firm()
    licence = add_licence(
        org_id=agency.pk,
        kind="collection",
        number="C-1",
        region=region,
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
        actor=JOB,
        at=AT,
    )
    question = {"org_id": agency.pk, "kind": "collection", "region": asked, "on": day}
    assert not valid_licence(**question)  # type: ignore[arg-type]
    verify_licence(licence_id=licence.pk, actor=JOB, at=AT)
    assert valid_licence(**question) is valid  # type: ignore[arg-type]


def test_a_machine_acts_by_a_key_that_only_its_hash_knows() -> None:
    agency, who = firm(), user()
    joined = member(agency, who)
    mine = actor_for(user_id=who.pk, membership_id=None, at=AT)
    key = create_api_key(membership_id=joined.pk, name="dialler", actor=mine, at=AT)

    assert actor_of_api_key(key, AT) == mine
    row = ApiKey.objects.get()
    assert key.encode() not in bytes(row.digest)
    with pytest.raises(UnknownKey):
        actor_of_api_key(key + "x", AT)
    with pytest.raises(NoSuchMembership):
        create_api_key(
            membership_id=joined.pk, name="x", actor=Actor(Role.COLLECTOR, new_id()), at=AT
        )
    with pytest.raises(UnknownKey):
        revoke_api_key(key_id=row.pk, actor=Actor(Role.COLLECTOR, new_id()), at=AT)
    revoke_api_key(key_id=row.pk, actor=mine, at=AT)
    with pytest.raises(UnknownKey):
        actor_of_api_key(key, AT)


def test_accounts_are_refused_when_doubled_weak_or_in_a_role_that_does_not_fit() -> None:
    agency, who = firm(), user()
    member(agency, who)
    with pytest.raises(EmailTaken):
        user("Wang@Example.com")
    with pytest.raises(WeakPassword):
        create_user(email="x@example.com", password="12345", display_name="", actor=JOB, at=AT)
    with pytest.raises(MemberAlready):
        member(agency, who)
    with pytest.raises(RoleNotForOrganisation):
        member(agency, who, Role.COMPLIANCE)
    assert Membership.objects.count() == 1
    with pytest.raises(SlugTaken):
        firm()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.SYSTEM}))
def test_only_the_operator_makes_accounts(role: Role) -> None:
    with pytest.raises(NotPermitted):
        create_user(
            email="x@example.com", password=PASSWORD, display_name="", actor=Actor(role), at=AT
        )


def test_names_and_slugs() -> None:
    agency = firm()
    assert org_name(agency.pk) == "Agency"
    assert org_name(None) == ""
    assert organisation("agency") == agency
    with pytest.raises(NoSuchOrganisation):
        organisation("stranger")
