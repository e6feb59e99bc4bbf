"""The others: the creditor agrees, operators pay out, compliance decides."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.story import Story


class Deciding(Story):
    """Plans, money, disputes, supervision."""

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
