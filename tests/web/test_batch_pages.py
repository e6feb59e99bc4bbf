"""The clerk's pages of a batch: how it reads, why a column is suggested, rows set right."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from qinghe.claims.models import Batch, Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEAD = "合同号,姓名,客户编号,手机号,地区,产品,本金,币种,合同日期,到期日"
GOOD = "K-1,陈示例,C-1,10012345678,杭州,消费贷,1000.00,CNY,2026-01-05,2026-09-30"
BAD = "K-2,王示例,C-2,123,杭州,消费贷,-5,CNY,2026-01-05,2026-09-30"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def creditor() -> Organisation:
    return factories.organisation()


def send(client: Client, content: bytes, name: str = "claims.csv", mapping: str = "") -> str:
    """Send a file and return the address of the page that follows."""
    file = SimpleUploadedFile(name, content)
    answer = client.post("/batches/new/", {"file": file, "as_of": "2026-11-20", "mapping": mapping})
    return str(answer.headers.get("Location", answer.content.decode()))


def rows_of(client: Client, *rows: str) -> tuple[Batch, str]:
    address = send(client, "\n".join([HEAD, *rows]).encode(), mapping="qinghe")
    return Batch.objects.get(), f"{address}rows/"


def test_a_file_whose_encoding_is_unsure_is_shown_in_each(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        content = "a,b,c\n1,張三,10012345678\n".encode("cp950")
        assert send(client, content) == "/batches/reading/"
        page = client.get("/batches/reading/").content.decode()
        assert "張三" in page
        assert "Big5" in page
        assert "10012345678" not in page
        assert client.post("/batches/reading/", {"encoding": ""}).status_code == 422
        answer = client.post("/batches/reading/", {"encoding": "big5"})
        assert answer.headers["Location"] == "/batches/columns/"
        assert "Big5" in client.get("/batches/columns/").content.decode()


def test_the_sheet_can_be_chosen_and_travels_with_the_batch(creditor: Organisation) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "说明"
    book.active.append(["二〇二六年"])
    for title, number in (("十月", "K-10"), ("十一月", "K-11")):
        sheet = book.create_sheet(title)
        sheet.append(HEAD.split(","))
        sheet.append([number, *GOOD.split(",")[1:]])
    out = io.BytesIO()
    book.save(out)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        assert send(client, out.getvalue()) == "/batches/columns/"
        assert "十月" in client.get("/batches/columns/").content.decode()
        assert "十一月" in client.get("/batches/reading/").content.decode()
        client.post("/batches/reading/", {"sheet": "十一月"})
        form = client.get("/batches/columns/").context["form"]
        client.post(
            "/batches/columns/",
            {name: form[name].value() or "-" for name in form.fields if name.startswith("col")},
        )
        batch = Batch.objects.get()
        client.post(f"/batches/{batch.pk}/decide/", {"choice": "all"})
    assert Claim.objects.get().contract_number == "K-11"


def test_columns_come_with_a_reason_and_are_remembered(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        content = f"{HEAD},内部\n{GOOD},x\n".encode()
        send(client, content)
        page = client.get("/batches/columns/").content.decode()
        assert "its first values fit" in page
        assert "99 %" in page
        form = client.get("/batches/columns/").context["form"]
        chosen = {name: form[name].value() or "-" for name in form.fields if name.startswith("col")}
        client.post("/batches/columns/", {**chosen, "name": "月报"})
        send(client, content.replace(b"K-1", b"K-7"))
        page = client.get("/batches/columns/").content.decode()
        form = client.get("/batches/columns/").context["form"]
    assert "月报" in page
    assert form["col10"].value() == "-"
    assert form["col0"].value() == "contract_number"


def test_a_row_is_set_right_on_the_page_and_taken(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        batch, here = rows_of(client, GOOD, BAD)
        page = client.get(here).content.decode()
        assert 'value="-5"' in page
        assert 'value="123"' in page
        assert "王示例" not in page
        half = client.post(here, {"cell-3-6": "5.00", "cell-3-3": "12"}, follow=True)
        assert "No row became right" in half.content.decode()
        done = client.post(here, {"cell-3-3": "10087654321"}, follow=True).content.decode()
        assert "1 row is right now." in done
        assert 'data-test="corrected"' in done
        client.post(f"/batches/{batch.pk}/decide/", {"choice": "all"})
    assert Claim.objects.count() == 2


def test_wrong_rows_are_filtered_by_kind(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        rows = [BAD.replace("K-2", f"K-{n}").replace("-5", "7") for n in range(3, 40)]
        batch, here = rows_of(client, GOOD, BAD, *rows)
        page = client.get(here).content.decode()
        assert page.count('data-test="wrong-row"') == 20
        assert "?from=20" in page
        assert client.get(f"{here}?from=20").content.decode().count('data-test="wrong-row"') == 18
        only = client.get(f"{here}?kind=negative").content.decode()
        assert only.count('data-test="wrong-row"') == 1
        assert 'value="123"' in only
        assert client.get(f"{here}?kind=no-such&from=x&row=y").status_code == 200
        assert "No row with this error" in client.get(f"{here}?kind=no-such").content.decode()
        counts = client.get(f"/batches/{batch.pk}/").content.decode()
    assert 'data-test="kinds"' in counts


def test_another_creditor_sees_no_rows(creditor: Organisation) -> None:
    with clock.at(NOON):
        _batch, here = rows_of(signed_in(Role.CREDITOR, creditor), GOOD, BAD)
        stranger = signed_in(Role.CREDITOR, factories.organisation())
        assert stranger.get(here).status_code == 404
        assert stranger.post(here, {"cell-3-6": "5"}).status_code == 404


def test_the_forecast_says_what_would_happen_and_does_nothing(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        batch, _here = rows_of(client, GOOD, BAD)
        page = client.get(f"/batches/{batch.pk}/forecast/").content.decode()
        assert 'data-test="forecast-counts"' in page
        assert "陈示例" not in page
        assert "10012345678" not in page
        assert not Claim.objects.exists()
        client.post(f"/batches/{batch.pk}/decide/", {"choice": "part"})
        again = client.get(f"/batches/{batch.pk}/forecast/")
    assert again.status_code == 302


def test_what_is_missing_is_told_at_once_and_the_usual_currency_is_chosen(
    creditor: Organisation,
) -> None:
    head = f"{HEAD.replace(',币种', '')},金额截止日,内部"
    row = f"{GOOD.replace(',CNY', '')},2026-11-20,x"
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        assert send(client, f"{head}\n{row}\n".encode()) == "/batches/columns/"
        form = client.get("/batches/columns/").context["form"]
        assert form["currency"].value() == "CNY"
        assert form["col9"].value() == "-"
        given = {name: form[name].value() or "" for name in form.fields}
        sent = {**given, "currency": "", "col6": ""}
        refused = client.post("/batches/columns/", sent)
        assert refused.status_code == 422
        told = refused.context["form"].errors
        assert {"currency", "col6", "col10"} <= set(told)
        client.post("/batches/columns/", {**given, "leave_rest": "on"})
    batch = Batch.objects.get()
    assert (batch.mapping["constants"]["currency"], batch.rejected) == ("CNY", 0)
    assert set(batch.mapping["ignore"]) == {"金额截止日", "内部"}


def test_the_day_that_the_file_itself_names_counts(creditor: Organisation) -> None:
    head = "合同号,客户编号,本金,币种,到期日,金额截止日"
    row = "K-1,C-1,1000.00,CNY,2026-09-30,2026/11/18"
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        send(client, f"{head}\n{row}\n".encode())
        page = client.get("/batches/columns/")
        assert "2026-11-18" in page.text
        form = page.context["form"]
        client.post("/batches/columns/", {n: form[n].value() or "" for n in form.fields})
    assert str(Batch.objects.get().as_of) == "2026-11-18"


def test_read_is_the_sum_of_what_became_of_the_rows(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        batch, _here = rows_of(client, GOOD, BAD)
        place = f"/batches/{batch.pk}/"
        said = "1 correct and new + 0 unchanged + 1 to correct = 2 rows read"
        assert said in client.get(place).text
        client.post(f"{place}decide/", {"choice": "part"})
        said = "1 taken over + 0 unchanged + 1 left out for errors = 2 rows read"
        assert said in client.get(place).text


def shown(page: str, mark: str) -> str:
    """Return the words of what a page marks."""
    inside = page.partition(f'data-test="{mark}"')[2].partition(">")[2]
    return re.sub(r"<[^>]+>", " ", inside.partition("</")[0]).strip()


@pytest.mark.parametrize(
    ("language", "label", "left"),
    [("en", "Rows to correct", "2 left out"), ("zh-hans", "待更正的行", "2 行未接收")],
)
def test_rows_to_correct_have_one_name_and_one_count_everywhere(
    creditor: Organisation, language: str, label: str, left: str
) -> None:
    twice_wrong = BAD.replace("K-2", "K-3").replace("-5", "x")
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor, language)
        batch, rows = rows_of(client, GOOD, BAD, twice_wrong)
        place = f"/batches/{batch.pk}/"
        pages = [client.get(each).text for each in (place, "/batches/", f"{place}forecast/", rows)]
        for page in pages:
            assert label in page
        counts = [shown(pages[0], "to-correct"), shown(pages[2], "to-correct")]
        assert [*counts, shown(pages[3], "to-correct")] == ["2", "2", "2"]
        assert f'href="{rows}">2</a>' in pages[1]
        assert 'data-test="what-to-do"' in pages[0]
        assert 'data-test="what-to-do"' in pages[3]
        client.post(f"{place}decide/", {"choice": "part"})
        decided, listed = client.get(place).text, client.get("/batches/").text
        assert label not in decided
        assert left in listed
        assert rows not in listed


def test_after_taking_over_the_page_says_which_papers_are_missing(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        factories.claim(creditor=creditor, state="submitted")
        batch, _here = rows_of(client, GOOD)
        place = f"/batches/{batch.pk}/"
        page = client.post(f"{place}decide/", {"choice": "all"}, follow=True).text
        assert "1 of them lack" in page
        assert f'href="/claims/?papers=missing&amp;batch={batch.pk}"' in page
        claim = Claim.objects.get(batch=batch)
        listed = client.get(f"/claims/?papers=missing&batch={batch.pk}").text
        assert claim.number in listed
        assert listed.count('data-test="lacks"') == 1
        assert "Contract · Proof of payment" in listed
        every = client.get("/claims/").text
        assert "2 claims lack papers" in every
        assert "Papers missing (2)" in every
        factories.papers(claim)
        page = client.get(place).text
        assert "Every claim of this batch has the papers it needs" in page
        assert claim.number not in client.get("/claims/?papers=missing").text
        assert client.get("/claims/?batch=nonsense").status_code == 200
