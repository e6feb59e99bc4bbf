"""A creditor's first page names the same day as the claim's own page, and only what is to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from qinghe.claims.models import Claim
from qinghe.claims.queries import claim_view, disputes
from qinghe.claims.services import (
    object_to_rejection,
    open_dispute,
    prove_claim,
    reject_claim,
    return_claim,
)
from qinghe.claims.terms import ANSWER_DAYS, OBJECTION_DAYS, PROOF_DAYS
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.web.claimparts import next_step
from tests import factories
from tests.claims.world import proven
from tests.web.people import signed_in

NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
PROOF = (NOON + timedelta(days=PROOF_DAYS)).strftime("%m-%d")
ANSWER = (NOON + timedelta(days=ANSWER_DAYS)).strftime("%m-%d")

pytestmark = pytest.mark.django_db


@pytest.fixture
def contested() -> Claim:
    claim = factories.claim(state="challenge")
    open_dispute(
        claim_id=claim.pk,
        reason="amount",
        statement="",
        actor=factories.debtor_of(claim),
        at=NOON,
    )
    return claim


def pages(claim: Claim) -> tuple[str, str]:
    client: Client = signed_in(Role.CREDITOR, claim.creditor)
    return client.get("/creditor/").text, client.get(f"/claims/{claim.pk}/").text


def test_home_and_claim_name_one_day_until_which_to_prove(contested: Claim) -> None:
    with clock.at(NOON):
        for page in pages(contested):
            assert PROOF in page
            assert ANSWER not in page


def test_once_proved_both_name_the_day_of_the_decision(contested: Claim) -> None:
    actor = factories.actor(Role.CREDITOR, contested.creditor)
    (row,) = disputes(actor=actor)
    prove_claim(dispute_id=row.id, words="The transfer.", actor=actor, at=NOON)
    with clock.at(NOON):
        for page in pages(contested):
            assert ANSWER in page
            assert PROOF not in page


def test_the_most_urgent_for_the_creditor_stands_first(contested: Claim) -> None:
    later = factories.claim(state="challenge", creditor=contested.creditor)
    debtor = factories.debtor_of(later)
    at = NOON + timedelta(days=1)
    open_dispute(claim_id=later.pk, reason="amount", statement="", actor=debtor, at=at)
    actor = factories.actor(Role.CREDITOR, contested.creditor)
    first = disputes(actor=actor)[0]
    prove_claim(dispute_id=first.id, words="The transfer.", actor=actor, at=at)
    with clock.at(at):
        page = pages(contested)[0]
    assert page.index(later.number) < page.index(contested.number)


def home_of(claim: Claim, at: datetime = NOON) -> str:
    with clock.at(at):
        return signed_in(Role.CREDITOR, claim.creditor).get("/creditor/").content.decode()


def test_what_a_reviewer_sent_back_waits_with_the_words_and_the_day() -> None:
    claim = factories.claim(state="submitted")
    reviewer = factories.actor(Role.REVIEWER)
    assert 'data-test="sent-back"' not in home_of(claim)
    return_claim(
        claim_id=claim.pk, reason="missing", words="Add page two.", actor=reviewer, at=NOON
    )
    page = home_of(claim)
    assert 'data-test="sent-back"' in page
    assert "Add page two." in page
    assert "Needed papers are missing" not in next_step(claim_view(claim.pk))
    # Nobody else reads it.
    stranger = factories.claim(creditor=factories.organisation())
    assert 'data-test="sent-back"' not in home_of(stranger)


def test_a_rejection_waits_as_long_as_it_may_be_objected_to() -> None:
    claim = factories.claim(state="submitted")
    reviewer = factories.actor(Role.REVIEWER)
    reject_claim(claim_id=claim.pk, reason="no_proof: Nothing.", actor=reviewer, at=NOON)
    assert 'data-test="objectable"' in home_of(claim)
    assert 'data-test="objectable"' not in home_of(claim, NOON + timedelta(OBJECTION_DAYS))
    object_to_rejection(
        claim_id=claim.pk,
        ground="overlooked",
        words="Page 2 is on file.",
        actor=factories.actor(Role.CREDITOR, claim.creditor),
        at=NOON,
    )
    assert 'data-test="objectable"' not in home_of(claim)


def test_claims_without_papers_wait_and_say_so_themselves() -> None:
    claim = factories.claim(state="submitted")
    assert 'data-test="lacking"' in home_of(claim)
    with override("en"):
        assert "Needed papers are missing" in next_step(claim_view(claim.pk))
    proven(claim)
    assert 'data-test="lacking"' not in home_of(claim)
    with override("en"):
        assert "A reviewer compares it" in next_step(claim_view(claim.pk))
