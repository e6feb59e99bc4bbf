"""The life of one claim, told by the people who click: each method is one person's part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from qinghe.simulation.evidence import contract_pdf
from tests.journeys.papers import batch, code_on
from tests.journeys.visitor import Album, Visitor
from tests.place import Place, until

CONTRACT = {"name": "contract.pdf", "mimeType": "application/pdf"}
WINDOW_DAYS = 8


class Story:
    """One journey in one language; what one person learns, the next may need."""

    def __init__(self, place: Place, browser: Browser, album: Album, seed: int) -> None:
        self.place, self.browser, self.album, self.seed = place, browser, album, seed
        self.numbers: list[str] = []
        self.claims: list[str] = []
        self.cases: dict[str, str] = {}
        self.answer = self.code = ""

    @contextmanager
    def visit(self, email: str = "", **options: Any) -> Iterator[Visitor]:
        """Let somebody sit down at a browser, signed in when they have an account."""
        one = Visitor(self.browser, self.place.web, self.album, **options)
        if email:
            one.sign_in(email)
        yield one
        one.leave()

    def strike(self, *tasks: str) -> None:
        done = self.place.python("-m", "tests.journeys.clerk", "strike", *tasks)
        assert done.returncode == 0, done.stderr[-2000:]

    # -- day one -------------------------------------------------------------------------------

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
            expect(one.page.locator("[data-test=counts]")).to_contain_text("4")
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
        expect(links).to_have_count(4)
        self.numbers = sorted(links.all_inner_texts())
        self.claims = [
            one.page.locator("th a", has_text=each).get_attribute("href") or ""
            for each in self.numbers
        ]
        for number, address in zip(self.numbers, self.claims, strict=True):
            one.go(address)
            one.page.locator("[name=kind]").select_option("contract")
            paper = {**CONTRACT, "buffer": contract_pdf(number, "contract")}
            one.page.locator("[name=file]").set_input_files(paper)  # type: ignore[arg-type]
            one.press("add-evidence")
            expect(one.page.locator("a[href^='/evidence/']")).to_have_count(1)
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
                    one.page.locator("[name=confirmed][value='0']").first.click()
                    one.page.wait_for_load_state()
                if number == self.numbers[0]:
                    one.look("verify-claim")
                one.press("verify")
                expect(one.page.locator("[data-test=verify]")).to_have_count(0)
            one.look("verified")

    def debtor_gets_a_letter(self) -> None:
        self.strike("contact.notify")
        found: list[str] = []

        def arrived() -> bool:
            command = ("-m", "tests.journeys.clerk", "letter", *self.numbers)
            found[:] = [self.place.python(*command).stdout]
            return bool(found[0].strip())

        until("the first letter", arrived)
        self.code = code_on(found[0])

    def the_window_passes(self) -> None:
        self.place.stop()
        self.place.pass_days(WINDOW_DAYS)
        self.place.run()
        until("the next start", self.place.ready)
        self.strike("claims.challenges", "claims.sweep", "casework.sweep")

    # -- day nine ------------------------------------------------------------------------------

    def creditor_publishes(self) -> None:
        with self.visit("creditor@example.com") as one:
            one.go("/claims/?state=ready")
            boxes = one.page.locator("tr", has_text=f"J{self.seed}-").locator("[name=claim]")
            expect(boxes).to_have_count(4)
            for box in boxes.all():
                box.check()
            one.look("claims-to-place")
            one.page.locator("form[action='/claims/publish/'] button").click()
            one.page.wait_for_url("**/claims/publish/**")
            one.look("publish")
            one.press("publish")
            one.page.wait_for_url("**/listings/")
            one.look("listings")

    def collector_takes(self) -> None:
        with self.visit("collector@example.com") as one:
            one.go("/hall/")
            one.look("hall")
            for number in self.numbers:
                one.go("/hall/")
                one.press("order")
                one.page.wait_for_url("**/hall/*/")
                if number == self.numbers[0]:
                    one.look("order")
                one.page.locator("[name=agree]").check()
                one.press("take")
                one.page.wait_for_url("**/cases/*/")
                taken = one.page.locator(".q-head .mono").first.inner_text()
                self.cases[taken] = one.page.url
            assert set(self.cases) == set(self.numbers)
            one.go("/orders/")
            one.look("orders")
            one.go("/workbench/")
            one.look("workbench")

    def the_gate_answers(self) -> None:
        """Messages and a call pass; one message more is refused with its rule and its next time."""
        with self.visit("collector@example.com") as one:
            case = self.cases[self.numbers[0]]
            one.go(case)
            one.look("case")
            self._ask(one, case, "sms")
            one.look("contact-permitted")
            self._ask(one, case, "voice")
            self._outcome(one, case)
            for channel in ("email", "letter"):
                self._ask(one, case, channel)
                expect(one.on("refusal")).to_have_count(0)
            self._ask(one, case, "sms")
            expect(one.on("refusal-rule")).not_to_be_empty()
            expect(one.on("refusal-next")).to_contain_text(":")
            one.look("contact-refused")
            one.page.locator("[data-test=refusal-rule]").first.click()
            one.look("rule")

    def _ask(self, one: Visitor, case: str, channel: str) -> None:
        one.go(f"{case}?channel={channel}&template=reminder")
        one.press("send")
        one.page.wait_for_url(lambda url: "channel=" not in url)

    def _outcome(self, one: Visitor, case: str) -> None:
        def made() -> bool:
            one.go(case)
            return one.page.locator("[name=outcome]").count() == 1

        until("the call", made, 30)
        one.page.locator("[name=outcome]").select_option("talk")
        one.press("outcome")
        one.page.wait_for_load_state()

    def debtor_answers(self) -> None:
        """The debtor reads, contests one claim, plans another, pays a third, and sets a wish."""
        with self.visit() as one:
            one.go("/d/")
            one.look("door")
            one.page.locator("[name=code]").fill(self.code)
            one.page.locator("[name=answer]").fill("0000")
            one.press("open-door")
            one.look("door-closed")
            one.page.locator("[name=code]").fill(self.code)
            one.page.locator("[name=answer]").fill(self.answer)
            one.press("open-door")
            one.page.wait_for_url("**/d/home/")
            one.look("my-claims")
            self._reads(one)
            self._contests(one)
            self._plans(one)
            self._pays(one)
            self._wishes(one)

    def _open(self, one: Visitor, place: int) -> None:
        one.go("/d/home/")
        one.press(f"claim-{self.numbers[place]}")
        one.page.wait_for_url("**/d/claims/*/")

    def _reads(self, one: Visitor) -> None:
        self._open(one, 0)
        one.look("my-claim")
        address = one.page.url
        one.go(f"{address}lines/")
        one.look("my-lines")
        one.go("/d/contacts/")
        one.look("my-contacts")

    def _contests(self, one: Visitor) -> None:
        self._open(one, 0)
        one.press("contest")
        one.look("contest")
        one.page.locator("[name=reason]").first.check()
        one.page.locator("[name=statement]").fill("这笔我已经还过。")
        one.press("contest-send")
        one.page.wait_for_url("**/sent/contest/")
        one.look("contest-sent")

    def _plans(self, one: Visitor) -> None:
        self._open(one, 1)
        one.press("plan")
        one.look("plan")
        one.page.locator("[name=choice]").first.check()
        one.press("plan-look")
        one.look("plan-check")
        one.press("plan-send")
        one.page.wait_for_url("**/sent/plan/")
        one.look("plan-sent")

    def _pays(self, one: Visitor) -> None:
        self._open(one, 2)
        one.press("pay")
        one.look("pay")
        one.page.locator("[name=part_of][value=all]").check()
        one.press("to-cashier")
        one.look("cashier")
        one.press("cashier-pay")

        def arrived() -> bool:
            one.page.reload()
            return one.page.locator("[data-test=receipt-paid]").count() == 1

        one.page.wait_for_url("**/d/receipts/*/")
        until("the cashier's notice", arrived, 60)
        one.look("receipt")

    def _wishes(self, one: Visitor) -> None:
        one.go("/d/wishes/")
        one.look("wishes")
        one.go("/d/papers/")
        one.look("papers")

    def creditor_agrees(self) -> None:
        with self.visit("creditor@example.com") as one:
            one.go(self.claims[1])
            one.look("plan-proposed")
            one.press("agree-plan")
            expect(one.page.locator("[data-test=agree-plan]")).to_have_count(0)
            one.go(self.claims[0])
            one.look("claim-disputed")
            one.go("/mandates/")
            one.look("mandates")
            for name in ("payments", "statements"):
                one.go(f"/{name}/")
                expect(one.page.locator("main")).to_contain_text(self.numbers[2])
                one.look(f"creditor-{name}")
            for kind in ("csv", "pdf"):
                with one.page.expect_download() as got:
                    one.press(f"statement-{kind}")
                assert Path(got.value.path()).stat().st_size > 500

    def operators_pay_out(self) -> None:
        with self.visit("operator@example.com") as one:
            one.look("operator-home")
            for name in ("money", "organisations", "jobs"):
                one.go(f"/{name}/")
                one.look(f"operator-{name}")
            one.go("/payouts/")
            one.press("prepare-payouts")
            one.page.wait_for_load_state()
            one.look("payouts")
        with self.visit("operator2@example.com") as one:
            one.go("/payouts/")
            one.press("approve-payout")
            one.page.wait_for_load_state()
            one.look("payout-approved")
            one.press("pay-payout")
            one.page.wait_for_load_state()
            one.look("payout-paid")

    def collector_earns(self) -> None:
        with self.visit("collector@example.com") as one:
            for name in ("earnings", "statements", "promises", "quality"):
                one.go(f"/{name}/")
                one.look(f"collector-{name}")

    def debtor_complains(self) -> None:
        """Between two looks of the collector at the case, a complaint stops everything."""
        with self.visit("collector@example.com") as worker:
            worker.go(self.cases[self.numbers[3]])
            expect(worker.on("holds").locator(".bdg.ok")).to_have_count(1)
            with self.visit() as one:
                self._enter(one)
                one.go("/d/complain/")
                one.page.locator("[name=claim]").select_option(label=self._option(one))
                one.page.locator("[name=kind]").first.check()
                one.page.locator("[name=statement]").fill("一天打了好几次电话。")
                one.look("complain")
                one.press("complain-send")
                one.page.wait_for_url("**/d/complaints/*/")
                one.look("complaint-sent")
            worker.page.reload()
            expect(worker.on("holds").locator(".hold")).to_have_count(1)
            worker.look("case-on-hold")
            worker.press("send")
            expect(worker.on("refusal-rule")).not_to_be_empty()
            worker.look("refused-by-hold")

    def _option(self, one: Visitor) -> str:
        options = one.page.locator("[name=claim] option").all_inner_texts()
        return next(words for words in options if self.numbers[3] in words)

    def _enter(self, one: Visitor) -> None:
        one.go("/d/")
        one.page.locator("[name=code]").fill(self.code)
        one.page.locator("[name=answer]").fill(self.answer)
        one.press("open-door")
        one.page.wait_for_url("**/d/home/")

    def compliance_decides(self) -> None:
        with self.visit("compliance@example.com") as one:
            one.go("/complaints/")
            one.look("complaints")
            one.page.locator("a[data-item]").first.click()
            one.look("complaint")
            one.go("/disputes/")
            one.look("disputes")
            one.page.locator("tr", has_text=self.numbers[0]).locator("a").first.click()
            one.page.wait_for_url("**/disputes/*/")
            one.page.locator("[name=outcome]").last.check()
            one.page.locator("[name=text]").fill("合同与转账记录已核对。")
            one.look("dispute")
            one.press("decide-dispute")
            one.page.wait_for_url("**/disputes/")
            one.go("/refusals/")
            one.look("refusals")
        with self.visit("regulator@example.com") as one:
            one.look("regulator-home")
            one.go("/journal/")
            one.look("journal")
