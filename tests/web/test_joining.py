"""Applying through the pages: from the door to the decision, and what a stranger learns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import (
    Application,
    Certificate,
    Cover,
    MicroTransfer,
    Organisation,
    Representative,
    Sitting,
)
from qinghe.parties.services import ask_registers, send_transfer
from qinghe.parties.services.micro import sandbox_statement
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.parties.onboarded import Applicant, number
from tests.shown import fields_of
from tests.web.people import BACKEND, signed_in, sock_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
ACCOUNT = {
    "email": "new@example.com",
    "display_name": "Chen",
    "password": "a-long-secret-77",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def post(client: Client, place: str, told: dict[str, object], at: datetime = NOON) -> str:
    with clock.at(at):
        return client.post(place, told, follow=True).content.decode()


def see(client: Client, place: str, at: datetime = NOON) -> str:
    with clock.at(at):
        return client.get(place, follow=True).content.decode()


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("card.pdf", PAPER)


def joined(client: Client, kind: str = "private_creditor") -> None:
    post(client, f"/join/{kind}/", ACCOUNT)
    link = next(w for w in str(mail.outbox[-1].body).split() if "/accounts/confirm-email/" in w)
    place = "/" + link.split("/", 3)[3]
    see(client, place)
    post(client, place, {})
    client.login(username=ACCOUNT["email"], password=ACCOUNT["password"])


def test_what_is_asked_at_the_door_suits_who_asks(client: Client) -> None:
    assert "What we call you here" in see(client, "/join/private_creditor/")
    assert "Name shown to colleagues" in see(client, "/join/agency/")
    post(client, "/join/private_creditor/", ACCOUNT)
    link = next(w for w in str(mail.outbox[-1].body).split() if "/accounts/confirm-email/" in w)
    client.cookies["django_language"] = "zh-hans"
    page = see(client, "/" + link.split("/", 3)[3])
    assert "确认您的邮箱" in page
    assert "Email" not in page
    assert "链接" in see(client, "/accounts/confirm-email/nothing/")


def test_a_person_applies_and_a_reviewer_approves(client: Client) -> None:
    joined(client)
    page = see(client, "/application/")
    assert "Our standing" in page
    assert "Give your name, identity number and telephone." in page
    person = {"name": "陈示例", "number": number(), "phone": "10012345678", "paper": scan()}
    page = post(client, "/standing/self/", person)
    assert "陈示例" not in page, "names are masked"
    account = {"holder": "陈示例", "number": "9912345678901234", "bank": "示例银行"}
    page = post(client, "/standing/account/", account)
    assert "9912345678901234" not in page
    post(client, "/standing/transfer/", {"act": "send"})
    transfer = factories_transfer()
    send_transfer(transfer_id=transfer.pk, at=NOON)
    transfer.refresh_from_db()
    amount = sandbox_statement(transfer) or 0
    assert f'data-test="statement">0.{amount:02}<' in see(client, "/standing/transfer/")
    page = post(client, "/standing/transfer/", {"yuan": f"0.{amount % 99 + 1:02}"})
    assert "That is not the amount we sent." in page
    page = post(client, "/standing/transfer/", {"yuan": f"0.{amount:02}"})
    assert "the account is proven" in page
    assert "Handed in." in post(client, "/standing/hand-in/", {})
    assert first_page(client) == "/standing/"
    ask_registers(at=NOON)

    desk = signed_in(Role.REVIEWER)
    application = Application.objects.get()
    assert f"/identity/{application.pk}/" in see(desk, "/identity/")
    here = f"/identity/{application.pk}/"
    assert "陈示例" not in see(desk, here)
    decide = here + "decide/"
    old = fields_of(desk, here, decide)
    told = {**old, "decision": "return", "reason": "unreadable"}
    assert "Returned" in post(desk, decide, told)
    assert "A document cannot be read" in see(client, "/standing/")
    post(client, "/standing/hand-in/", {})
    # What was handed in again was not on the page that was opened before.
    stale = post(desk, decide, {**old, "request_key": "again", "decision": "approve"})
    assert "This changed after you opened the page" in stale
    opens_what_it_approves(desk, here)
    told = {**fields_of(desk, here, decide), "decision": "approve"}
    assert "Approved." in post(desk, decide, told)
    page = see(client, "/standing/")
    assert "L3" in page
    assert "0 / 3" in page, "it says how much may be submitted"
    assert first_page(client) == "/creditor/"


def opens_what_it_approves(desk: Client, here: str) -> None:
    """Open names and paper; before, nothing is approved."""
    decide = here + "decide/"
    told = {**fields_of(desk, here, decide), "decision": "approve"}
    page = see(desk, here)
    assert 'data-test="approve-party"' not in page
    assert "not opened by you" in page
    assert "Not opened by you yet: names and numbers; " in post(desk, decide, told)
    assert "陈示例" in see(desk, here + "facts/")
    paper = str(Representative.objects.get().paper)
    assert 'data-test="approve-party"' not in see(desk, here)
    with clock.at(NOON):
        assert desk.get(f"{here}papers/{paper}/").content == PAPER
    page = see(desk, here)
    assert 'data-test="approve-party"' in page
    assert "not opened by you" not in page.lower()


def first_page(client: Client) -> str:
    with clock.at(NOON):
        return str(client.get("/start/").headers["Location"])


def factories_transfer() -> MicroTransfer:

    return MicroTransfer.objects.get()


def test_a_taken_address_gets_the_same_answer_and_no_second_account(client: Client) -> None:
    first = post(client, "/join/agency/", ACCOUNT)
    again = post(Client(headers={"accept-language": "en"}), "/join/agency/", ACCOUNT)
    assert "Look at your e-mail" in first
    assert "Look at your e-mail" in again
    assert Application.objects.count() == 1
    assert len(mail.outbox) == 2


def test_nothing_opens_before_the_address_is_confirmed(client: Client) -> None:
    post(client, "/join/agency/", ACCOUNT)
    client.login(username=ACCOUNT["email"], password=ACCOUNT["password"])
    assert "First confirm your e-mail address" in see(client, "/start/")
    assert not Organisation.objects.exists()


def test_too_many_sign_ups_from_one_origin_are_refused(client: Client) -> None:
    for each in range(10):
        post(client, "/join/agency/", {**ACCOUNT, "email": f"n{each}@example.com"})
    page = post(client, "/join/agency/", {**ACCOUNT, "email": "late@example.com"})
    assert "too many tries" in page
    assert not Application.objects.filter(user__email="late@example.com").exists()


def test_a_paper_is_seen_by_the_desk_of_its_application_and_nobody_else() -> None:
    one, other = Applicant(), Applicant()
    one.ready()
    other.ready()
    desk = signed_in(Role.REVIEWER)
    unknown = f"/identity/{one.application.pk}/papers/{'1' * 64}/"
    with clock.at(NOON):
        assert desk.get(unknown).status_code == 404
        creditor = signed_in(Role.CREDITOR)
        assert creditor.get(f"/identity/{one.application.pk}/").status_code == 404


def test_a_collector_sits_the_exam_on_the_page() -> None:
    agency = factories.collector()
    collector = signed_in(Role.COLLECTOR, agency)
    Certificate.objects.all().delete()
    assert "You have none yet." in see(collector, "/certificate/")
    page = post(collector, "/certificate/start/", {})
    sitting = Sitting.objects.get()
    assert page.count("<fieldset") == len(sitting.drawn)
    answers = {each["key"]: each["order"].index(0) for each in sitting.drawn}
    page = post(collector, "/certificate/exam/", answers, NOON + timedelta(minutes=9))
    assert "Your certificate was issued." in page
    assert Certificate.objects.get().number in page


def test_two_clerks_put_a_deposit_on_file() -> None:
    agency = factories.collector()
    one, two = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    here = f"/organisations/{agency.slug}/covers/"
    told = {"kind": "deposit", "amount": "50000", "reference": "D-1"}
    assert "¥50,000.00" in post(one, here, told)

    decide = f"{here}{Cover.objects.get().pk}/"
    assert "Who recorded it cannot confirm it" in post(one, decide, {"decision": "confirm"})
    for tied in (one, sock_of(one, Role.OPERATOR)):
        page = see(tied, f"/organisations/{agency.slug}/")
        assert 'data-test="confirm-cover"' not in page
        assert "a second person who stands apart confirms" in page
    assert 'data-test="confirm-cover"' in see(two, f"/organisations/{agency.slug}/")
    assert "it covers orders now" in post(two, decide, {"decision": "confirm"})


def test_who_may_not_state_the_amount_reads_it_before_the_money_travels() -> None:
    one = Applicant(OrgKind.AGENCY)
    one.ready()
    Organisation.objects.update(state="active")
    one.account()
    mine = Client()
    mine.force_login(one.user, backend=BACKEND)
    mine.cookies["django_language"] = "en"
    place = "/standing/transfer/"
    page = see(mine, place)
    assert 'data-test="other-hand"' in page
    assert 'data-test="send-cents"' in page
    one.transfer(at=NOON)
    page = see(mine, place)
    assert "who stands apart from that must state the amount" in page
    assert 'data-test="state-amount"' not in page
    other = see(signed_in(Role.COLLECTOR, one.org), place)
    assert 'data-test="other-hand"' not in other
    assert 'data-test="state-amount"' in other


@pytest.mark.parametrize("place", ["/claims/new/", "/batches/new/"])
def test_who_is_not_approved_reads_it_before_filling_in_a_form(place: str) -> None:
    one = Applicant()
    one.ready()
    mine = Client()
    mine.force_login(one.user, backend=BACKEND)
    mine.cookies["django_language"] = "en"
    page = see(mine, place)
    assert "you are not approved yet" in page
    assert 'data-test="to-standing"' in page
    assert "organisation is not verified" not in page
    for button in ("look-claim", "upload"):
        assert f'data-test="{button}"' not in page
    with clock.at(NOON):
        assert mine.post(place, {}).status_code == 409
    Organisation.objects.update(state="active")
    page = see(mine, place)
    assert 'data-test="to-standing"' not in page
    assert "<form" in page.split("<main")[1]
