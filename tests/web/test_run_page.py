"""The page of a payout run: who did what, why somebody may not approve, and a file made void."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from qinghe.kernel.actor import Role
from qinghe.settlement.models import PayoutRun
from tests.settlement.banked import filed, opened, owed
from tests.shown import fields_of
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: object) -> None:
    settings.VAULT_FILES = tmp_path


def press(client: Client, path: str, **data: object) -> str:
    answer = client.post(path, {"request_key": uuid4().hex, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_may_approve_has_the_button() -> None:
    owed(700)
    run = opened()
    text = signed_in(Role.OPERATOR).get(f"/payouts/runs/{run.pk}/").content.decode()
    assert 'data-test="approve-run"' in text
    assert 'data-test="opened-by"' in text


def test_a_file_is_voided_by_two_and_made_for_another_day() -> None:
    owed(700)
    address = f"/payouts/runs/{filed().pk}/"
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert 'data-test="ask-void"' in one.get(address).content.decode()
    text = press(one, f"{address}file/void/", reason="wrong day")
    assert 'data-test="agree-void"' not in text
    assert 'data-test="hand-in"' not in text
    assert 'data-test="download-file"' not in text
    assert 'data-test="agree-void"' in other.get(address).content.decode()
    agree = f"{address}file/void/agree/"
    text = press(other, agree, **fields_of(other, address, agree))
    assert 'data-test="make-file"' in text
    assert PayoutRun.objects.get().file_sha256 == ""


def test_an_old_page_voids_no_file_for_another_reason() -> None:
    owed(700)
    address = f"/payouts/runs/{filed().pk}/"
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    press(one, f"{address}file/void/", reason="wrong day")
    agree = f"{address}file/void/agree/"
    old = fields_of(other, address, agree)
    press(one, f"{address}file/void/", keep="1")
    press(one, f"{address}file/void/", reason="wrong account")
    assert "This changed after you opened the page" in press(other, agree, **old)
    assert PayoutRun.objects.get().file_sha256 != ""


def test_a_file_is_kept_after_all() -> None:
    owed(700)
    address = f"/payouts/runs/{filed().pk}/"
    one = signed_in(Role.OPERATOR)
    press(one, f"{address}file/void/", reason="wrong day")
    assert 'data-test="hand-in"' in press(one, f"{address}file/void/", keep="1")
