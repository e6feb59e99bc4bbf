"""A clerk's day in a real browser: ten thousand rows, three in a hundred wrong, both languages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from stdnum.iso7064 import mod_11_2

from qinghe.claims.models import Batch, Claim, Correction
from qinghe.claims.services import intake
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests import factories
from tests.journeys.visitor import CHROMIUM, WIDTHS
from tests.web.people import signed_in
from tests.web.screen import look

ROWS, WRONG = 10_000, 300
HEAD = ["借据编号", "客户姓名", "证件号码", "手机号码", "所在城市", "产品名称", "未还本金（元）",
        "逾期利息(元)", "币种", "放款日期", "应还日期", "网点"]  # fmt: skip
NAMES = ("陈示例", "王示例", "李示例", "赵示例")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def nobody(number: int) -> str:
    """Return the number of a person who cannot exist: its check digit is wrong."""
    body = f"99{number % 10_000:04}1985{number // 10_000 % 12 + 1:02}01{number % 1000:03}"
    return body + ("2" if mod_11_2.calc_check_digit(body) == "1" else "1")


def delivery() -> bytes:
    """Return the file as a bank's system writes it: titles, GB18030, semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["二〇二六年十一月委外清单"])
    writer.writerow(HEAD)
    first = date(2026, 1, 5)
    for n in range(ROWS):
        due = first + timedelta(days=n % 250)
        person = [NAMES[n % 4], nobody(n), f"100{n:08}", "杭州"]
        money = ["消费贷款", f"{1000 + n % 9000}.50", f"{n % 300}.00", "CNY"]
        row = [f"JD{n:06}", *person, *money, "2025-12-01", due.isoformat(), "x"]
        if n % (ROWS // WRONG) == 7 and n // (ROWS // WRONG) < WRONG:
            place, text = ((6, "-12"), (10, "2026-02-30"), (3, "12345"))[n // 33 % 3]
            row[place] = text
        writer.writerow(row)
    return out.getvalue().encode("gb18030")


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> Iterator[BrowserContext]:
    settings.DEBUG = settings.DEMO = True
    settings.VAULT_FILES = tmp_path
    client = signed_in(Role.CREDITOR, factories.organisation(name="示例银行"))
    own = browser.new_context(base_url=live_server.url)
    jar = client.cookies.items()
    own.add_cookies([{"name": n, "value": m.value, "url": live_server.url} for n, m in jar])
    yield own
    own.close()


def work(page: Page, batch: Batch) -> None:
    """Do what the worker does with a large file, and wait until the open page tells its end."""
    intake(batch_id=batch.pk, clock=clock.now)
    expect(page.locator("[data-test=progress]")).to_have_count(0, timeout=60_000)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ten_thousand_rows_are_sent_corrected_and_taken(
    context: BrowserContext, live_server: LiveServer, language: str, width: int
) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page, complaints = context.new_page(), list[str]()
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    page.goto("/batches/new/")
    file: Any = {"name": "清单.csv", "mimeType": "text/csv", "buffer": delivery()}
    page.locator("[name=file]").set_input_files(file)
    page.locator("[data-test=upload]").click()
    page.wait_for_url("**/batches/columns/")
    expect(page.locator("[data-test=read-as]")).to_contain_text("GB18030")
    expect(page.locator("[name=col0]")).to_have_value("contract_number")
    expect(page.locator("[name=col6]")).to_have_value("principal")
    look(page, "batch-columns", language, width)
    page.locator("[data-test=read-as] a").click()
    look(page, "batch-reading", language, width)
    page.go_back()
    page.locator("[name=col11]").select_option("-")
    page.locator("[name=name]").fill("委外")
    page.locator("[data-test=check-batch]").click()
    page.wait_for_url(lambda url: "columns" not in url)
    batch = Batch.objects.get()
    assert (batch.read, batch.rejected) == (ROWS, WRONG)
    look(page, "batch-checked", language, width)

    page.locator("[data-test=correct-rows]").click()
    page.wait_for_url("**/rows/")
    look(page, "batch-rows", language, width)
    for row in page.locator("[data-test=wrong-row]").all()[:3]:
        field = row.locator("input").first
        right = {"-12": "12.00", "2026-02-30": "2026-02-28", "12345": "10012345678"}
        field.fill(right[field.input_value()])
    page.locator("[data-test=check-again]").click()
    page.wait_for_load_state()
    look(page, "batch-rows-corrected", language, width)
    assert "2026-02-28" not in page.url
    assert Batch.objects.get().rejected == WRONG - Correction.objects.count() == WRONG - 3

    page.goto(f"/batches/{batch.pk}/")
    page.locator("[data-test=forecast]").click()
    page.wait_for_url("**/forecast/")
    look(page, "batch-forecast", language, width)
    page.locator("[data-test=back-to-decide]").click()
    page.locator("[name=choice][value=part]").check()
    page.locator("[data-test=decide-batch]").click()
    expect(page.locator("[data-test=progress]")).to_be_visible()
    look(page, "batch-merging", language, width)
    work(page, batch)
    look(page, "batch-taken", language, width)
    assert Claim.objects.count() == ROWS - WRONG + 3
    assert complaints == []
