"""The second factor of staff: it can be switched on, and says so in Chinese."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from qinghe.kernel.actor import Role
from tests import factories
from tests.web.people import KINDS, member

PASSWORD = "paper-lantern-42"


@pytest.fixture
def staff(db: None) -> Client:
    user = member(Role.CREDITOR, factories.organisation(KINDS[Role.CREDITOR]))
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/accounts/2fa/totp/activate/", "开启动态口令"),
        ("/accounts/2fa/webauthn/add/", "通行密钥的名字"),
        ("/accounts/2fa/webauthn/", "还没有添加通行密钥"),
    ],
)
def test_an_account_made_by_the_operator_reaches_the_page(
    staff: Client, page: str, words: str
) -> None:
    answer = staff.get(page)

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_password_that_is_too_short_is_refused_in_chinese(staff: Client) -> None:
    fields = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}

    answer = staff.post("/accounts/password/change/", fields)

    assert "密码太短，至少要 10 个字符。" in answer.content.decode()
