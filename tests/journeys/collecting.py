"""The collector: takes orders, asks the gate, earns."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.papers import CLAIMS
from tests.journeys.story import Story
from tests.journeys.visitor import Visitor
from tests.place import until


class Collecting(Story):
    """From the hall to the case page."""

    def creditor_publishes(self) -> None:
        with self.visit("creditor@example.com") as one:
            one.go("/claims/?state=ready")
            boxes = one.page.locator("tr", has_text=f"J{self.seed}-").locator("[name=claim]")
            expect(boxes).to_have_count(CLAIMS)
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
        """The first order is taken, and its first message asked for, without a mouse."""
        with self.visit() as one:
            one.sign_in_by_keys("collector@example.com")
            one.prefer_language()
            one.go("/hall/")
            one.look("hall")
            self._take_by_keys(one)
            one.look("case")
            one.reach("[data-test=send]")
            one.page.keyboard.press("Enter")
            one.page.wait_for_url("**/cases/*/")
            expect(one.on("refusal")).to_have_count(0)
            one.look("contact-permitted")
            for _ in self.numbers[1:]:
                self._take(one)
            assert set(self.cases) == set(self.numbers)
            one.go("/orders/")
            one.look("orders")
            one.go("/workbench/")
            one.look("workbench")

    def _take_by_keys(self, one: Visitor) -> None:
        one.reach("[data-test=order]")
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/hall/*/")
        one.look("order")
        one.reach("[name=agree]")
        one.page.keyboard.press("Space")
        one.reach("[data-test=take]")
        one.page.keyboard.press("Enter")
        self._taken(one)

    def _take(self, one: Visitor) -> None:
        one.go("/hall/")
        one.press("order")
        one.page.locator("[name=agree]").check()
        one.press("take")
        self._taken(one)

    def _taken(self, one: Visitor) -> None:
        one.page.wait_for_url("**/cases/*/")
        number = one.page.locator(".q-head .mono").first.inner_text()
        self.cases[number] = one.page.url

    def the_gate_answers(self) -> None:
        """A call and messages pass; one message more is refused with its rule and its next time."""
        with self.visit("collector@example.com") as one:
            case = next(iter(self.cases.values()))
            self._ask(one, case, "voice")
            self._outcome(one)
            for channel in ("email", "letter"):
                self._ask(one, case, channel)
                expect(one.on("refusal")).to_have_count(0)
            self._ask(one, case, "sms")
            expect(one.on("refusal-rule")).not_to_be_empty()
            expect(one.on("refusal-next")).to_contain_text(":")
            one.look("contact-refused")
            one.switch_language_and_back()
            one.page.locator("[data-test=refusal-rule]").first.click()
            one.look("rule")

    def _ask(self, one: Visitor, case: str, channel: str) -> None:
        one.go(f"{case}?channel={channel}&template=reminder")
        one.press("send")
        one.page.wait_for_url(lambda url: "channel=" not in url)

    def _outcome(self, one: Visitor) -> None:
        """Record the talk; while the call is not made yet, the page says so and asks again."""

        def recorded() -> bool:
            one.page.locator("[name=outcome]").select_option("talk")
            one.press("outcome")
            one.page.wait_for_load_state()
            return one.page.locator("[name=outcome]").count() == 0

        until("the call", recorded, 60)

    def collector_earns(self) -> None:
        with self.visit("collector@example.com") as one:
            for name in ("earnings", "statements", "promises", "quality"):
                one.go(f"/{name}/")
                one.look(f"collector-{name}")
