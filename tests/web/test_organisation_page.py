"""Organisations as the operator keeps them: what the rules hang on can be said on the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Licence, Membership, Organisation, User
from qinghe.parties.terms import OrgKind
from qinghe.rules.interest import lender_kinds
from qinghe.web.operator.forms import LENDERS
from tests import factories
from tests.web.people import LONG_AGO, signed_in, sock_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NEW = {"name": "示例小贷", "slug": "example", "kind": "institution", "credit_code": ""}
PAPER = {
    "kind": "collection",
    "number": "R-1",
    "starts_on": "2026-01-01",
    "ends_on": "2027-01-01",
}

pytestmark = pytest.mark.django_db


def post(client: Client, place: str, told: dict[str, str]) -> str:
    with clock.at(NOON):
        return client.post(place, told, follow=True).content.decode()


def see(client: Client, place: str) -> str:
    with clock.at(NOON):
        return client.get(place).text


def test_every_kind_of_lender_the_rules_know_can_be_chosen() -> None:
    assert set(LENDERS) == lender_kinds()


def test_a_creditor_is_registered_with_what_its_rules_hang_on() -> None:
    more = {"region": "杭州", "lender_kind": "small_loan_company", "group": "example-group"}
    page = post(signed_in(Role.OPERATOR), "/organisations/new/", {**NEW, **more})
    assert "Small loan company" in page
    assert "example-group" in page
    made = Organisation.objects.get(slug="example")
    assert (made.region, made.lender_kind) == ("330100", "small_loan_company")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"region": "Atlantis"}, "No province or city has this name or code."),
        ({"credit_code": "91330100MA00000000"}, "This credit code cannot be right."),
    ],
)
def test_what_cannot_be_is_not_registered(wrong: dict[str, str], why: str) -> None:
    assert why in post(signed_in(Role.OPERATOR), "/organisations/new/", {**NEW, **wrong})
    assert not Organisation.objects.filter(slug="example").exists()


def test_a_licence_says_for_which_region_it_holds() -> None:
    agency = factories.collector()
    here = f"/organisations/{agency.slug}/licences/"
    post(signed_in(Role.OPERATOR), here, {**PAPER, "region": "浙江"})
    assert Licence.objects.get().region == "330000"


def test_one_account_gets_a_second_role_and_loses_it_again() -> None:
    agency, other = factories.collector(), factories.collector()
    boss = signed_in(Role.OPERATOR)
    ann = {"email": "ann@example.com", "display_name": "Ann", "role": "collector", "password": ""}
    here = f"/organisations/{agency.slug}/members/"
    assert "This address has no account yet" in post(boss, here, ann)
    assert "The account was made." in post(boss, here, {**ann, "password": "a-long-secret-77"})
    assert "The role was given." in post(boss, f"/organisations/{other.slug}/members/", ann)
    user = User.objects.get(email="ann@example.com")
    assert Membership.objects.filter(user=user, ends_at=None).count() == 2

    mine = Membership.objects.get(user=user, organisation=agency)
    with clock.at(NOON):
        strange = boss.post(f"/organisations/{other.slug}/members/{mine.pk}/end/")
    assert strange.status_code == 404
    with clock.at(NOON + timedelta(hours=1)):
        page = boss.post(f"{here}{mine.pk}/end/", follow=True).content.decode()
    assert "The role was taken back." in page
    assert "ann@example.com" not in page


def test_an_account_counts_with_its_maker_until_a_colleague_knows_the_person() -> None:
    agency = factories.collector()
    boss, colleague = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    ann = {"email": "ann@example.com", "display_name": "Ann", "role": "collector"}
    here = f"/organisations/{agency.slug}/"
    page = post(boss, f"{here}members/", {**ann, "password": "a-long-secret-77"})
    assert 'data-test="unconfirmed"' in page
    for tied in (page, see(sock_of(boss, Role.OPERATOR), here)):
        assert "a colleague who stands apart confirms" in tied
        assert 'data-test="confirm-account"' not in tied
    assert 'data-test="confirm-account"' in see(colleague, here)
    mine = Membership.objects.get(user__email="ann@example.com")
    confirm = f"{here}members/{mine.pk}/confirm/"
    assert "A colleague who has nothing to do with it confirms it." in post(boss, confirm, {})
    page = post(colleague, confirm, {})
    assert "The account counts as a person of its own" in page
    assert 'data-test="unconfirmed"' not in page
    stranger = f"/organisations/{factories.collector().slug}/members/{mine.pk}/confirm/"
    with clock.at(NOON):
        assert colleague.post(stranger).status_code == 404
        assert signed_in(Role.REVIEWER).post(confirm).status_code == 404


def test_whoever_has_two_roles_in_one_house_reads_which_one_a_button_switches_to() -> None:
    house = factories.organisation(OrgKind.OPERATOR)
    client = signed_in(Role.OPERATOR, house)
    client.cookies["django_language"] = "en"
    user_id = client.session["_auth_user_id"]
    for role in (Role.REVIEWER, Role.COMPLIANCE):
        Membership.objects.create(
            user_id=user_id, organisation=house, role=role, starts_at=LONG_AGO
        )
    page = client.get("/organisations/").text
    assert f"{house.name} · Reviewer</button>" in page
    assert f"{house.name} · Compliance officer</button>" in page
    assert f"{house.name} · Operator</p>" in page
