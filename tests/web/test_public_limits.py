"""What a stranger may do at the public pages, and how often; accounts that open nothing."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import Settings

from qinghe.kernel.actor import Role, system
from qinghe.parties.models import Membership, User
from qinghe.quality.models import Complaint
from qinghe.quality.services import open_complaint
from qinghe.web.public import voice
from tests import factories
from tests.factories import AT

COMPLAINT = {"kind": "rude", "statement": "Calls at night."}
pytestmark = pytest.mark.django_db


def test_complaints_cannot_be_poured_in(client: Client) -> None:
    answers = [client.post("/complain/", COMPLAINT).status_code for _n in range(12)]
    assert answers == [302] * voice.COMPLAINTS + [422] * 2
    assert Complaint.objects.count() == voice.COMPLAINTS


def test_numbers_of_complaints_cannot_be_tried_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "LOOKS", 5)
    made = open_complaint(
        kind="rude",
        statement="",
        claim_id=None,
        person_id=None,
        actor=system("public-door"),
        at=AT,
    )
    tries = [f"TS261123{n:06}" for n in range(5)]
    assert {client.get(f"/complain/{number}/").status_code for number in tries} == {404}
    assert client.get(f"/complain/{made.number}/").status_code == 404
    elsewhere = client.get(f"/complain/{made.number}/", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200


@pytest.mark.parametrize("key", ["k" * 5_000, "a\0b", "é"])
def test_a_key_that_is_none_is_passed_over(client: Client, key: str) -> None:
    answer = client.post("/complain/", {**COMPLAINT, "request_key": key})
    assert answer.status_code == 302


def member(email: str) -> User:
    user = User.objects.create_user(email, "qinghe-demo-2026")
    org = factories.organisation()
    Membership.objects.create(
        user=user, organisation=org, role=Role.CREDITOR, starts_at=AT.replace(year=2020)
    )
    return user


def test_an_account_of_the_demonstration_opens_nothing_in_a_real_market(
    client: Client, settings: Settings
) -> None:
    member("creditor@example.com")
    given = {"login": "creditor@example.com", "password": "qinghe-demo-2026"}
    settings.DEMO = False
    assert client.post("/accounts/login/", given).headers["Location"] == "/accounts/inactive/"
    assert client.get("/start/").status_code == 302
    assert "login" in client.get("/start/").headers["Location"]
    settings.DEMO = True
    assert client.post("/accounts/login/", given).headers["Location"] == "/start/"


def test_nobody_takes_another_address_than_the_operator_gave(client: Client) -> None:
    user = member("wang@example.com")
    given = {"login": "wang@example.com", "password": "qinghe-demo-2026"}
    assert client.post("/accounts/login/", given).status_code == 302
    client.post("/accounts/email/", {"email": "boss@example.com", "action_add": ""})
    client.post("/accounts/email/", {"email": "boss@example.com", "action_primary": ""})
    user.refresh_from_db()
    assert user.email == "wang@example.com"
    assert not EmailAddress.objects.filter(email="boss@example.com").exists()
