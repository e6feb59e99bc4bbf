"""The pages of one claim by hand: errors beside fields, nothing lost, look, post, prove."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.models import Batch, Claim, ContractTerms
from qinghe.claims.services import FieldFault, check_amount
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind
from qinghe.web.creditor.singleform import words_of
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOLD = {
    "debtor_kind": "natural",
    "debtor_name": "陈示例",
    "id_number": "990101199001011231",
    "phone": "10012345678",
    "email": "",
    "address": "浙江省杭州市示例路",
    "region": "杭州",
    "product": "private_loan",
    "loan_principal": "10000",
    "contract_date": "2025-06-01",
    "due_date": "2026-10-01",
    "agreed_rate": "10",
    "annual_overdue_rate": "10",
    "repayments": "2026-01-01 500.00\r\n2026-03-01 1000.00",
    "as_of": "2026-11-23",
    "principal": "10000",
    "interest": "",
}

# What needs a second row, or a field that the form does not have.
ONLY_IN_FILES = {
    "duplicate", "duplicate-differs", "mixed-currency", "bad-booked-to", "bad-hand",
    "bad-daily-rate", "bad-day-count", "bad-lender", "lender-needs-chain", "repaid-without-days",
    "repaid-differs", "first-day-differs", "unknown-currency",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def lender() -> Organisation:
    return factories.organisation(OrgKind.PRIVATE_CREDITOR, lender_kind="natural_person")


@pytest.fixture
def client(lender: Organisation) -> Client:
    return signed_in(Role.CREDITOR, lender)


def laid(client: Client, **changes: str) -> str:
    answer = client.post("/claims/new/", TOLD | changes)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_errors_stand_beside_their_fields_and_nothing_is_lost(client: Client) -> None:
    with clock.at(NOON):
        wrong = {"debtor_name": "", "principal": "zehn", "repayments": "2026-01-01 5\nyesterday"}
        answer = client.post("/claims/new/", TOLD | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"debtor_name", "principal", "repayments"}
    assert "Line 2" in form.errors["repayments"][0]
    assert 'value="zehn"' in page
    assert "yesterday" in page
    assert 'value="990101199001011231"' in page
    assert 'aria-invalid="true"' in page
    assert not Batch.objects.exists()


def test_a_number_of_somebody_else_is_refused_at_its_field(client: Client) -> None:
    with clock.at(NOON):
        answer = client.post("/claims/new/", TOLD | {"address": "妻子 13812345678"})
    assert set(answer.context["form"].errors) == {"address"}
    assert "13812345678" in answer.content.decode()


def test_a_number_and_a_missing_name_are_told_together(client: Client) -> None:
    told = {
        "debtor_name": "", "address": "浙江省杭州市示例路 找他妻子 13812345678",
        "repayments": "2026-01-01 2000.00\n昨天还了一些", "phone": "10000000023",
    }  # fmt: skip
    with clock.at(NOON):
        answer = client.post("/claims/new/", TOLD | told)
    assert set(answer.context["form"].errors) == {"debtor_name", "address", "repayments"}


def test_every_fault_is_told_at_once_in_words_for_a_person(client: Client) -> None:
    told = {
        "debtor_name": "", "id_number": "990101199001011230", "email": "me@", "principal": "0",
        "address": "找他妻子 13812345678", "as_of": "2027-01-01", "contract_date": "2025-02-30",
        "annual_overdue_rate": "10", "instalments": "many", "repayment_form": "equal_principal",
        "region": "Nowhere", "due_date": "", "repayments": "昨天\n2026-01-01 5\nbald",
    }  # fmt: skip
    with clock.at(NOON):
        errors = client.post("/claims/new/", TOLD | told).context["form"].errors
        right = {name: TOLD.get(name, "") for name in told}
        assert client.post("/claims/new/", TOLD | right).status_code == 302
    assert set(errors) == {*told} - {"repayment_form"}
    assert "Line 1, 3" in errors["repayments"][0]
    words = " ".join(sentence for each in errors.values() for sentence in each)
    assert not re.search(r"\b(files?|rows?|cells?|columns?)\b", words, re.I), words


def test_a_number_that_is_here_already_is_told_with_the_rest(client: Client) -> None:
    with clock.at(NOON):
        client.post(laid(client, contract_number="N-1"), {"choice": "post"})
        again = TOLD | {"contract_number": "N-1", "principal": "9000", "email": "me@"}
        errors = client.post("/claims/new/", again).context["form"].errors
    assert set(errors) == {"contract_number", "email"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_sentence_of_the_form_speaks_of_a_file(language: str) -> None:
    about_files = r"\b(files?|rows?|cells?|columns?)\b|文件|单元格|该行|这一行|列中"
    known = "limit least place rule fact decimals currency first_row day"
    facts: dict[str, int | str] = dict.fromkeys(known.split(), 1)
    with override(language):
        for code, advice in ADVICE.items():
            if code not in ONLY_IN_FILES:
                words = words_of(FieldFault("x", code, *advice.told(facts), facts))
                assert not re.search(about_files, words, re.I), (code, words)


def test_the_form_has_no_field_for_other_people_and_says_why(client: Client) -> None:
    with clock.at(NOON):
        answer = client.get("/claims/new/")
    names = set(answer.context["form"].fields)
    assert names <= set(TOLD) | {
        "handed_over", "paid_out_on", "repayment_form", "instalments", "matures_on", "fees",
        "contract_number",
    }  # fmt: skip
    assert "emergency contact" in answer.content.decode()


def test_look_then_post_then_prove(client: Client) -> None:
    with clock.at(NOON):
        address = laid(client)
        page = client.get(address).content.decode()
        assert "陈示例" not in page
        assert "990101199001011231" not in page
        assert "Law permits" in page
        assert "Difference" in page
        assert not Claim.objects.exists()
        answer = client.post(address, {"choice": "post"}, follow=True)
        claim = Claim.objects.get()
        assert answer.redirect_chain[-1][0] == f"{address}proof/"
        assert claim.number in answer.content.decode()
        assert f"/claims/{claim.pk}/evidence/" in answer.content.decode()
        assert client.get(address).headers["Location"] == f"{address}proof/"
        desk = signed_in(Role.REVIEWER).get(f"/verify/{claim.pk}/").content.decode()
        mine = client.get(f"/claims/{claim.pk}/").content.decode()
        # At the desk once for the claim and once for its terms; nowhere as a file of many.
        assert (desk.count("Source: told by hand"), mine.count("Source: told by hand")) == (2, 1)
        assert "Source: the batch file" not in desk + mine
    assert ContractTerms.objects.count() == 1


def test_what_was_paid_back_stands_on_every_page(client: Client) -> None:
    def repaid(page: str) -> str:
        return page.partition('data-test="repaid"')[2].partition("</section>")[0]

    with clock.at(NOON):
        address = laid(client)
        look = client.get(address).content.decode()
        client.post(address, {"choice": "post"})
        claim = Claim.objects.get()
        theirs = client.get(f"/claims/{claim.pk}/").content.decode()
        check_amount(claim_id=claim.pk, actor=factories.actor(Role.REVIEWER), at=NOON)
        desk = signed_in(Role.REVIEWER).get(f"/verify/{claim.pk}/").content.decode()
    for page in (look, theirs, desk):
        assert "2026-01-01" in repaid(page)
        assert "500.00" in repaid(page)
        assert "2026-03-01" in repaid(page)
    for page in (look, desk):
        assert "Interest before the due day" in repaid(page)
        assert "10,000.00" in page.partition('data-test="agreed"')[2]


def test_more_than_lawful_is_said_with_the_sum(client: Client) -> None:
    with clock.at(NOON):
        page = client.get(laid(client, interest="5000", repayments="")).content.decode()
    assert "more is claimed than the law permits" in page


def test_it_can_be_changed_and_left(client: Client) -> None:
    with clock.at(NOON):
        address = laid(client)
        back = client.get(f"/claims/new/?change={Batch.objects.get().pk}")
        page = back.content.decode()
        assert 'value="陈示例"' in page
        assert "2026-01-01 500.00\n2026-03-01 1000.00" in page
        answer = client.post(f"/claims/new/?change={Batch.objects.get().pk}", TOLD | {"fees": "5"})
        assert answer.status_code == 302
        assert sorted(Batch.objects.values_list("state", flat=True)) == ["checked", "refused"]
        assert client.get(address).headers["Location"].startswith("/batches/")
        client.post(answer.headers["Location"], {"choice": "none"})
    assert not Batch.objects.filter(state="checked").exists()
    assert not Claim.objects.exists()


def test_a_stranger_sees_nothing_of_it(client: Client) -> None:
    with clock.at(NOON):
        address = laid(client)
        other = signed_in(Role.CREDITOR)
        assert other.get(address).status_code == 404
        assert other.get(f"{address}proof/").status_code == 404
        change = address.split("/")[-2]
        assert other.get(f"/claims/new/?change={change}").status_code == 404
        assert client.get("/claims/new/?change=x").status_code == 200


def test_the_same_claim_twice_is_told(client: Client) -> None:
    with clock.at(NOON):
        client.post(laid(client), {"choice": "post"})
        answer = client.post("/claims/new/", TOLD)
    assert answer.status_code == 422
    assert Claim.objects.get().number in answer.content.decode()


def test_it_is_reached_from_home_batches_and_claims(client: Client) -> None:
    with clock.at(NOON):
        for address in ("/creditor/", "/batches/", "/claims/", "/batches/new/"):
            assert "/claims/new/" in client.get(address).content.decode()


def test_without_a_way_to_write_the_page_warns(client: Client) -> None:
    with clock.at(NOON):
        page = client.get(laid(client, address="")).content.decode()
    assert "no-letter" in page
