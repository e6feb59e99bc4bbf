"""A clerk sends the papers of a whole batch in one ZIP, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Batch, Bundle, Claim, Evidence
from qinghe.claims.services import work_on_bundle
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.claims.bundled import paper, raw_zip
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

CLAIMS = 40

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    own = browser.new_context(base_url=live_server.url, accept_downloads=True)
    yield own
    own.close()


def batch_of(bank: Organisation) -> Batch:
    """Return a batch that was taken over, whose claims lack every paper."""
    now = clock.now()
    made = Batch.objects.create(
        creditor=bank, filename="十一月委外.csv", sha256="0" * 64, as_of=now.date(),
        uploaded_at=now, decided_at=now, currency="CNY", state="accepted", read=CLAIMS,
        valid=CLAIMS, accepted=CLAIMS,
    )  # fmt: skip
    for n in range(CLAIMS):
        number = f"JD-2026-{n:03}"
        factories.claim(creditor=bank, batch=made, contract_number=number, state="submitted")
    return made


def papers() -> bytes:
    """Return a ZIP as a Chinese Windows writes it: right ones, and four that fit nothing."""
    files = {}
    for n in range(CLAIMS):
        files[f"JD-2026-{n:03}/借款合同.pdf"] = paper(f"contract {n}")
        files[f"JD-2026-{n:03}/放款凭证.pdf"] = paper(f"transfer {n}")
    files["JD-2027-001 合同.pdf"] = paper("unknown")
    files["JD-2026-001 JD-2026-002 合同.pdf"] = paper("two")
    files["JD-2026-003 扫描件.pdf"] = paper("no kind")
    files["JD-2026-004 合同.doc"] = b"\xd0\xcf\x11\xe0" * 9
    return raw_zip({name.encode("gbk"): content for name, content in files.items()})


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 360)])
def test_a_batch_gets_its_papers_in_one_send(
    context: BrowserContext,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
    language: str,
    width: int,
) -> None:
    settings.VAULT_FILES = tmp_path
    bank = factories.organisation(name="示例银行")
    batch = batch_of(bank)
    page = sign_in(context, live_server.url, signed_in(Role.CREDITOR, bank), language, width)
    complaints = list[str]()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    page.goto(f"/batches/{batch.pk}/")
    page.locator("[data-test=send-bundle]").click()
    page.wait_for_url("**/papers/**")
    look(page, "papers-send", language, width)
    file: Any = {"name": "材料.zip", "mimeType": "application/zip", "buffer": papers()}
    page.locator("[name=papers]").set_input_files(file)
    page.locator("[data-test=send-papers]").click()
    expect(page.locator("[data-test=progress]")).to_be_visible()
    look(page, "papers-progress", language, width)
    bundle = Bundle.objects.get()
    assert bundle.batch_id == batch.pk
    work_on_bundle(bundle_id=bundle.pk, clock=clock.now)
    # The open page tells the end by itself.
    expect(page.locator("[data-test=take]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-test=matched]")).to_contain_text(str(2 * CLAIMS))
    expect(page.locator("[data-test=ambiguous]")).to_contain_text("1")
    expect(page.locator("[data-test=unknown]")).to_contain_text("2")
    expect(page.locator("[data-test=refused]")).to_contain_text("1")
    look(page, "papers-looked", language, width)
    with page.expect_download() as told:
        page.locator("[data-test=report]").click()
    assert "JD-2026-003 扫描件.pdf" in Path(told.value.path()).read_text("utf-8-sig")
    assert not Evidence.objects.exists()

    page.locator("[data-test=take]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=progress]")).to_be_visible()
    work_on_bundle(bundle_id=bundle.pk, clock=clock.now)
    expect(page.locator("[data-test=added]")).to_contain_text(str(2 * CLAIMS), timeout=30_000)
    look(page, "papers-added", language, width)
    assert Evidence.objects.count() == 2 * CLAIMS
    assert Claim.objects.filter(batch=batch).count() == CLAIMS
    page.locator("[data-test=still-missing]").click()
    expect(page.locator("[data-test=lacks]")).to_have_count(0)
    assert complaints == []
