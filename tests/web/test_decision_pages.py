"""Pages where people decide: claims, disputes, complaints, payouts; and what strangers may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qinghe.casework.schedules import Variation
from qinghe.casework.services import (
    ask_hardship,
    decide_hardship,
    propose_plan,
    withdraw_plan,
)
from qinghe.claims.models import Claim, Hold
from qinghe.claims.services import amend_dispute, open_dispute
from qinghe.claims.terms import ClaimState
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.market.models import Mandate
from qinghe.parties.services import issue_door_code
from qinghe.parties.services.door import FAILURES_PER_ORIGIN
from qinghe.quality.models import Complaint
from qinghe.quality.services import open_complaint
from tests import factories
from tests.desk import SEEN, read_papers
from tests.shown import fields_of
from tests.web.people import actor_of, signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted() -> Claim:
    claim = factories.claim(state=ClaimState.SUBMITTED)
    factories.point(claim.debtor)
    return claim


@pytest.fixture
def worked() -> Claim:
    claim = factories.claim()
    factories.point(claim.debtor)
    factories.mandate(claim, factories.collector())
    return claim


def prove(claim: Claim) -> None:
    factories.papers(claim)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_reviewer_sees_the_claim_beside_its_evidence(submitted: Claim, lang: str) -> None:
    prove(submitted)
    with clock.at(NOON):
        client = signed_in(Role.REVIEWER, lang=lang)
        assert submitted.number in client.get("/verify/").content.decode()
        read_papers(submitted.pk, actor_of(client, Role.REVIEWER), NOON)
        page = client.get(f"/verify/{submitted.pk}/").content.decode()
    assert 'data-test="verify"' in page
    assert page.count('data-test="evidence"') == 2


def test_a_claim_without_evidence_is_not_released(submitted: Claim) -> None:
    with clock.at(NOON):
        place = f"/verify/{submitted.pk}/decide/"
        client = signed_in(Role.REVIEWER)
        seen = fields_of(client, f"/verify/{submitted.pk}/", place)
        page = client.post(place, {**seen, "decision": "verify", "reason": "agrees"}, follow=True)
    assert 'class="q-note bad"' in page.content.decode()
    assert Claim.objects.get().state == ClaimState.SUBMITTED


def test_a_released_claim_enters_its_challenge_window(submitted: Claim) -> None:
    prove(submitted)
    with clock.at(NOON):
        place = f"/verify/{submitted.pk}/decide/"
        client = signed_in(Role.REVIEWER)
        read_papers(submitted.pk, actor_of(client, Role.REVIEWER), NOON)
        seen = fields_of(client, f"/verify/{submitted.pk}/", place)
        client.post(place, {**seen, "decision": "verify", "reason": "agrees", "note": SEEN})
    assert Claim.objects.get().state == ClaimState.CHALLENGE


def test_a_rejection_needs_a_reason_code(submitted: Claim) -> None:
    with clock.at(NOON):
        client, place = signed_in(Role.REVIEWER), f"/verify/{submitted.pk}/decide/"
        seen = fields_of(client, f"/verify/{submitted.pk}/", place)
        client.post(place, {**seen, "decision": "reject"})
        assert Claim.objects.get().state == ClaimState.SUBMITTED
        client.post(place, {**seen, "decision": "reject", "reject-reason": "no_proof"})
    assert Claim.objects.get().state == ClaimState.REJECTED


def test_a_dispute_is_decided_in_part_with_a_lower_amount(worked: Claim) -> None:
    dispute = open_dispute(
        claim_id=worked.pk,
        reason="amount",
        statement="too much",
        actor=factories.debtor_of(worked),
        at=NOON,
    )
    with clock.at(NOON):
        client, place = signed_in(Role.COMPLIANCE), f"/disputes/{dispute.pk}/"
        assert "too much" in client.get(place).content.decode()
        told = {"outcome": "partly", "text": "Lowered.", "principal": "900.00"}
        assert client.post(place, {**fields_of(client, place), **told}).status_code == 302
    assert Claim.objects.get().principal == 90_000


def test_an_old_page_decides_no_dispute_that_says_more_since(worked: Claim) -> None:
    debtor = factories.debtor_of(worked)
    dispute = open_dispute(
        claim_id=worked.pk, reason="amount", statement="too much", actor=debtor, at=NOON
    )
    told = {"outcome": "dismissed", "text": "It is right."}
    with clock.at(NOON):
        client, place = signed_in(Role.COMPLIANCE), f"/disputes/{dispute.pk}/"
        old = fields_of(client, place)
        later = NOON + timedelta(minutes=1)
        amend_dispute(
            claim_id=worked.pk, reason="amount", statement="I paid half.", actor=debtor, at=later
        )
        answer = client.post(place, {**old, **told})
        assert "This changed after you opened the page" in answer.text
        assert "I paid half." in answer.text
        dispute.refresh_from_db()
        assert dispute.state == "open"
        assert client.post(place, {**fields_of(client, place), **told}).status_code == 302


def test_a_decision_without_text_is_not_taken(worked: Claim) -> None:
    dispute = open_dispute(
        claim_id=worked.pk,
        reason="paid",
        statement="",
        actor=factories.debtor_of(worked),
        at=NOON,
    )
    with clock.at(NOON):
        place = f"/disputes/{dispute.pk}/"
        answer = signed_in(Role.COMPLIANCE).post(place, {"outcome": "dismissed", "text": ""})
    assert answer.status_code == 422


def test_who_finds_a_claim_wrong_says_what_becomes_of_what_was_paid(worked: Claim) -> None:
    dispute = open_dispute(
        claim_id=worked.pk,
        reason="amount",
        statement="",
        actor=factories.debtor_of(worked),
        at=NOON,
    )
    with clock.at(NOON):
        client, place = signed_in(Role.COMPLIANCE), f"/disputes/{dispute.pk}/"
        assert 'data-test="dispute-paid"' not in client.get(place).text
        Claim.objects.filter(pk=worked.pk).update(paid=22_345)
        page = client.get(place).text
        assert 'data-test="dispute-paid"' in page
        assert "223.45" in page
        told = {"outcome": "upheld", "text": "Not proved. What you paid goes back."}
        assert client.post(place, told).status_code == 422
        seen = fields_of(client, place)
        assert client.post(place, {**seen, **told, "money": "on"}).status_code == 302
    assert Claim.objects.get().owed == 0


@pytest.mark.parametrize(
    ("lang", "why"),
    [
        ("en", "The evidence names somebody else – page 2"),
        ("zh-hans", "证据上是另一个人 – page 2"),
    ],
)
def test_a_creditor_reads_why_a_claim_was_rejected(submitted: Claim, lang: str, why: str) -> None:
    sent = {"decision": "reject", "reject-reason": "wrong_person", "reject-words": "page 2"}
    with clock.at(NOON):
        reviewer, place = signed_in(Role.REVIEWER), f"/verify/{submitted.pk}/decide/"
        seen = fields_of(reviewer, f"/verify/{submitted.pk}/", place)
        reviewer.post(place, {**seen, **sent})
        owner = signed_in(Role.CREDITOR, submitted.creditor, lang=lang)
        assert why in owner.get(f"/claims/{submitted.pk}/").content.decode()


def test_a_creditor_complains_about_work_on_its_own_claim(worked: Claim) -> None:
    told = {"about": "rude", "statement": "My customer was shouted at."}
    place = f"/claims/{worked.pk}/complaint/"
    with clock.at(NOON):
        assert signed_in(Role.CREDITOR).post(place, told).status_code == 404
        assert not Complaint.objects.exists()
        owner = signed_in(Role.CREDITOR, worked.creditor)
        assert place in owner.get(f"/claims/{worked.pk}/").content.decode()
        assert "Contact about this claim is stopped" in owner.post(place, told, follow=True).text
    made = Complaint.objects.get()
    assert (made.kind, made.claim_id) == ("rude", worked.pk)
    assert Hold.objects.get().cause == f"complaint:{made.pk}"


def test_a_justified_complaint_suspends_the_mandate(worked: Claim) -> None:
    complaint = open_complaint(
        kind="rude",
        statement="shouted",
        claim_id=worked.pk,
        person_id=worked.debtor_id,
        actor=factories.debtor_of(worked),
        at=NOON,
    )
    with clock.at(NOON):
        client, place = signed_in(Role.COMPLIANCE), f"/complaints/{complaint.pk}/"
        assert "shouted" in client.get(place).content.decode()
        client.post(place, {"upheld": "1", "text": "You are right."})
    assert Mandate.objects.get().state == "suspended"


def test_a_claim_that_a_stranger_names_is_suggested_and_nothing_is_claimed_to_be_stopped(
    worked: Claim,
) -> None:
    words = f"{worked.number.lower()}\nHe shouted at me."
    complaint = open_complaint(
        kind="rude", statement=words, claim_id=None, person_id=None,
        actor=system("public-door"), at=NOON,
    )  # fmt: skip
    with clock.at(NOON):
        client = signed_in(Role.COMPLIANCE)
        page = client.get(f"/complaints/{complaint.pk}/").text
        listed = client.get("/complaints/").text
    suggested = page.partition('data-test="suggested"')[2].partition("</a>")[0]
    assert worked.number in suggested
    assert f'href="/claims/{worked.pk}/" data-test="suggested"' in page
    assert "Nothing is stopped yet" in page
    assert not Hold.objects.exists()
    assert "Where it is known who complains" in listed


def test_contact_that_a_decision_kept_stopped_can_go_on_later(worked: Claim) -> None:
    complaint = open_complaint(
        kind="rude",
        statement="shouted",
        claim_id=worked.pk,
        person_id=worked.debtor_id,
        actor=factories.debtor_of(worked),
        at=NOON,
    )
    with clock.at(NOON):
        client, place = signed_in(Role.COMPLIANCE), f"/complaints/{complaint.pk}/"
        client.post(place, {"upheld": "1", "text": "You are right.", "keep_hold": "on"})
        assert f'action="{place}release/"' in client.get(place).content.decode()
        client.post(f"{place}release/", {"reason": "Another agency works it now."})
        assert f'action="{place}release/"' not in client.get(place).content.decode()
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_the_hold_of_a_complaint_shows_on_the_case_at_once(worked: Claim) -> None:
    agency = Mandate.objects.get().collector
    with clock.at(NOON):
        client = signed_in(Role.COLLECTOR, agency)
        assert 'class="bdg hold"' not in client.get(f"/cases/{worked.pk}/").content.decode()
        open_complaint(
            kind="rude",
            statement="x",
            claim_id=worked.pk,
            person_id=worked.debtor_id,
            actor=factories.debtor_of(worked),
            at=NOON,
        )
        assert 'class="bdg hold"' in client.get(f"/cases/{worked.pk}/").content.decode()


def test_a_creditor_agrees_to_the_plan_a_debtor_proposed(worked: Claim) -> None:
    plan = propose_plan(
        claim_id=worked.pk, monthly=50_000, actor=factories.debtor_of(worked), at=NOON
    )
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, worked.creditor)
        address, action = f"/claims/{worked.pk}/", f"/claims/{worked.pk}/plan/"
        assert 'data-test="agree-plan"' in client.get(address).content.decode()
        client.post(action, {**fields_of(client, address, action), "agreed": "1"})
    plan.refresh_from_db()
    assert plan.state == "active"


@pytest.mark.parametrize("agreed", ["1", "0"])
def test_an_old_page_decides_no_other_plan(worked: Claim, agreed: str) -> None:
    debtor = factories.debtor_of(worked)
    address, action = f"/claims/{worked.pk}/", f"/claims/{worked.pk}/plan/"
    propose_plan(claim_id=worked.pk, monthly=50_000, actor=debtor, at=NOON)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, worked.creditor)
        old = fields_of(client, address, action)
        withdraw_plan(claim_id=worked.pk, actor=debtor, at=NOON)
        later = NOON + timedelta(minutes=1)
        other = propose_plan(claim_id=worked.pk, monthly=20_000, actor=debtor, at=later)
        told = client.post(action, {**old, "agreed": agreed}, follow=True).content.decode()
    assert "This changed after you opened the page" in told
    other.refresh_from_db()
    assert other.state == "proposed"


def test_an_old_page_answers_no_other_request_for_a_pause(worked: Claim) -> None:
    debtor, action = factories.debtor_of(worked), f"/claims/{worked.pk}/hardship/"
    asked = ask_hardship(claim_id=worked.pk, statement="x", actor=debtor, at=NOON)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, worked.creditor)
        old = fields_of(client, action, action)
        owner = factories.actor(Role.CREDITOR, worked.creditor)
        decide_hardship(hardship_id=asked.pk, granted=False, refusal="plan", actor=owner, at=NOON)
        again = ask_hardship(
            claim_id=worked.pk, statement="y", actor=debtor, at=NOON + timedelta(minutes=1)
        )
        told = client.post(
            action, {**old, "granted": "0", "refusal": "plan"}, follow=True
        ).content.decode()
        again.refresh_from_db()
        assert "This changed after you opened the page" in told
        assert again.state == "open"
        client.post(
            action, {**fields_of(client, action, action), "granted": "0", "refusal": "plan"}
        )
    again.refresh_from_db()
    assert again.state == "declined"


@pytest.mark.parametrize(
    ("monthly", "variation", "shape"),
    [
        (40_000, Variation("graduated", 20_000, 1), ("2 instalments", "¥400.00", "¥600.00")),
        (1, Variation("seasonal", months=(1,), otherwise=100_000), ("1 instalment of ¥1,000.00",)),
    ],
)
def test_a_creditor_reads_the_whole_shape_of_a_plan(
    worked: Claim, monthly: int, variation: Variation, shape: tuple[str, ...]
) -> None:
    debtor = factories.debtor_of(worked)
    propose_plan(claim_id=worked.pk, monthly=monthly, variation=variation, actor=debtor, at=NOON)
    with clock.at(NOON):
        client = signed_in(Role.CREDITOR, worked.creditor)
        text = client.get(f"/claims/{worked.pk}/", headers={"accept-language": "en"}).content
    told = text.decode().split('data-test="plan-shape">')[1].split("</span>")[0]
    assert all(each in told for each in shape)
    assert "¥0.01" not in text.decode()


def test_another_creditor_finds_no_such_claim(worked: Claim) -> None:
    with clock.at(NOON):
        assert signed_in(Role.CREDITOR).get(f"/claims/{worked.pk}/").status_code == 404


def test_a_stranger_complains_and_follows_the_number() -> None:
    with clock.at(NOON):
        client = Client()
        told = {"kind": "other", "statement": "Somebody called at night.", "reference": ""}
        page = client.post("/complain/", told, follow=True).content.decode()
    number = Complaint.objects.get().number
    assert number in page
    assert "Somebody called" not in page


def test_a_code_is_ours_or_not_and_nothing_more(worked: Claim) -> None:
    code = issue_door_code(person_id=worked.debtor_id, actor=system("test"), at=NOON)
    with clock.at(NOON):
        ours = Client().post("/check/", {"code": code}).content.decode()
        other = Client().post("/check/", {"code": "AAAAAAAAAA"}).content.decode()
    assert 'class="q-note ok"' in ours
    assert 'class="q-note warn"' in other
    assert "陈" not in ours


def test_searching_for_codes_is_stopped() -> None:
    with clock.at(NOON):
        tries = range(FAILURES_PER_ORIGIN + 1)
        answers = [Client().post("/check/", {"code": "AAAAAAAAAA"}) for _ in tries]
    assert [a.status_code for a in answers] == [200] * FAILURES_PER_ORIGIN + [422]


@pytest.mark.django_db
def test_who_checks_too_many_codes_is_told_how_long_to_wait(client: Client) -> None:
    client.cookies["django_language"] = "en"
    for _each in range(FAILURES_PER_ORIGIN + 1):
        response = client.post("/check/", {"code": "2345678923"})
    text = response.content.decode()
    assert "Try again in a quarter of an hour" in text
    assert "the answer do not fit" not in text
