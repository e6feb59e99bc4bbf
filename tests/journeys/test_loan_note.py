"""A person with one loan note: told by hand, refused beside its fields, seen, posted, proven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from qinghe.simulation.evidence import contract_pdf
from tests.journeys.test_onboarding import Coming, pytestmark
from tests.journeys.visitor import Album, Visitor
from tests.place import Place

__all__ = ["pytestmark"]
REFUSED = "server responded with a status of 422"


class Lending(Coming):
    """From the creditor's home to a claim with its papers, without any file of claims."""

    def tells_a_note(self) -> None:
        with self.visit(f"person{self.seed}@example.com") as one:
            one.go("/creditor/")
            one.look("home-of-a-person")
            one.press("new-claim")
            one.page.wait_for_url("**/claims/new/")
            one.look("claim-new")
            self._is_refused(one)
            self._sees_what_would_happen(one)
            self._posts(one)
            self._proves(one)

    def _is_refused(self, one: Visitor) -> None:
        """Leave the name out, write a number of somebody else and a line nobody understands."""
        today = (datetime.now(UTC) + self.place.shift).date()
        lent, due = today - timedelta(days=400), today - timedelta(days=40)
        self.number_told = self.number()
        self.fill(
            one,
            id_number=self.number_told,
            phone=f"1000000{self.made:04}",
            address="浙江省杭州市示例路 找他妻子 13812345678",
            region="杭州",
            loan_principal="20000",
            contract_date=f"{lent}",
            due_date=f"{due}",
            agreed_rate="10",
            repayments=f"{lent + timedelta(days=90)} 2000.00\n昨天还了一些",
            principal="18000",
            interest="6000",
        )
        one.press("look-claim")
        one.page.wait_for_load_state()
        for name in ("debtor_name", "address", "repayments"):
            expect(one.page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
        expect(one.page.locator("[name=loan_principal]")).to_have_value("20000")
        one.look("claim-new-refused")
        self.fill(one, debtor_name="王示例", address="浙江省杭州市示例路 1 号")
        self.fill(one, repayments=f"{lent + timedelta(days=90)} 2000.00")

    def _sees_what_would_happen(self, one: Visitor) -> None:
        one.press("look-claim")
        one.page.wait_for_url(lambda url: "/claims/new/" in url and not url.endswith("new/"))
        expect(one.on("outcome").locator(".bad").first).to_be_visible()
        expect(one.page.locator("main")).not_to_contain_text(self.number_told)
        one.look("claim-look-too-much")
        one.press("change-claim")
        expect(one.page.locator("[name=debtor_name]")).to_have_value("王示例")
        self.fill(one, interest="1000")
        one.press("look-claim")
        one.page.wait_for_url(lambda url: "change" not in url)
        expect(one.on("outcome").locator(".bad")).to_have_count(0)
        one.look("claim-look")

    def _posts(self, one: Visitor) -> None:
        one.press("post-claim")
        one.page.wait_for_url("**/proof/")
        one.look("claim-proof")

    def _proves(self, one: Visitor) -> None:
        one.page.locator("details.more > summary").click()
        for place, kind in enumerate(("contract", "transfer"), start=1):
            one.page.locator(f"[name='{place}-kind']").select_option(kind)
            paper = {
                "name": "paper.pdf",
                "mimeType": "application/pdf",
                "buffer": contract_pdf(f"NOTE-{self.seed}", kind),
            }
            one.page.locator(f"[name='{place}-file']").set_input_files(paper)  # type: ignore[arg-type]
        one.press("add-evidence")
        expect(one.page.locator("a[href^='/evidence/']")).to_have_count(2)
        one.look("claim-with-papers")
        one.go("/batches/")
        one.look("batches-of-a-person")


@pytest.mark.parametrize(
    ("language", "width", "seed"), [("zh-hans", 1440, 21), ("en", 360, 22)], ids=["zh", "en"]
)
def test_a_person_posts_one_loan_note(
    place: Place, browser: Browser, language: str, width: int, seed: int
) -> None:
    album = Album(language, width)
    story = Lending(place, browser, album, seed)
    story.a_person_comes()
    story.tells_a_note()
    # Chromium notes every refused form in its console.
    assert [each for each in album.faults if REFUSED not in each] == []
