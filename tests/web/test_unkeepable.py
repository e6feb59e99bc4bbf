from __future__ import annotations

import pytest
from django.test import Client

from qinghe.kernel.actor import Role
from qinghe.parties.models import Membership, User
from tests import factories


@pytest.fixture
def creditor(db: None) -> Client:
    user = User.objects.create_user("creditor@example.com")
    Membership.objects.create(
        user=user,
        organisation=factories.organisation(),
        role=Role.CREDITOR,
        starts_at=factories.AT.replace(year=2020),
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/claims/?q=%00",
        "/claims/?state=%00",
        "/statements/?currency=%00",
        "/statements/?from=0001-01-01&to=9999-12-31",
        "/complain/%00/",
    ],
)
def test_what_no_table_can_hold_is_a_bad_request_and_not_an_error(
    creditor: Client, address: str
) -> None:
    assert creditor.get(address).status_code == 400
