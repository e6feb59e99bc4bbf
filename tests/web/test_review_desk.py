"""The pages of the review desk: queues, two reviewers, returns, samples, invented claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.services import open_dispute, release_automatically, return_claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import Organisation, User
from qinghe.quality.models import Invention
from qinghe.risk.models import AutoRelease, Flag
from qinghe.risk.services import decide_flag, raise_flag
from tests import factories
from tests.claims.world import COMPLIANCE, REVIEWER, debtor
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
BIG = 200_000_00
pytestmark = pytest.mark.django_db


def waiting(**fields: object) -> Claim:
    claim = factories.claim(state="submitted", **fields)  # type: ignore[arg-type]
    for kind in ("contract", "transfer"):
        Evidence.objects.create(
            claim=claim, kind=kind, sha256=f"{claim.pk.hex}{kind}", media_type="application/pdf",
            size=9, filename="a.pdf", uploaded_at=NOON,
        )  # fmt: skip
    return claim


def text(client: Client, place: str) -> str:
    with clock.at(NOON):
        return client.get(place).content.decode()


def post(client: Client, place: str, **fields: str) -> str:
    with clock.at(NOON):
        return client.post(place, fields, follow=True).content.decode()


def owner(claim: Claim) -> Client:
    return signed_in(Role.CREDITOR, organisation=claim.creditor)


@pytest.mark.parametrize(("lang", "late"), [("en", "late"), ("zh-hans", "超时")])
def test_a_queue_says_who_waits_too_long(lang: str, late: str) -> None:
    waiting(created_at=NOON - timedelta(hours=47))
    client = signed_in(Role.REVIEWER, lang=lang)
    assert f">{late}<" not in text(client, "/verify/")
    waiting(created_at=NOON - timedelta(hours=49))
    assert late in text(client, "/verify/")


def test_a_large_claim_goes_through_two_pairs_of_hands() -> None:
    claim = waiting(principal=BIG)
    first, second = signed_in(Role.REVIEWER), signed_in(Role.REVIEWER)
    place = f"/verify/{claim.pk}/"
    post(first, f"{place}decide/", decision="verify")
    assert claim.number not in text(second, "/verify/")
    assert claim.number in text(second, "/verify/?queue=second")
    assert 'data-test="second"' in text(second, place)
    assert 'class="q-note bad"' in post(first, f"{place}decide/", decision="verify")
    post(second, f"{place}decide/", decision="verify")
    claim.refresh_from_db()
    assert claim.state == "challenge"


def test_the_creditor_reads_what_is_missing_and_answers() -> None:
    claim = waiting()
    place = f"/verify/{claim.pk}/"
    reviewer, creditor = signed_in(Role.REVIEWER), owner(claim)
    asked = {"decision": "return", "return-reason": "missing", "return-words": "Add the transfer."}
    post(reviewer, f"{place}decide/", **asked)
    page = text(creditor, f"/claims/{claim.pk}/")
    assert "Add the transfer." in page
    assert 'data-test="resubmit"' in page
    post(creditor, f"/claims/{claim.pk}/answer/", **{"answer-words": "Added."})
    assert claim.number in text(reviewer, "/verify/")
    steps = text(reviewer, place)
    assert "Added." in steps
    assert "Add the transfer." in steps


def test_a_stranger_reads_nothing_of_it() -> None:
    claim = waiting()
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOON)
    client = signed_in(Role.CREDITOR, organisation=factories.organisation())
    with clock.at(NOON):
        assert client.get(f"/claims/{claim.pk}/").status_code == 404
        assert client.post(f"/claims/{claim.pk}/answer/").status_code == 404


def test_a_sample_is_judged() -> None:
    claim = waiting()
    release_automatically(claim, sampled=True, actor=system("tests"), at=NOON)
    client = signed_in(Role.REVIEWER)
    assert claim.number in text(client, "/verify/?queue=sample")
    assert 'data-test="sample-wrong"' in text(client, f"/verify/{claim.pk}/")
    sent = {"right": "0", "sample-words": "The transfer names somebody else."}
    post(client, f"/verify/{claim.pk}/sample/", **sent)
    claim.refresh_from_db()
    assert claim.state == "rejected"
    assert claim.number not in text(client, "/verify/?queue=sample")


def test_a_creditor_proves_a_contested_claim() -> None:
    claim = factories.claim()
    dispute = open_dispute(
        claim_id=claim.pk, reason="not_mine", statement="", actor=debtor(claim), at=NOON
    )
    creditor, officer = owner(claim), signed_in(Role.COMPLIANCE)
    assert 'data-test="prove-by"' in text(creditor, f"/claims/{claim.pk}/")
    assert 'data-test="proof"' not in text(officer, f"/disputes/{dispute.pk}/")
    place = f"/claims/{claim.pk}/proof/{dispute.pk}/"
    post(creditor, place, **{"prove-words": "The transfer of 1 June."})
    assert 'data-test="proved"' in text(creditor, f"/claims/{claim.pk}/")
    assert "The transfer of 1 June." in text(officer, f"/disputes/{dispute.pk}/")


def test_an_invented_claim_needs_two_officers() -> None:
    claim = waiting()
    raise_flag(claim_id=claim.pk, code="one-hand", actor=system("tests"), at=NOON)
    first, second = signed_in(Role.COMPLIANCE), signed_in(Role.COMPLIANCE)
    place = f"/verify/{claim.pk}/invented/"
    assert 'class="q-note bad"' in post(first, place, reason="Another person signed.")
    flag = Flag.objects.get()
    decide_flag(flag_id=flag.pk, confirmed=True, actor=COMPLIANCE, at=NOON)
    post(first, place, reason="Another person signed.")
    found = Invention.objects.get()
    assert 'data-test="proven"' not in text(first, "/invented/")
    assert 'data-test="proven"' in text(second, "/invented/")
    post(first, f"/invented/{found.pk}/decide/", proven="1")
    assert Organisation.objects.get(pk=claim.creditor_id).state == "active"
    post(second, f"/invented/{found.pk}/decide/", proven="1")
    assert Organisation.objects.get(pk=claim.creditor_id).state == "suspended"
    post(first, f"/invented/{found.pk}/release/", reason="All looked at.")
    assert "Another person signed." in text(second, "/invented/")


def test_an_institution_without_a_record_is_not_trusted() -> None:
    bank = factories.organisation()
    client = signed_in(Role.COMPLIANCE)
    sent = {"creditor": str(bank.pk), "most_major": "20000", "sample_percent": "10"}
    with clock.at(NOON):
        assert client.post("/automatic-releases/", sent).status_code == 422
    assert not AutoRelease.objects.exists()


def test_a_trusted_institution_is_shown_with_its_samples() -> None:
    bank = factories.organisation(name="Trusted Bank")
    AutoRelease.objects.create(
        creditor=bank, most_major=20_000, sample_percent=10, asked_by="compliance:-", asked_at=NOON
    )
    client = signed_in(Role.COMPLIANCE)
    assert 'data-test="grant-release"' in text(client, "/automatic-releases/")
    one = AutoRelease.objects.get()
    post(client, f"/automatic-releases/{one.pk}/grant/")
    one.refresh_from_db()
    assert one.granted_at == NOON
    post(client, f"/automatic-releases/{one.pk}/end/", reason="new owner")
    one.refresh_from_db()
    assert one.ended_because == "new owner"
    assert User.objects.exists()
