"""The debtor: reads, contests, plans, pays, complains."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.story import Story
from tests.journeys.visitor import Visitor
from tests.place import until


class Answering(Story):
    """Behind the debtor's door, with scripts and without."""

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
        one.switch_language_and_back()
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

    def debtor_answers_without_scripts(self) -> None:
        """Contesting and paying need nothing but a browser that shows pages."""
        with self.visit(java_script_enabled=False) as one:
            self._enter(one)
            self._open(one, 4)
            one.press("contest")
            one.page.locator("[name=reason]").first.check()
            one.press("contest-send")
            one.page.wait_for_url("**/sent/contest/")
            self._open(one, 5)
            one.press("pay")
            one.page.locator("[name=part_of][value=part]").check()
            one.page.locator("[name=amount]").fill("100")
            one.press("to-cashier")
            one.press("cashier-pay")
            one.page.wait_for_url("**/d/receipts/*/")

            def arrived() -> bool:
                one.page.reload()
                return one.page.locator("[data-test=receipt-paid]").count() == 1

            until("the cashier's notice", arrived, 60)

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
