"""Both sides read what was signed, why a period moved, the service owed, and what it pays."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from qinghe.casework.services import check_service, make_promise
from qinghe.claims.days import day_of
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import CommissionPlan, Listing, Mandate, Report
from qinghe.market.services import give_back, take
from qinghe.parties.models import Organisation
from qinghe.portal import session
from tests import factories
from tests.factories import AT
from tests.market.conftest import Market, licensed, market
from tests.web.people import signed_in

__all__ = ["market"]
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def mandate(market: Market) -> Mandate:
    listing = market.list(period_days=20)
    return take(listing_id=listing.pk, actor=market.collector, at=AT)


def browser(role: Role, org_id: object, lang: str = "en") -> Client:
    return signed_in(role, Organisation.objects.get(pk=org_id), lang)


def seen(client: Client, path: str, at: object = AT) -> str:
    with clock.at(at):  # type: ignore[arg-type]
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_both_sides_read_and_keep_the_signed_text(mandate: Mandate) -> None:
    sides = ((Role.CREDITOR, mandate.creditor_id), (Role.COLLECTOR, mandate.collector_id))
    for role, org_id in sides:
        client = browser(role, org_id)
        text = seen(client, f"/mandates/{mandate.pk}/terms/")
        assert str(mandate.document_id) in text
        assert "its hash is the same" in text
        assert "20 days from the collector" in text
        with clock.at(AT):
            answer = client.get(f"/mandates/{mandate.pk}/file.pdf")
        assert answer["Content-Type"] == "application/pdf"
        pages = PdfReader(BytesIO(answer.content)).pages
        words = "".join(page.extract_text() for page in pages)
        assert mandate.claim.number in words
    stranger = signed_in(Role.COLLECTOR)
    for path in ("", "terms/", "file.pdf"):
        assert stranger.get(f"/mandates/{mandate.pk}/{path}").status_code == 404


def test_the_page_of_an_order_shows_the_text_that_will_be_signed(market: Market) -> None:
    listing = market.list()
    client = browser(Role.COLLECTOR, market.collector.org_id)
    text = seen(client, f"/hall/{listing.pk}/")
    assert str(listing.document_id) in text
    assert "What you would earn" in text
    assert "in month 6" in text


def test_a_longer_period_is_told_to_all_three(mandate: Mandate) -> None:
    debtor = factories.debtor_of(mandate.claim)
    due = day_of(AT) + 20 * DAY
    make_promise(claim_id=mandate.claim_id, amount=100, due_on=due, actor=debtor, at=AT)
    creditor = browser(Role.CREDITOR, mandate.creditor_id)
    assert "Promise made by the debtor" in seen(creditor, f"/mandates/{mandate.pk}/")
    assert "agreed: 12-13" in seen(creditor, "/mandates/")
    collector = browser(Role.COLLECTOR, mandate.collector_id)
    assert "Promise made by the debtor" in seen(collector, f"/cases/{mandate.claim_id}/")
    door, answer = Client(), HttpResponse()
    session.begin(answer, person_id=mandate.claim.debtor_id, at=AT)
    door.cookies[session.COOKIE] = answer.cookies[session.COOKIE].value
    door.cookies["django_language"] = "en"
    text = seen(door, reverse("portal:claim", args=[mandate.claim_id]))
    assert "later than agreed at first, because a payment was promised" in text


def test_a_warning_and_a_report_are_on_both_pages(mandate: Mandate) -> None:
    at = AT + 3 * DAY
    check_service(at=at)
    collector = browser(Role.COLLECTOR, mandate.collector_id)
    assert "goes back by itself" in seen(collector, f"/cases/{mandate.claim_id}/", at)
    with clock.at(at):
        collector.post(
            f"/mandates/{mandate.pk}/report/", {"outlook": "open", "next_step": "contact"}
        )
    assert Report.objects.get().outlook == "open"
    creditor = browser(Role.CREDITOR, mandate.creditor_id)
    text = seen(creditor, f"/mandates/{mandate.pk}/", at)
    assert "Not clear yet" in text
    assert "No first action in time" in seen(creditor, "/mandates/", at)


def test_what_came_back_is_offered_again_in_one_press(mandate: Mandate, market: Market) -> None:
    give_back(
        mandate_id=mandate.pk,
        reason="three letters",
        code="no_contact",
        actor=market.collector,
        at=AT,
    )
    creditor = browser(Role.CREDITOR, mandate.creditor_id)
    text = seen(creditor, "/mandates/back/")
    assert "Not reached by any lawful way" in text
    assert 'value="31.50"' in text
    with clock.at(AT):
        creditor.post(f"/mandates/back/{mandate.claim_id}/", {"commission": "31.50"})
    listing = Listing.objects.get(state="open")
    assert (listing.hand, str(listing.commission_rate)) == (2, "0.3150")
    second = licensed()
    client = browser(Role.COLLECTOR, second.org_id)
    assert "Not reached by any lawful way" in seen(client, f"/hall/{listing.pk}/")
    take(listing_id=listing.pk, actor=second, at=AT)
    case = seen(client, f"/cases/{mandate.claim_id}/")
    assert "Earlier hands" in case
    assert mandate.collector.name not in case


def test_giving_back_asks_for_a_reason_of_the_list(mandate: Mandate) -> None:
    client = browser(Role.COLLECTOR, mandate.collector_id)
    path = f"/cases/{mandate.claim_id}/give-back/"
    with clock.at(AT):
        client.post(path, {"code": "idle", "reason": "x"})
        assert Mandate.objects.get(pk=mandate.pk).state == "active"
        client.post(path, {"code": "no_room", "reason": ""})
    assert Mandate.objects.get(pk=mandate.pk).return_code == "no_room"


PLAN = {
    "name": "Cards",
    **{f"rate_M{n}": str(5 + n) for n in range(1, 8)},
    "second": "2",
    "third": "4",
    "from_1": "30",
    "add_1": "1",
    "share": "25",
    "review_days": "30",
    "weight_complaints": "40",
    "weight_promises": "20",
    "weight_refusals": "20",
    "weight_documentation": "20",
}


def test_a_plan_is_written_read_tried_out_and_offered(market: Market) -> None:
    client = browser(Role.CREDITOR, market.creditor.org_id)
    with clock.at(AT):
        wrong = client.post("/commission/plans/new/", {**PLAN, "weight_complaints": "50"})
        assert wrong.status_code == 422
        assert "the weights must sum to 1" in wrong.content.decode()
        client.post("/commission/plans/new/", PLAN)
    plan = CommissionPlan.objects.get()
    text = seen(client, f"/commission/plans/{plan.pk}/?amount=10000&stage=M2&hand=2")
    # M2 in the second hand: nine per cent, and one more above three tenths.
    assert "¥970.00" in text
    assert "stage M2, hand 2: 9%" in text
    offer = {
        "all": "1",
        "mode": "grab",
        "collector": "",
        "commission": "12",
        "quality": "25",
        "plan": str(plan.pk),
        "period_days": "90",
        "first_action_days": "2",
        "idle_days": "9",
        "report_days": "20",
    }
    with clock.at(AT):
        answer = client.post("/claims/publish/", offer)
    assert answer.status_code == 302, answer.content.decode()
    listing = Listing.objects.get()
    assert (listing.commission_plan_id, str(listing.commission_rate)) == (plan.pk, "0.0700")
    with clock.at(AT):
        client.post(f"/commission/plans/{plan.pk}/retire/")
    plan.refresh_from_db()
    assert plan.retired_at == AT
    stranger = signed_in(Role.CREDITOR)
    assert stranger.get(f"/commission/plans/{plan.pk}/").status_code == 404


def test_predicted_and_actual_stand_side_by_side(mandate: Mandate) -> None:
    creditor = browser(Role.CREDITOR, mandate.creditor_id)
    text = seen(creditor, "/commission/")
    assert mandate.collector.name in text
    collector = browser(Role.COLLECTOR, mandate.collector_id, "zh-hans")
    assert "佣金" in seen(collector, "/commission/")
