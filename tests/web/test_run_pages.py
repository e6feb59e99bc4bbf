"""A payout run on the pages: two persons, one file, the bank's answer, and what the payee reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Payout, PayoutLimit, PayoutRun
from tests.factories import AT
from tests.settlement.banked import owed, payout_of, told
from tests.shown import fields_of
from tests.web.people import signed_in

LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


def act(client: Client, place: str, **fields: object) -> str:
    with clock.at(LATER):
        return client.post(f"/payouts/{place}/", fields, follow=True).text


def approved(client: Client, run: PayoutRun) -> str:
    with clock.at(LATER):
        page, place = f"/payouts/runs/{run.pk}/", f"runs/{run.pk}/approve"
        shown = fields_of(client, page, f"/payouts/{place}/")
    return act(client, place, **shown)


def read(client: Client, place: str = "") -> str:
    with clock.at(LATER):
        return client.get(f"/payouts/{place}").text


def test_two_persons_bring_a_run_to_the_bank() -> None:
    owner = owed(700)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    act(one, "prepare")
    assert "Collect a run in CNY" in read(one)
    act(one, "runs/open/CNY")
    run = PayoutRun.objects.get()
    mine, theirs = (read(who, f"runs/{run.pk}/") for who in (one, other))
    assert 'data-test="approve-run"' not in mine
    assert "Another person must approve it." in mine
    assert 'data-test="approve-run"' in theirs

    # A page opened before a colleague kept one out approves nothing.
    assert "This changed after you opened the page" in act(
        other, f"runs/{run.pk}/approve", seen="of-before"
    )
    approved(other, run)
    page = act(one, f"runs/{run.pk}/file/make", file_format="cn-csv", executes_on="2026-11-23")
    assert 'data-test="download-file"' in page
    with clock.at(LATER):
        got = [one.post(f"/payouts/runs/{run.pk}/file/") for _twice in range(2)]
    assert got[0].content == got[1].content
    assert got[0]["Content-Disposition"] == f'attachment; filename="{run.number}.csv"'
    assert Entry.objects.filter(kind="payout.file-opened").count() == 2
    assert "Handed to the bank" in act(one, f"runs/{run.pk}/sent")

    content = told((payout_of(owner).number, "成功", ""))
    answers = SimpleUploadedFile("answers.csv", content)
    assert "Booked as paid" in act(other, "answers", file=answers)
    run.refresh_from_db()
    assert (run.state, payout_of(owner).state) == ("done", "paid")


def test_what_came_back_is_told_to_its_payee_with_what_to_do() -> None:
    owner = owed(700)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    creditor = signed_in(Role.CREDITOR, owner)
    act(one, "prepare")
    act(one, "runs/open/CNY")
    run, payout = PayoutRun.objects.get(), Payout.objects.get()
    approved(other, run)
    act(one, f"runs/{run.pk}/file/make", file_format="cn-csv", executes_on="2026-11-23")
    act(one, f"runs/{run.pk}/sent")
    assert "Handed to the bank" in read(creditor, "mine/")
    assert "Asked." in act(other, f"{payout.pk}/back/ask", code="AC04", reason="by phone")
    assert "The account is closed" not in read(creditor, "mine/")
    decide = f"/payouts/{payout.pk}/back/decide/"
    with clock.at(LATER):
        agrees = fields_of(one, f"/payouts/runs/{run.pk}/", decide)
    act(one, f"{payout.pk}/back/decide", **agrees)
    page = read(creditor, "mine/")
    assert "The account is closed" in page
    assert "Declare your account anew and prove it" in page
    assert 'data-test="came-back"' in page
    assert "¥7.00 is payable to you." in page
    stranger = read(signed_in(Role.CREDITOR), "mine/")
    assert payout.number not in stranger


def test_a_payout_that_cannot_go_out_says_why_on_both_sides() -> None:
    owner = owed(700, banked=False)
    one = signed_in(Role.OPERATOR)
    assert "No bank account was declared." in read(signed_in(Role.CREDITOR, owner), "mine/")
    act(one, "prepare")
    page = read(one)
    assert "No bank account was declared." in page
    assert 'data-test="open-run"' not in page


def test_one_kept_out_is_let_in_again_by_hand() -> None:
    owner = owed(700)
    owed(300)
    one = signed_in(Role.OPERATOR)
    act(one, "prepare")
    act(one, "runs/open/CNY")
    payout = payout_of(owner)
    page = act(one, f"{payout.pk}/keep-out", reason="asked by the creditor")
    assert "asked by the creditor" in page
    assert 'data-test="let-in"' in page
    assert "asked by the creditor" not in read(signed_in(Role.CREDITOR, owner), "mine/")
    assert 'data-test="let-in"' not in act(one, f"{payout.pk}/let-in")


def test_limits_are_changed_by_two() -> None:
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    fields = {"currency": "CNY", "per_payout": "10", "per_run": "100", "per_day": "20.50"}
    assert "Another person must agree." in act(one, "limits", **fields)
    asked = PayoutLimit.objects.get()
    assert (asked.per_payout, asked.per_day) == (1000, 2050)
    assert "¥10.00" in act(other, f"limits/{asked.pk}")
    asked.refresh_from_db()
    assert asked.agreed_at == LATER


@pytest.mark.parametrize(("currency", "typed"), [("CNY", "1.234"), ("JPY", "1.5")])
def test_decimals_that_a_currency_has_not_are_told_beside_the_field(
    currency: str, typed: str
) -> None:
    fields = {"currency": currency, "per_payout": typed, "per_run": "100", "per_day": "100"}
    text = act(signed_in(Role.OPERATOR), "limits", **fields)
    assert f"{currency} has no more than" in text
    assert f'value="{typed}"' in text or currency == "JPY"
    assert not PayoutLimit.objects.exists()


def test_in_chinese_too() -> None:
    owner = owed(700)
    one = signed_in(Role.OPERATOR, lang="zh-hans")
    act(one, "prepare")
    act(one, "runs/open/CNY")
    assert "须由另一人复核。" in read(one, f"runs/{PayoutRun.objects.get().pk}/")
    assert "付款" in read(signed_in(Role.CREDITOR, owner, lang="zh-hans"), "mine/")
