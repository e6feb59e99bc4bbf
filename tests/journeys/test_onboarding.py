"""A person and an agency come in by the public door, in a browser, in two languages."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Browser, expect

from qinghe.parties.identity import is_demo_id
from tests.journeys.story import Story
from tests.journeys.visitor import AXE, CHROMIUM, PASSWORD, Album, Visitor
from tests.place import Place, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]
SCAN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}


class Coming(Story):
    """From the door to the decision."""

    made = 0

    def number(self) -> str:
        """Return a number nobody can have, another one each time."""
        while True:
            self.made += 1
            found = f"99{self.seed:03}{self.made:012}X"
            if is_demo_id(found):
                return found

    def fill(self, one: Visitor, **told: str) -> None:
        for name, value in told.items():
            one.page.locator(f"[name={name}]").fill(value)

    def keep(self, one: Visitor) -> None:
        one.press("keep")
        one.page.wait_for_load_state()

    def comes_in(self, one: Visitor, kind: str, email: str) -> None:
        one.go("/join/")
        one.look("join")
        one.go(f"/join/{kind}/")
        self.fill(one, email=email, display_name="示例申请人", password=PASSWORD)
        one.look("sign-up")
        one.press("sign-up")
        one.page.wait_for_url("**/join/sent/")
        one.look("letter-sent")
        one.press("letter")
        one.page.locator("main form button, form button[type=submit]").last.click()
        one.page.wait_for_load_state()
        one.go("/accounts/login/?next=/application/")
        with suppress(AssertionError):
            self.fill(one, login=email, password=PASSWORD)
        one.page.locator("[name=password]").press("Enter")
        one.page.wait_for_url("**/standing/")
        one.prefer_language()
        one.look("standing-empty")

    def person(self, one: Visitor, part: str, name: str, **more: str) -> None:
        one.go(f"/standing/{part}/")
        self.fill(one, name=name, number=self.number(), phone=f"1000000{self.made:04}", **more)
        paper = one.page.locator("[name=paper]")
        if paper.count():
            paper.set_input_files(SCAN)  # type: ignore[arg-type]
        one.look(f"part-{part}")
        self.keep(one)

    def proves_account(self, one: Visitor, holder: str) -> None:
        one.go("/standing/account/")
        self.fill(one, holder=holder, number=f"99{self.seed:03}{self.made:011}", bank="示例银行")
        one.look("part-account")
        self.keep(one)
        one.go("/standing/transfer/")
        one.press("send-cents")

        def arrived() -> bool:
            one.go("/standing/transfer/")
            return one.page.locator("[data-test=statement]").count() == 1

        until("a few cents are sent", arrived, 120)
        one.look("transfer-sent")
        self.fill(one, yuan=one.on("statement").inner_text())
        one.press("state-amount")
        one.page.wait_for_url("**/standing/")

    def hands_in(self, one: Visitor) -> None:
        one.go("/standing/")
        one.look("standing-ready")
        one.press("hand-in")
        one.page.wait_for_load_state()
        self.strike("parties.retry")

    def approves(self, who: str, name: str) -> None:
        with self.visit(f"{who}@example.com") as one:

            def answered() -> bool:
                one.go("/identity/")
                one.page.locator("[data-test=party]", has_text=name).last.click()
                one.page.wait_for_url("**/identity/*/")
                return one.page.locator("li.row-x .ok").count() > 1

            until("the registers answer", answered, 120)
            for _ in range(one.page.locator("[data-test=harmless]").count()):
                one.page.locator("[data-test=harmless]").first.click()
                one.page.wait_for_load_state()
            expect(one.on("approve-unopened")).to_be_disabled()
            one.look(f"party-by-{who}")
            self.opens(one)
            one.press("approve-party")
            one.page.wait_for_load_state()
            one.look(f"party-decided-by-{who}")
            one.go("/identity/")
            one.look("identity-desk")

    def opens(self, one: Visitor) -> None:
        """Open names, numbers and every paper of the application on the page."""
        here = one.page.url
        papers = one.page.locator("a[data-test=paper]")
        for address in papers.evaluate_all("(links) => links.map((a) => a.href)"):
            # A browser without a window downloads a PDF instead of showing it.
            assert one.page.request.get(address).ok
        one.press("facts")
        one.page.wait_for_url("**/facts/")
        one.page.goto(here)

    def a_person_comes(self) -> None:
        email = f"person{self.seed}@example.com"
        with self.visit() as one:
            self.comes_in(one, "private_creditor", email)
            self.person(one, "self", "陈示例")
            self.proves_account(one, "陈示例")
            self.hands_in(one)
            self.approves("reviewer", "陈＊＊")
            one.go("/standing/")
            expect(one.on("level")).to_have_text("L3")
            one.look("standing-approved")

    def an_agency_comes(self) -> None:
        name = f"远山示例服务（{self.seed}）有限公司"
        with self.visit() as one:
            self.comes_in(one, "agency", f"agency{self.seed}@example.com")
            one.go("/standing/firm/")
            self.fill(one, name=name, credit_code=self.number(), region="杭州")
            one.look("part-firm")
            self.keep(one)
            self.person(one, "signatory", "李示例", position="经理", mandate_ends_on="2028-01-01")
            self.person(one, "principals", "王示例", position="合规负责人")
            one.go("/standing/licences/")
            self.fill(one, number=f"DEMO-{self.seed}", starts_on="2026-01-01", ends_on="2028-12-31")
            one.page.locator("[name=scan]").set_input_files(SCAN)  # type: ignore[arg-type]
            one.look("part-licences")
            self.keep(one)
            self.proves_account(one, name)
            self.hands_in(one)
            self.deposit(name)
            self.approves("reviewer", name)
            self.approves("compliance", name)
            one.go("/standing/")
            expect(one.on("level")).to_have_text("L3")
            one.go("/certificate/")
            one.look("certificate-none")
            one.press("exam-start")
            one.page.wait_for_url("**/certificate/exam/")
            one.look("exam")
            one.press("exam-finish")
            one.page.wait_for_url("**/certificate/")
            one.look("certificate-not-passed")

    def deposit(self, name: str) -> None:
        for clerk, act in (("operator", "record-cover"), ("operator2", "confirm-cover")):
            with self.visit(f"{clerk}@example.com") as one:
                one.go("/organisations/")
                one.page.locator("th a", has_text=name).click()
                one.page.wait_for_url("**/organisations/*/")
                if act == "record-cover":
                    one.page.locator("details", has=one.page.locator("[name=reference]")).locator(
                        "summary"
                    ).click()
                    self.fill(one, amount="50000", reference="D-1")
                one.press(act)
                one.page.wait_for_load_state()
                one.look(f"organisation-{act}")


@pytest.mark.parametrize(
    ("language", "width", "seed"), [("zh-hans", 1440, 11), ("en", 360, 12)], ids=["zh", "en"]
)
def test_a_person_and_an_agency_come_in(
    place: Place, browser: Browser, language: str, width: int, seed: int
) -> None:
    album = Album(language, width)
    story = Coming(place, browser, album, seed)
    story.a_person_comes()
    story.an_agency_comes()
    assert album.faults == []
