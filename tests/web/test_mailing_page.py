"""Tick cases, see who would be skipped and why, start once, watch, stop."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.contact.models import Attempt, Mailing
from qinghe.contact.queries import wordings
from qinghe.contact.services import step_mailing
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import Organisation
from qinghe.parties.terms import Secret
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NEW = "/orders/message/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    return factories.collector()


@pytest.fixture
def claims(agency: Organisation) -> list[Claim]:
    """Two cases that may be written to, and one whose debtor has a hold."""
    made = []
    for _ in range(3):
        claim = factories.claim()
        for kind in (Secret.PHONE, Secret.EMAIL, Secret.ADDRESS):
            factories.point(claim.debtor, kind)
        factories.mandate(claim, agency)
        made.append(claim)
    place_hold(
        person_id=made[2].debtor_id,
        claim_id=None,
        kind="hardship",
        cause="test:1",
        ends_at=None,
        actor=system("test"),
        at=NOON,
    )
    return made


@pytest.fixture
def client(agency: Organisation) -> Client:
    return signed_in(Role.COLLECTOR, agency)


def look(client: Client, query: str) -> str:
    with clock.at(NOON):
        return client.get(f"{NEW}?{query}").content.decode()


def confirm(client: Client, page: str) -> str:
    """Press the button of the preview; return where it leads."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    with clock.at(NOON):
        return client.post(NEW, fields).headers["Location"]


def test_the_list_leads_to_the_preview(client: Client, claims: list[Claim]) -> None:
    with clock.at(NOON):
        page = client.get("/orders/").content.decode()
    assert f'name="claim" value="{claims[0].pk}"' in page
    assert f"{NEW}?all=1" in page
    chips = re.findall(r'<a class="chip[^>]*>(.*?) <small>', page)
    assert chips
    assert not [words for words in chips if words.endswith((".", "。"))]


@pytest.mark.parametrize("channel", ["sms", "email", "letter"])
def test_the_preview_counts_by_reason(client: Client, claims: list[Claim], channel: str) -> None:
    page = look(client, f"all=1&channel={channel}")
    assert "<b>2 of 3</b> would get it" in page
    assert "<b>1 of 3</b> would be skipped" in page
    assert "PLT-HLD-01" in page
    assert not Attempt.objects.exists()


def test_only_ticked_cases_are_meant(client: Client, claims: list[Claim]) -> None:
    assert "<b>1 of 1</b> would get it" in look(client, f"claim={claims[0].pk}")
    assert "No case is chosen" in look(client, "")


def test_a_filter_of_the_list_is_kept(client: Client, claims: list[Claim]) -> None:
    page = look(client, f"all=1&q={claims[1].number}")
    assert "<b>1 of 1</b> would get it" in page
    assert f'name="q" value="{claims[1].number}"' in page


def test_pressing_twice_starts_it_once(client: Client, claims: list[Claim]) -> None:
    page = look(client, "all=1&channel=sms&template=reminder")
    assert confirm(client, page) == confirm(client, page)
    mailing = Mailing.objects.get()
    step_mailing(mailing_id=mailing.pk, at=NOON)
    assert Attempt.objects.count() == 2


def test_a_second_preview_says_what_waits_and_starts_nothing(
    client: Client, claims: list[Claim]
) -> None:
    confirm(client, look(client, "all=1"))
    page = look(client, "all=1")
    assert "waits for its turn in another message" in page
    assert "Nothing can be sent now" in page
    with clock.at(NOON):
        answer = client.post(NEW, {"cases": str(claims[0].pk), "channel": "sms"})
    assert answer.status_code == 422
    assert Mailing.objects.count() == 1


def test_the_result_shows_progress_then_every_case_with_its_reason(
    client: Client, claims: list[Claim]
) -> None:
    where = confirm(client, look(client, "all=1"))
    assert 'data-test="progress"' in client.get(where).content.decode()
    step_mailing(mailing_id=Mailing.objects.get().pk, at=NOON)
    page = client.get(where).content.decode()
    assert 'data-test="progress"' not in page
    assert page.count("/contacts/") == 2
    assert "PLT-HLD-01" in page
    assert "100****" not in page


def test_whoever_watches_gets_the_whole_page_at_the_end(
    client: Client, claims: list[Claim]
) -> None:
    where = confirm(client, look(client, "all=1"))
    assert "HX-Refresh" not in client.get(where, headers={"HX-Request": "true"}).headers
    step_mailing(mailing_id=Mailing.objects.get().pk, at=NOON)
    assert client.get(where, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(where).headers


def test_what_is_filled_in_later_is_named(client: Client, claims: list[Claim]) -> None:
    for found in wordings(channel="email", purpose="collect"):
        page = look(client, f"all=1&channel=email&template={found.code}")
        shown = page[page.index('class="compose"') : page.index("Words in brackets")]
        assert "[address of the debtor&#x27;s page]" in shown
        assert not re.search(r"[{}…]", shown)


def test_it_can_be_stopped_and_is_nobody_elses(client: Client, claims: list[Claim]) -> None:
    where = confirm(client, look(client, "all=1"))
    assert signed_in(Role.COLLECTOR).get(where).status_code == 404
    with clock.at(NOON):
        client.post(f"{where}stop/")
    assert Mailing.objects.get().state == "stopped"
    step_mailing(mailing_id=Mailing.objects.get().pk, at=NOON)
    assert not Attempt.objects.exists()
