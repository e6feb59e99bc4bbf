"""The pages on which papers for many claims are sent, looked at and added."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from qinghe.claims.models import Bundle, Claim, Evidence, Objection
from qinghe.claims.services import reject_claim, work_on_bundle
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.claims.bundled import paper, raw_zip, zipped
from tests.claims.test_pdf import CATALOGUE, PAGE, built
from tests.claims.world import NOW, REVIEWER
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
EMPTY = built(CATALOGUE, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", PAGE)


@pytest.fixture(autouse=True)
def _vault(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


@pytest.fixture
def bank() -> Organisation:
    return factories.organisation()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, *files: SimpleUploadedFile, query: str = "", **fields: str) -> str:
    answer = client.post(f"/papers/{query}", {"papers": list(files), **fields})
    return str(answer.headers.get("Location", answer.content.decode()))


def worked() -> Bundle:
    bundle = Bundle.objects.get()
    work_on_bundle(bundle_id=bundle.pk, clock=clock.now)
    bundle.refresh_from_db()
    return bundle


def submitted(bank: Organisation, number: str, **fields: object) -> Claim:
    return factories.claim(creditor=bank, contract_number=number, state="submitted", **fields)


def test_the_form_speaks_the_language_of_whoever_reads_it(bank: Organisation) -> None:
    words = "A ZIP of up to 20,000 files"
    for language, spoken in (("en", True), ("zh-hans", False), ("en", True)):
        answer = signed_in(Role.CREDITOR, bank, language).get("/papers/")
        assert (words in answer.content.decode()) is spoken


def test_a_zip_is_looked_at_and_then_added(
    bank: Organisation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(Role.CREDITOR, bank)
    claim = submitted(bank, "JD001")
    files = {f"JD001 {n} 合同.pdf".encode("gbk"): paper(str(n)) for n in range(20)}
    address = send(client, upload("p.zip", raw_zip({**files, b"who.pdf": paper("?")})))
    assert address == f"/papers/{Bundle.objects.get().pk}/"
    assert "hx-trigger" in client.get(address).content.decode()
    worked()
    with django_assert_max_num_queries(20):
        page = client.get(address).content.decode()
    assert "Add 20 files" in page
    assert "No contract number of your claims" in page
    assert not Evidence.objects.exists()
    assert len(page) < 150_000
    told = client.get(f"{address}report.csv")
    assert told.headers["Content-Type"].startswith("text/csv")
    assert "JD001 7 合同.pdf" in told.content.decode("utf-8-sig")
    client.post(f"{address}take/")
    worked()
    assert Evidence.objects.filter(claim=claim).count() == 20
    page = client.get(address).content.decode()
    assert re.search(r'data-test="added".*?20', page, re.S)
    client.post(f"{address}take/")
    assert Evidence.objects.count() == 20
    assert address in client.get("/papers/").content.decode()


def test_several_files_and_a_kind_for_the_rest(bank: Organisation) -> None:
    client = signed_in(Role.CREDITOR, bank)
    submitted(bank, "JD001")
    files = [upload("JD001.pdf", paper("1")), upload("JD001 流水.pdf", paper("2"))]
    send(client, *files, otherwise="contract")
    assert worked().counts == {"matched": 2}
    client.post(f"/papers/{Bundle.objects.get().pk}/cancel/")
    assert (Bundle.objects.get().state, Evidence.objects.count()) == ("cancelled", 0)


def test_what_is_no_send_is_told_in_the_form(bank: Organisation) -> None:
    client = signed_in(Role.CREDITOR, bank, lang="zh-hans")
    assert "密码" in send(client, upload("p.zip", raw_zip({b"a.pdf": b"x"}, flags=1)))
    assert client.post("/papers/", {}).status_code == 422
    assert not Bundle.objects.exists()


def test_strangers_see_nothing(bank: Organisation) -> None:
    submitted(bank, "JD001")
    send(signed_in(Role.CREDITOR, bank), upload("p.zip", zipped({"JD001 合同.pdf": paper("x")})))
    address = f"/papers/{worked().pk}/"
    for client in (signed_in(Role.CREDITOR), signed_in(Role.REVIEWER)):
        assert client.get(address).status_code == 404
        assert client.get(f"{address}report.csv").status_code == 404
        assert client.post(f"{address}take/").status_code == 404
        assert client.post(f"{address}cancel/").status_code == 404
    assert not Evidence.objects.exists()


def test_empty_pages_are_told_at_once_and_do_not_count(bank: Organisation) -> None:
    client, claim = signed_in(Role.CREDITOR, bank), submitted(bank, "JD001")
    form = {"1-kind": "contract", "1-file": upload("a.pdf", EMPTY)}
    page = client.post(f"/claims/{claim.pk}/evidence/", form, follow=True).content.decode()
    assert page.count("This file shows empty pages") == 2
    assert "Missing" in client.get("/claims/?papers=missing").content.decode()
    reviewer = signed_in(Role.REVIEWER)
    row = Evidence.objects.get()
    seen = reviewer.get(f"/evidence/{row.pk}/").content.decode()
    assert "This file shows empty pages" in seen
    send(client, upload("JD001 转账.pdf", EMPTY.replace(b"0 0 9 9", b"0 0 8 8")))
    assert worked().counts == {"refused": 1}


def test_an_objection_brings_its_papers(bank: Organisation) -> None:
    client, claim = signed_in(Role.CREDITOR, bank), submitted(bank, "JD001")
    reject_claim(claim_id=claim.pk, reason="no_proof: Page 2.", actor=REVIEWER, at=NOW)
    with clock.at(NOW):
        assert "Send papers with it" in client.get(f"/claims/{claim.pk}/").content.decode()
        words = {"objection-ground": "overlooked", "objection-words": "Here it is."}
        bad = {"objection-1-kind": "contract", "objection-1-file": upload("a.pdf", b"MZ\x90\0")}
        client.post(f"/claims/{claim.pk}/object/", {**words, **bad})
        assert not Objection.objects.exists()
        good = {"objection-2-kind": "contract", "objection-2-file": upload("a.pdf", paper("x"))}
        client.post(f"/claims/{claim.pk}/object/", {**words, **good})
    assert Objection.objects.get().claim_id == claim.pk
    assert [row.kind for row in Evidence.objects.filter(claim=claim)] == ["contract"]


def test_what_is_to_be_completed_is_a_state_of_the_list(bank: Organisation) -> None:
    client = signed_in(Role.CREDITOR, bank, lang="zh-hans")
    lacks, asked, whole = (submitted(bank, n) for n in ("JD-L", "JD-A", "JD-W"))
    for each in (asked, whole):
        factories.papers(each, "contract", "transfer")
    Claim.objects.filter(pk=asked.pk).update(review="returned")
    assert "待补充 (2)" in client.get("/claims/").content.decode()
    page = client.get("/claims/?state=to-complete").content.decode()
    assert (lacks.number in page, asked.number in page, whole.number in page) == (True, True, False)
    assert "审核台有疑问" in page
