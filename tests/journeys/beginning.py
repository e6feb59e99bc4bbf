"""Before anyone may collect: a file becomes claims, claims are verified, the debtor hears."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from qinghe.simulation.evidence import contract_pdf
from tests.journeys.papers import CLAIMS, batch, code_on
from tests.journeys.story import Story
from tests.journeys.visitor import Visitor
from tests.place import until

CONTRACT = {"name": "contract.pdf", "mimeType": "application/pdf"}
# What a factoring company needs, to whom every claim was assigned.
PAPERS = ("contract", "transfer", "statement", "assignment", "notice")
WINDOW_DAYS = 8


class Beginning(Story):
    """From the file to the end of the challenge window."""

    def anybody_looks_around(self) -> None:
        with self.visit() as one:
            for name in ("", "how", "figures", "definitions", "agencies", "rules", "check"):
                one.go(f"/{name}/" if name else "/")
                one.look(f"public-{name or 'home'}")
            one.go("/accounts/login/")
            one.look("sign-in")

    def creditor_delivers(self) -> None:
        today = (datetime.now(UTC) + self.place.shift).date()
        content, self.answer = batch("示例安平", self.seed, today)
        with self.visit("creditor@example.com") as one:
            one.look("creditor-home")
            one.go("/batches/new/")
            one.look("batch-new")
            file = {"name": f"journey-{self.seed}.csv", "mimeType": "text/csv", "buffer": content}
            one.page.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]
            one.page.locator("[name=mapping]").select_option("")
            one.press("upload")
            one.page.wait_for_url("**/batches/columns/")
            one.look("batch-columns")
            one.press("check-batch")
            one.page.wait_for_url(lambda url: "columns" not in url)
            expect(one.page.locator("[data-test=counts]")).to_contain_text(str(CLAIMS))
            one.look("batch-checked")
            one.page.locator("[name=choice][value=part]").check()
            one.press("decide-batch")
            one.page.wait_for_load_state()
            one.look("batch-accepted")
            one.go("/batches/")
            one.look("batches")
            self._documents(one)

    def _documents(self, one: Visitor) -> None:
        one.go("/claims/?state=submitted")
        one.look("claims")
        links = one.page.locator("tr", has_text=f"J{self.seed}-").locator("th a")
        expect(links).to_have_count(CLAIMS)
        self.numbers = sorted(links.all_inner_texts())
        self.claims = [
            one.page.locator("th a", has_text=each).get_attribute("href") or ""
            for each in self.numbers
        ]
        for number, address in zip(self.numbers, self.claims, strict=True):
            one.go(address)
            one.page.locator("details.more > summary").click()
            for place, kind in enumerate(PAPERS, start=1):
                one.page.locator(f"[name='{place}-kind']").select_option(kind)
                paper = {**CONTRACT, "buffer": contract_pdf(number, kind)}
                one.page.locator(f"[name='{place}-file']").set_input_files(paper)  # type: ignore[arg-type]
            one.press("add-evidence")
            expect(one.page.locator("a[href^='/evidence/']")).to_have_count(len(PAPERS))
        one.look("claim-of-creditor")

    def reviewer_verifies(self) -> None:
        self.strike("risk.look")
        with self.visit("reviewer@example.com") as one:
            one.go("/verify/")
            one.look("verify-queue")
            for number in self.numbers:
                one.go("/verify/")
                one.page.locator("a[data-item]", has_text=number).click()
                one.page.wait_for_url("**/verify/*/")
                for flag in range(one.page.locator("[name=confirmed][value='0']").count()):
                    del flag
                    one.page.locator("form:has([name=confirmed]) [name=note]").first.fill("Seen.")
                    one.page.locator("[name=confirmed][value='0']").first.click()
                    one.page.wait_for_load_state()
                if number == self.numbers[0]:
                    expect(one.on("verify-unread")).to_be_disabled()
                    one.look("verify-claim")
                self.opens_papers(one)
                one.page.locator("select[name=reason]").select_option("agrees")
                one.page.locator("form:has([data-test=verify]) [name=note]").fill(
                    "Compared with the papers."
                )
                one.press("verify")
                expect(one.page.locator("[data-test=verify]")).to_have_count(0)
            one.look("verified")

    def opens_papers(self, one: Visitor) -> None:
        """Open every paper of the claim on the page, and whose it is, as its release asks."""
        claim = one.page.url
        papers = one.page.locator("a[data-test=evidence]")
        for address in papers.evaluate_all("(links) => links.map((a) => a.href)"):
            one.page.goto(address, wait_until="networkidle")
        one.page.goto(claim)
        one.press("identity")
        one.page.goto(claim)

    def debtor_gets_a_letter(self) -> None:
        self.strike("contact.notify")
        found: list[str] = []

        def arrived() -> bool:
            command = ("-m", "tests.journeys.clerk", "letter", *self.numbers)
            found[:] = [self.place.python(*command).stdout]
            return bool(found[0].strip())

        until("a letter about each claim", arrived)
        self.code = code_on(found[0])

    def operator_prints(self) -> None:
        """Put the letters on paper: the windows count from here."""
        with self.visit("operator@example.com") as one:
            one.go("/letters/")
            one.look("letters")
            for number in self.numbers:
                row = one.page.locator("[data-test=letter]", has_text=number)
                with one.page.expect_download():
                    row.locator("[data-test=letter-file]").click()
                with one.page.expect_navigation():
                    row.locator("[data-test=letter-printed]").click()
                expect(one.page.locator("[data-test=letter]", has_text=number)).to_have_count(0)

    def the_window_passes(self) -> None:
        self.place.stop()
        self.place.pass_days(WINDOW_DAYS)
        self.place.run()
        until("the next start", self.place.ready)
        self.strike("claims.challenges", "claims.sweep", "casework.sweep")
