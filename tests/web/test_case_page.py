"""The case page: what the gate answers is shown as it is, and one form acts once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from qinghe.casework.models import Promise
from qinghe.casework.queries import worklist
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import claim_for
from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation
from qinghe.parties.terms import Secret
from qinghe.portal.claims import my_claim
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    agency = factories.collector()
    factories.licence(agency)
    return agency


@pytest.fixture
def claim(agency: Organisation) -> Claim:
    claim = factories.claim()
    factories.point(claim.debtor)
    factories.point(claim.debtor, Secret.EMAIL)
    factories.mandate(claim, agency)
    return claim


def ask(client: Client, claim: Claim, key: str = "") -> str:
    sent = {"channel": "sms", "template": "first_notice", "request_key": key or str(new_id())}
    return client.post(f"/cases/{claim.pk}/contact/", sent, follow=True).content.decode()


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_case_shows_amount_budget_and_composer(
    agency: Organisation, claim: Claim, lang: str
) -> None:
    with clock.at(NOON):
        answer = signed_in(Role.COLLECTOR, agency, lang).get(f"/cases/{claim.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert claim.number in page
    assert "¥1,000.00" in page
    assert 'class="pips"' in page
    assert 'data-test="send"' in page


def test_a_case_shows_no_address_of_the_debtor(agency: Organisation, claim: Claim) -> None:
    with clock.at(NOON):
        page = signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()
    assert "100****" not in page
    assert not re.search(r"\+?86 ?100", page)


def test_both_cards_name_the_reason_that_lasts_longest(agency: Organisation, claim: Claim) -> None:
    place_hold(
        person_id=claim.debtor_id,
        claim_id=None,
        kind="hardship",
        cause="test:1",
        ends_at=None,
        actor=system("test"),
        at=NOON,
    )
    with clock.at(NIGHT):
        page = signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()
    budget, why = page.split('aria-labelledby="why"')
    assert "PLT-HLD-01" in budget
    assert "PLT-HLD-01" in why.split("</section>")[0]
    assert "CN-WIN-01" not in why.split("</section>")[0]


def test_a_contact_at_noon_is_permitted(agency: Organisation, claim: Claim) -> None:
    with clock.at(NOON):
        page = ask(signed_in(Role.COLLECTOR, agency), claim)
    assert "Permitted" in page
    assert Attempt.objects.get().state == "permitted"


def test_a_contact_at_night_is_refused_with_rule_and_next_moment(
    agency: Organisation, claim: Claim
) -> None:
    with clock.at(NIGHT):
        page = ask(signed_in(Role.COLLECTOR, agency), claim)
    shown = page.partition('data-test="refusal"')[2]
    assert "CN-WIN-01" in shown
    assert "11-24 08:00" in shown.partition('data-test="refusal-next"')[2][:60]
    assert Attempt.objects.get().pack in shown


def test_a_refusal_stands_in_the_timeline_like_a_contact(
    agency: Organisation, claim: Claim
) -> None:
    with clock.at(NIGHT):
        client = signed_in(Role.COLLECTOR, agency)
        ask(client, claim)
        page = client.get(f"/cases/{claim.pk}/?kind=contact").content.decode()
    assert 'class="dot bad"' in page


def test_a_form_sent_twice_asks_the_gate_once(agency: Organisation, claim: Claim) -> None:
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        ask(client, claim, key="the same key")
        ask(client, claim, key="the same key")
    assert Attempt.objects.count() == 1


def test_another_agency_finds_no_such_case(claim: Claim) -> None:
    with clock.at(NOON):
        stranger = signed_in(Role.COLLECTOR, factories.collector())
        assert stranger.get(f"/cases/{claim.pk}/").status_code == 404
        assert stranger.post(f"/cases/{claim.pk}/contact/", {"channel": "sms"}).status_code == 404
    assert not Attempt.objects.exists()


def test_a_promise_is_noted_and_a_past_day_is_refused_in_words(
    agency: Organisation, claim: Claim
) -> None:
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        place = f"/cases/{claim.pk}/promise/"
        bad = client.post(place, {"amount": "10", "due_on": "2026-11-01"}, follow=True)
        good = client.post(place, {"amount": "10.50", "due_on": "2026-11-25"}, follow=True)
    assert 'class="q-note bad"' in bad.content.decode()
    assert "The promise is noted." in good.content.decode()


def test_the_case_page_asks_a_fixed_number_of_queries(
    agency: Organisation, claim: Claim, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        for _ in range(3):
            ask(client, claim)
        client.get("/orders/")
        with django_assert_max_num_queries(15):
            client.get(f"/cases/{claim.pk}/")


def test_the_creditors_page_of_a_claim_asks_a_fixed_number_of_queries(
    agency: Organisation, claim: Claim, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.at(NOON):
        ask(signed_in(Role.COLLECTOR, agency), claim)
        client = signed_in(Role.CREDITOR, claim.creditor)
        with django_assert_max_num_queries(20):
            client.get(f"/claims/{claim.pk}/")


def test_the_worklist_asks_a_fixed_number_of_queries(
    agency: Organisation, claim: Claim, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        factories.mandate(factories.claim(), agency)
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        client.get("/orders/")
        # The order was remembered by the first look; writing it is one update in a transaction.
        with django_assert_max_num_queries(5):
            page = client.get("/orders/").content.decode()
    assert page.count('data-test="case"') == 4


def test_what_is_owed_is_one_number_for_both_sides(agency: Organisation, claim: Claim) -> None:
    """Interest of the last days is booked when money comes; everybody sees it before."""
    Claim.objects.update(overdue_rate_pct=12, interest_to=date(2026, 11, 13))
    claim.refresh_from_db()
    # 10 days at 12 % on 1,000.00 yuan, a year of 365 days: 3.29 yuan.
    with clock.at(NOON):
        office = signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()
    assert "3.29" in office
    assert "1,003.29" in office
    (row,) = worklist(actor=factories.actor(Role.COLLECTOR, agency), at=NOON).rows
    assert row.owed == 100_329
    mine = my_claim(claim_for(claim_id=claim.pk, actor=factories.debtor_of(claim)), day_of(NOON))
    assert mine.owed == 100_329


def test_a_list_that_shows_not_all_says_so(
    agency: Organisation, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.mandate(factories.claim(), agency)
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        assert 'data-test="beyond"' not in client.get("/orders/").content.decode()
        monkeypatch.setitem(worklist.__globals__, "LOOKED_AT", 1)
        assert 'data-test="beyond"' in client.get("/orders/").content.decode()


def test_a_promise_is_noted_in_the_decimals_of_its_currency_and_can_be_taken_back(
    agency: Organisation,
) -> None:
    claim = factories.claim(principal=9_000, currency="JPY")
    factories.point(claim.debtor)
    factories.mandate(claim, agency)
    here = f"/cases/{claim.pk}/"
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        told = {"amount": "500.5", "due_on": "2026-12-01"}
        client.post(f"{here}promise/", told)
        assert not Promise.objects.exists()
        client.post(f"{here}promise/", {**told, "amount": "500"})
        assert Promise.objects.get().amount == 500
        page = client.get(here).content.decode()
        assert "JP¥500" in page
        assert 'data-test="promise"' not in page
        page = client.post(f"{here}promise/cancel/", follow=True).content.decode()
    assert "The promise was taken back." in page
    assert 'data-test="promise"' in page
    assert Promise.objects.get().state == "cancelled"
