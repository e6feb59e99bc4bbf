"""From a file to a signed order, page by page; and who cannot take it is told why."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from qinghe.claims.models import Batch, Claim
from qinghe.claims.services import intake
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Listing, Mandate
from qinghe.parties.models import Licence, Organisation
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEAD = "合同号,姓名,客户编号,手机号,地区,产品,本金,币种,合同日期,到期日,备注"
GOOD = "K-1,陈示例,C-1,10012345678,杭州,消费贷,1000.00,CNY,2026-01-05,2026-09-30,x"
BAD = "K-2,王示例,C-2,10012345679,杭州,消费贷,-5,CNY,2026-01-05,2026-09-30,x"
TERMS = {"mode": "grab", "commission": "12", "quality": "25", "period_days": "90"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def creditor() -> Organisation:
    return factories.organisation()


def upload(client: Client, *rows: str) -> None:
    file = SimpleUploadedFile("claims.csv", "\n".join([HEAD, *rows]).encode())
    sent = {"file": file, "as_of": "2026-11-20", "mapping": ""}
    answer = client.post("/batches/new/", sent)
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def columns(client: Client) -> str:
    """Send the suggested columns; the one nobody knows is left out."""
    page = client.get("/batches/columns/").content.decode()
    names = re.findall(r'name="(col\d+)"', page)
    form = client.get("/batches/columns/").context["form"]
    sent = {name: form.fields[name].initial or "-" for name in names}
    return client.post("/batches/columns/", sent, follow=True).content.decode()


def test_a_file_is_mapped_with_suggestions_then_checked(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD, BAD)
        page = columns(client)
    assert "Rows to correct" in page
    assert Batch.objects.get().rejected == 1
    assert not Claim.objects.exists()


def test_the_same_file_sent_again_is_recognised(creditor: Organisation) -> None:
    known = "This very file was taken over before"
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD)
        assert known not in columns(client)
        here = f"/batches/{Batch.objects.get().pk}/"
        assert known not in client.post(f"{here}decide/", {"choice": "all"}, follow=True).text
        upload(client, GOOD)
        page = columns(client)
    assert known in page
    assert 'data-test="nothing-new"' in page


def test_the_mapping_page_shows_no_name_and_no_number(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD)
        page = client.get("/batches/columns/").content.decode()
    assert "陈***" in page
    assert "陈示例" not in page
    assert "10012345678" not in page


def test_a_column_about_other_people_refuses_the_file(creditor: Organisation) -> None:
    file = SimpleUploadedFile("claims.csv", f"{HEAD},紧急联系人\n{GOOD},y".encode())
    with clock.at(NOON):
        answer = signed_in(Role.CREDITOR, creditor).post(
            "/batches/new/", {"file": file, "as_of": "2026-11-20", "mapping": ""}
        )
    assert answer.status_code == 422
    assert "紧急联系人" in answer.content.decode()


def test_only_the_correct_rows_are_taken_when_the_creditor_chooses_so(
    creditor: Organisation,
) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD, BAD)
        columns(client)
        place = f"/batches/{Batch.objects.get().pk}/decide/"
        refused = client.post(place, {"choice": "all"}, follow=True).content.decode()
        assert 'class="q-note bad"' in refused
        client.post(place, {"choice": "part"})
    assert Claim.objects.get().contract_number == "K-1"


def test_the_faulty_rows_come_back_as_a_file(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD, BAD)
        columns(client)
        answer = client.get(f"/batches/{Batch.objects.get().pk}/errors.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "K-2" in answer.content.decode("utf-8-sig")


def test_a_large_file_shows_how_far_it_is_and_can_be_stopped(
    creditor: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_BYTES", 0)
    monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_ROWS", 0)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD)
        assert 'data-test="progress"' in columns(client)
        batch = Batch.objects.get()
        here = f"/batches/{batch.pk}/"
        intake(batch_id=batch.pk, clock=clock.now)
        assert 'data-test="progress"' not in client.get(here).text
        taking = client.post(f"{here}decide/", {"choice": "all"}, follow=True).text
        assert 'data-test="stop"' in taking
        assert "The rows become claims" in taking
        stopped = client.post(f"{here}cancel/", follow=True).text
    assert "Nothing of the file was taken over" in stopped
    assert Batch.objects.get().state == "cancelled"
    assert not Claim.objects.exists()


def test_a_stranger_cannot_stop_a_file(creditor: Organisation) -> None:
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        upload(client, GOOD)
        columns(client)
        here = f"/batches/{Batch.objects.get().pk}/"
        stranger = signed_in(Role.CREDITOR, factories.organisation())
        assert stranger.post(f"{here}cancel/").status_code == 404
    assert Batch.objects.get().state == "checked"


def listed(creditor: Organisation, client: Client) -> Listing:
    claim = factories.claim(creditor=creditor)
    factories.point(claim.debtor)
    client.post("/claims/publish/", {**TERMS, "claim": str(claim.pk)})
    return Listing.objects.get(claim=claim)


def test_publishing_says_how_many_and_why_not_the_others(creditor: Organisation) -> None:
    unreachable = factories.claim(creditor=creditor)
    reachable = factories.claim(creditor=creditor)
    factories.point(reachable.debtor)
    asked = f"?claim={unreachable.pk}&claim={reachable.pk}"
    with clock.at(NOON):
        page = signed_in(Role.CREDITOR, creditor).get(f"/claims/publish/{asked}").content.decode()
    assert "<b>1 of 2</b>" in page
    assert "no usable contact point" in page


def test_many_claims_go_to_the_own_team_and_the_rest_is_explained(
    creditor: Organisation,
) -> None:
    team = factories.organisation("own_team")
    Capacity.objects.create(collector=team, limit=1)
    factories.licence(team)
    claims = [factories.claim(creditor=creditor) for _ in range(2)]
    for claim in claims:
        factories.point(claim.debtor)
    chosen = {"mode": "own_team", "collector": str(team.pk), "claim": [str(c.pk) for c in claims]}
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        page = client.post("/claims/publish/", {**TERMS, **chosen}, follow=True).content.decode()
    assert "1 claim was placed with the own team." in page
    assert "1 claim was not: The team holds as many orders as it may now." in page
    assert Mandate.objects.get().collector == team


def test_a_collector_signs_and_takes_and_the_second_is_told(creditor: Organisation) -> None:
    first, second = factories.collector(), factories.collector()
    factories.licence(first)
    factories.licence(second)
    with clock.at(NOON):
        listing = listed(creditor, signed_in(Role.CREDITOR, creditor))
        taker, late = signed_in(Role.COLLECTOR, first), signed_in(Role.COLLECTOR, second)
        assert 'data-test="order"' in taker.get("/hall/").content.decode()
        place = f"/hall/{listing.pk}/take/"
        taken = taker.post(place, {"agree": "on"})
        told = late.post(place, {"agree": "on"}, follow=True).content.decode()
    assert taken["Location"] == f"/cases/{listing.claim_id}/"
    assert "no longer open" in told
    assert Mandate.objects.get().collector == first


def test_nobody_takes_an_order_without_signing(creditor: Organisation) -> None:
    agency = factories.collector()
    factories.licence(agency)
    with clock.at(NOON):
        listing = listed(creditor, signed_in(Role.CREDITOR, creditor))
        signed_in(Role.COLLECTOR, agency).post(f"/hall/{listing.pk}/take/", {})
    assert not Mandate.objects.exists()


def test_an_order_that_cannot_be_taken_says_why(creditor: Organisation) -> None:
    with clock.at(NOON):
        listed(creditor, signed_in(Role.CREDITOR, creditor))
        page = signed_in(Role.COLLECTOR, factories.collector()).get("/hall/").content.decode()
    assert "needs a valid registration" in page
    assert 'data-test="order"' not in page


def test_what_is_drawn_once_is_never_anothers_and_never_old(creditor: Organisation) -> None:
    agencies = [factories.collector(), factories.collector()]
    for agency in agencies:
        factories.licence(agency)
    readers = [signed_in(Role.COLLECTOR, agency) for agency in agencies]
    with clock.at(NOON):
        listed(creditor, signed_in(Role.CREDITOR, creditor))
        pages = [reader.get("/hall/").content.decode() for reader in readers]
        for page, own, other in zip(pages, agencies, reversed(agencies), strict=True):
            assert 'data-test="order"' in page
            assert own.name in page
            assert other.name not in page
        Licence.objects.filter(organisation=agencies[0]).update(verified_at=None)
        pages = [reader.get("/hall/").content.decode() for reader in readers]
    assert ["needs a valid registration" in page for page in pages] == [True, False]
    assert ['data-test="order"' in page for page in pages] == [False, True]


def test_the_hall_asks_a_fixed_number_of_queries(
    creditor: Organisation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agency = factories.collector()
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, creditor)
        for _ in range(3):
            listed(creditor, client)
        visitor = signed_in(Role.COLLECTOR, agency)
        # One of them reads the kept searches; whoever has some asks one more for what is new.
        with django_assert_max_num_queries(13):
            visitor.get("/hall/")


def test_a_collector_finds_its_case_by_number_and_nobody_elses() -> None:
    agency, claim, other = factories.collector(), factories.claim(), factories.claim()
    factories.mandate(claim, agency)
    factories.mandate(other, factories.collector())
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        found = client.get("/search/", {"q": claim.number.lower()})
        nothing = client.get("/search/", {"q": other.number})
    assert found["Location"] == f"/cases/{claim.pk}/"
    assert nothing.status_code == 302
    assert str(other.pk) not in nothing["Location"]
