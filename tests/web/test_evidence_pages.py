"""Pages of evidence: several files at once, safe headers, versions, and who may see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.services import add_evidence, place_hold
from qinghe.claims.terms import ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from tests import factories
from tests.claims import samples, signing
from tests.claims.samples import SAMPLES
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


@pytest.fixture
def claim() -> Claim:
    made = factories.claim(state=ClaimState.SUBMITTED)
    factories.point(made.debtor)
    return made


@pytest.fixture
def owner(claim: Claim) -> Client:
    return signed_in(Role.CREDITOR, claim.creditor)


def sent(owner: Client, claim: Claim, *files: tuple[str, bytes, str], **more: str) -> str:
    """Send a form with files as (kind, content, name), and return the page that answers."""
    form: dict[str, Any] = dict(more)
    for place, (kind, content, name) in enumerate(files, start=1):
        form[f"{place}-kind"] = kind
        form[f"{place}-file"] = SimpleUploadedFile(name, content)
    return owner.post(f"/claims/{claim.pk}/evidence/", form, follow=True).content.decode()


def kept(
    claim: Claim,
    content: bytes = samples.PDF,
    name: str = "",
    kind: str = "contract",
    at: datetime = NOON,
) -> Evidence:
    owner = factories.actor(Role.CREDITOR, claim.creditor)
    return add_evidence(
        claim_id=claim.pk, kind=kind, filename=name, content=content, actor=owner, at=at
    )


class TestAdding:
    def test_one_bad_file_does_not_lose_the_others(self, owner: Client, claim: Claim) -> None:
        page = sent(
            owner,
            claim,
            ("contract", samples.png(), "张三的借条.png"),
            ("transfer", b"nothing", "张三.pdf"),
            ("statement", samples.csv_statement(), "a.csv"),
            ("gossip", samples.wav(), "a.wav"),
        )
        assert sorted(Evidence.objects.values_list("kind", flat=True)) == ["contract", "statement"]
        assert "2 files were added." in page
        assert "File 2 was not added. Only PDF" in page
        assert "File 4 was not added. Choose from the list" in page
        assert "张三" not in page

    def test_a_file_that_is_here_already_is_not_said_to_be_added(
        self, owner: Client, claim: Claim
    ) -> None:
        kept(claim, samples.png(), at=NOON - timedelta(hours=1))
        same = ("contract", samples.png(), "a.png"), ("assignment", samples.png(), "b.png")
        page = sent(owner, claim, *same)
        assert "were added" not in page
        assert "was added" not in page
        assert "File 1 is here already." in page
        assert "File 2 was not added. This very file is here already, as “Contract”" in page
        assert Evidence.objects.count() == 1

    def test_the_same_form_twice_adds_each_file_once(self, owner: Client, claim: Claim) -> None:
        files = ("contract", samples.png(), "a.png"), ("transfer", samples.PDF, "b.pdf")
        for _each in range(2):
            sent(owner, claim, *files, request_key="one-form")
        assert Evidence.objects.count() == 2
        assert Entry.objects.filter(kind="claims.evidence-added").count() == 2

    def test_a_form_without_a_file_says_so(self, owner: Client, claim: Claim) -> None:
        assert "Choose a file first" in sent(owner, claim)

    def test_its_address_opened_anew_leads_to_the_claim(self, owner: Client, claim: Claim) -> None:
        answer = owner.get(f"/claims/{claim.pk}/evidence/")
        assert (answer.status_code, answer["Location"]) == (302, f"/claims/{claim.pk}/#evh")

    def test_a_stranger_finds_no_claim(self, claim: Claim) -> None:
        stranger = signed_in(Role.CREDITOR)
        form = {"1-kind": "contract", "1-file": SimpleUploadedFile("a.png", samples.png())}
        assert stranger.post(f"/claims/{claim.pk}/evidence/", form).status_code == 404
        assert not Evidence.objects.exists()

    def test_the_chain_of_assignments_asks_for_each_paper(
        self, owner: Client, claim: Claim
    ) -> None:
        address = f"/claims/{claim.pk}/assignments/"
        page = owner.post(address, {"count": "2"}, follow=True).content.decode()
        assert "Assignment of the claim, link 2" in page
        assert (
            "Ensure this value"
            in owner.post(address, {"count": "99"}, follow=True).content.decode()
        )


class TestShowing:
    @pytest.mark.parametrize("media_type", SAMPLES)
    def test_a_saved_file_never_opens_by_itself(self, claim: Claim, media_type: str) -> None:
        row = kept(claim, *SAMPLES[media_type])
        response = signed_in(Role.REVIEWER).get(f"/evidence/{row.pk}/file/")
        assert response["Content-Disposition"].startswith('attachment; filename="contract-')
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Content-Type"] == media_type

    @pytest.mark.parametrize(
        ("content", "alone"), [(samples.PDF, False), (samples.png(), True), (samples.wav(), True)]
    )
    def test_a_shown_file_runs_nothing_and_is_framed_by_this_house_only(
        self, claim: Claim, content: bytes, alone: bool
    ) -> None:
        response = signed_in(Role.REVIEWER).get(f"/evidence/{kept(claim, content).pk}/view/")
        policy = response["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; frame-ancestors 'self'")
        assert "script-src" not in policy
        assert ("sandbox" in policy) is alone
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert response["Content-Disposition"].startswith("inline")

    def test_a_strangers_file_is_not_there(self, claim: Claim) -> None:
        row = kept(claim)
        for role in (Role.CREDITOR, Role.COLLECTOR, Role.OPERATOR):
            client = signed_in(role)
            for page in ("", "view/", "file/"):
                assert client.get(f"/evidence/{row.pk}/{page}").status_code == 404

    def test_a_file_stands_beside_its_claim_and_leads_to_its_neighbours(self, claim: Claim) -> None:
        first = kept(claim, samples.png())
        second = kept(claim, samples.wav(), kind="other", at=NOON + timedelta(minutes=1))
        page = signed_in(Role.REVIEWER).get(f"/evidence/{first.pk}/").content.decode()
        assert claim.contract_number in page
        assert f'rel="next" href="/evidence/{second.pk}/"' in page
        assert 'rel="prev"' not in page
        assert "2 × 2" in page

    def test_who_signed_is_told_and_the_look_is_on_record(self, claim: Claim) -> None:
        row = kept(claim, signing.signed())
        page = signed_in(Role.REVIEWER).get(f"/evidence/{row.pk}/").content.decode()
        assert signing.SIGNER in page
        assert "no authority known here vouches for the signer" in page
        assert Entry.objects.filter(subject=f"file:{row.report}").exists()

    def test_what_a_file_may_set_off_is_told_and_not_shown_by_itself(self, claim: Claim) -> None:
        names = DictionaryObject({pdf_name("/EmbeddedFiles"): DictionaryObject()})
        row = kept(claim, signing.acting(Names=names))
        reviewer = signed_in(Role.REVIEWER)
        page = reviewer.get(f"/evidence/{row.pk}/").content.decode()
        assert "Other files are embedded in it." in page
        assert "<iframe" not in page
        assert "<iframe" in reviewer.get(f"/evidence/{row.pk}/?show=1").content.decode()
        assert "Other files are embedded" in reviewer.get(f"/verify/{claim.pk}/").content.decode()


class TestReplacing:
    def test_the_old_version_stays_with_the_reason(self, owner: Client, claim: Claim) -> None:
        row = kept(claim, samples.png())
        form = {"reason": "page 2 was missing", "file": SimpleUploadedFile("b.pdf", samples.PDF)}
        page = owner.post(f"/evidence/{row.pk}/replace/", form, follow=True).content.decode()
        assert "page 2 was missing" in page
        assert Evidence.objects.count() == 2
        old = owner.get(f"/evidence/{row.pk}/").content.decode()
        assert "page 2 was missing" in old
        assert 'data-test="replace"' not in old

    def test_a_reviewer_replaces_nothing(self, claim: Claim) -> None:
        row = kept(claim, samples.png())
        reviewer = signed_in(Role.REVIEWER)
        assert 'data-test="replace"' not in reviewer.get(f"/evidence/{row.pk}/").content.decode()
        assert reviewer.post(f"/evidence/{row.pk}/replace/", {}).status_code == 404


class TestReview:
    def test_without_its_papers_the_release_is_no_button(self, claim: Claim) -> None:
        kept(claim)
        page = signed_in(Role.REVIEWER).get(f"/verify/{claim.pk}/").content.decode()
        assert 'value="verify"' not in page
        assert "It cannot be released yet:" in page
        assert "Proof of payment to the debtor" in page

    def test_an_open_doubt_is_a_reason_too(self, claim: Claim) -> None:
        factories.papers(claim)
        place_hold(
            person_id=claim.debtor_id,
            claim_id=claim.pk,
            kind="flag",
            cause="flag:1",
            ends_at=None,
            actor=factories.actor(Role.REVIEWER),
            at=NOON,
        )
        page = signed_in(Role.REVIEWER).get(f"/verify/{claim.pk}/").content.decode()
        assert 'value="verify"' not in page
        assert "a decision on the doubt" in page

    def test_the_parts_of_the_score_add_up_on_the_page(self, claim: Claim) -> None:
        factories.papers(claim)
        page = signed_in(Role.REVIEWER).get(f"/verify/{claim.pk}/").content.decode()
        box = page.split('data-test="score"')[1].split("</dl>")[0]
        numbers = [int(n.replace("−", "-")) for n in re.findall(r"<dd>([−+]?\d+)</dd>", box)]
        assert len(numbers) > 3
        assert sum(numbers[:-1]) == numbers[-1]
        papers = page.split('data-test="papers"')[1].split("</table>")[0]
        earned = [int(n) for n in re.findall(r"(\d+) of \d+</td>", papers)]
        assert sum(earned[:-1]) == earned[-1]
