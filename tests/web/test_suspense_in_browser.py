"""The desk of suspense as people see it: a statement comes in, one proposes, another agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.reference import reference_of
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Suspense
from tests.factories import claim
from tests.journeys.visitor import CHROMIUM
from tests.settlement.bank_files import Said, mt940
from tests.settlement.test_payments import fresh
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_import_assign_and_send_back(
    browser: Browser, live_server: LiveServer, tmp_path: Path, language: str
) -> None:
    known, unknown = claim(principal=10_000), claim(principal=400_000)
    said = [
        Said(10_000, reference_of(known.number), "B1"),
        Said(400_000, "return of a loan", "B2", payer="ZHAO SHILI"),
        Said(2_500, "", "B3"),
        Said(-900, "charges", "B4"),
    ]
    file = tmp_path / "statement.sta"
    file.write_bytes(mt940(said))
    with browser.new_context() as context:
        page = sign_in(context, live_server.url, signed_in(Role.OPERATOR), language)
        page.goto(f"{live_server.url}/suspense/")
        page.set_input_files("input[name=file]", file)
        page.click("[data-test=statement-import]")
        page.wait_for_selector("[data-test=entry-one]", state="attached")
        assert fresh(known).state == "closed"
        look(page, "suspense", language)
        one = Suspense.objects.get(amount=400_000)
        page.goto(f"{live_server.url}/suspense/{one.pk}/")
        page.wait_for_selector("[data-test=words]")
        look(page, "suspense-one", language)
        page.click("[data-test=suspense-candidate]")
        page.wait_for_selector("[data-test=suspense-withdraw]")
        other = Suspense.objects.get(amount=2_500)
        page.goto(f"{live_server.url}/suspense/{other.pk}/")
        # The statement tells no account: the bank does, by telephone.
        page.fill("input[name=account]", "6222000000000000")
        page.click("[data-test=suspense-back]")
        page.wait_for_selector("[data-test=back-drop]")
        page.click("[data-test=back-one]")
        page.wait_for_selector("[data-test=back-drop]")
        look(page, "suspense-back", language)
        page.goto(f"{live_server.url}/suspense/")
        page.click("[data-test=entry-one]")
        page.wait_for_selector("[data-test=entry-explain]")
        look(page, "entry", language)
        page.fill("input[name=note]", "B4")
        page.click("[data-test=entry-explain]")
        page.wait_for_selector("[data-test=entry-one]", state="detached")
    with browser.new_context() as context:
        page = sign_in(context, live_server.url, signed_in(Role.OPERATOR), language)
        page.goto(f"{live_server.url}/suspense/")
        look(page, "suspense-agree", language)
        page.click("[data-test=suspense-agree]")
        page.wait_for_selector("[data-test=suspense-agree]", state="detached")
    assert fresh(unknown).state == "closed"
