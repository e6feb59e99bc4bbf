"""The review desk: two reviewers, a claim returned, a sample, the clock of a creditor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.challenge import challenge_days, challenge_end
from qinghe.claims.models import Claim, Dispute, Review
from qinghe.claims.services import (
    DisputeDecided,
    NotInReview,
    NotVerifiable,
    ProofMissing,
    ProvenAlready,
    SecondReviewer,
    WordsMissing,
    WordsRefused,
    WrongClaimState,
    apply_payment,
    check_sample,
    decide_dispute,
    end_returned,
    notice_sent,
    open_dispute,
    prove_claim,
    reject_claim,
    release_automatically,
    resubmit_claim,
    return_claim,
    stop_refuted,
    undo_payment,
    uphold_unproven,
    verify_claim,
    withdraw_claim,
)
from qinghe.claims.terms import PROOF_DAYS, RETURNED_DAYS, TWO_REVIEWERS_MAJOR
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.claims.world import COMPLIANCE, JOB, NOW, REVIEWER, clerk, debtor, proven

pytestmark = pytest.mark.django_db
OTHER = Actor(role=Role.REVIEWER, user_id=new_id())
DAY = timedelta(days=1)
BIG = TWO_REVIEWERS_MAJOR * 100


def submitted(principal: int = 100_000) -> Claim:
    return proven(factories.claim(state="submitted", principal=principal))


def steps(claim: Claim) -> list[str]:
    return list(
        Review.objects.filter(claim=claim).order_by("at", "id").values_list("step", flat=True)
    )


def place(claim: Claim) -> tuple[str, str]:
    claim.refresh_from_db()
    return claim.state, claim.review


# -- two reviewers ------------------------------------------------------------------------------


def test_below_the_threshold_one_reviewer_releases() -> None:
    claim = submitted(BIG - 100)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert place(claim) == ("challenge", "done")
    assert steps(claim) == ["released"]


def test_from_the_threshold_on_two_reviewers_release() -> None:
    claim = submitted(BIG)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert place(claim) == ("submitted", "second")
    with pytest.raises(SecondReviewer):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    # The same person under another role is no second pair of eyes.
    same = Actor(role=Role.COMPLIANCE, user_id=REVIEWER.user_id)
    with pytest.raises(SecondReviewer):
        verify_claim(claim_id=claim.pk, actor=same, at=NOW)
    verify_claim(claim_id=claim.pk, actor=OTHER, at=NOW + DAY)
    assert place(claim) == ("challenge", "done")
    assert steps(claim) == ["seconded", "released"]


def test_the_first_check_asks_for_the_whole_checklist_too() -> None:
    claim = factories.claim(state="submitted", principal=BIG)
    with pytest.raises(NotVerifiable):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert steps(claim) == []


def test_after_an_answer_of_the_creditor_both_look_again() -> None:
    claim = submitted(BIG)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    return_claim(claim_id=claim.pk, reason="amount", words="Add the plan.", actor=OTHER, at=NOW)
    resubmit_claim(claim_id=claim.pk, words="Added.", actor=clerk(claim.creditor), at=NOW + DAY)
    verify_claim(claim_id=claim.pk, actor=OTHER, at=NOW + 2 * DAY)
    assert place(claim) == ("submitted", "second")
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW + 3 * DAY)
    assert place(claim) == ("challenge", "done")


# -- returned to the creditor -------------------------------------------------------------------


def test_a_returned_claim_waits_for_its_creditor() -> None:
    claim = submitted()
    with pytest.raises(WordsMissing):
        return_claim(claim_id=claim.pk, reason="missing", words=" ", actor=REVIEWER, at=NOW)
    with pytest.raises(WordsRefused):
        return_claim(
            claim_id=claim.pk, reason="missing", words="不还钱就打断你的腿", actor=REVIEWER, at=NOW
        )
    with pytest.raises(NotInReview):
        resubmit_claim(claim_id=claim.pk, words="", actor=clerk(claim.creditor), at=NOW)
    return_claim(
        claim_id=claim.pk, reason="missing", words="Add the transfer.", actor=REVIEWER, at=NOW
    )
    assert place(claim) == ("submitted", "returned")
    with pytest.raises(NotInReview):
        return_claim(claim_id=claim.pk, reason="missing", words="Again.", actor=REVIEWER, at=NOW)
    resubmit_claim(claim_id=claim.pk, words="", actor=clerk(claim.creditor), at=NOW + DAY)
    assert place(claim) == ("submitted", "new")
    assert steps(claim) == ["returned", "answered"]


def test_nobody_answers_for_another_creditor() -> None:
    claim = submitted()
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOW)
    with pytest.raises(NotPermitted):
        resubmit_claim(claim_id=claim.pk, words="", actor=REVIEWER, at=NOW)


def test_a_returned_claim_that_nobody_explains_ends() -> None:
    claim = submitted()
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOW)
    ends = NOW + RETURNED_DAYS * DAY
    assert end_returned(at=ends - timedelta(seconds=1)) == 0
    assert end_returned(at=ends) == 1
    assert place(claim) == ("rejected", "done")
    assert claim.owed == 0


def test_a_rejection_is_kept_with_its_code_and_words() -> None:
    claim = submitted()
    reject_claim(claim_id=claim.pk, reason="invented: No such loan.", actor=REVIEWER, at=NOW)
    row = Review.objects.get(claim=claim)
    assert (row.step, row.reason, row.words) == ("rejected", "invented", "No such loan.")


# -- samples ------------------------------------------------------------------------------------


def sampled() -> Claim:
    claim = submitted()
    release_automatically(claim, sampled=True, actor=JOB, at=NOW)
    assert place(claim) == ("challenge", "sample")
    return claim


def test_a_sample_that_was_right_is_done() -> None:
    claim = sampled()
    check_sample(claim_id=claim.pk, right=True, words="", actor=REVIEWER, at=NOW + DAY)
    assert place(claim) == ("challenge", "done")
    assert steps(claim) == ["automatic", "upheld"]
    with pytest.raises(NotInReview):
        check_sample(claim_id=claim.pk, right=True, words="", actor=REVIEWER, at=NOW + DAY)


def test_a_sample_that_was_wrong_is_stopped() -> None:
    claim = sampled()
    with pytest.raises(WordsMissing):
        check_sample(claim_id=claim.pk, right=False, words="", actor=REVIEWER, at=NOW)
    check_sample(claim_id=claim.pk, right=False, words="No transfer.", actor=REVIEWER, at=NOW)
    assert steps(claim) == ["automatic", "overturned"]
    assert place(claim) == ("rejected", "done")
    assert claim.owed == 0


# -- the challenge window -----------------------------------------------------------------------


def test_the_window_is_longer_where_the_law_says_so() -> None:
    assert challenge_days(["Asia/Shanghai"]) == 7
    assert challenge_days([]) == 7
    assert challenge_days(["Asia/Shanghai", "America/New_York"]) == 39
    assert challenge_days(["Pacific/Honolulu"]) == 39


@given(st.lists(st.sampled_from(["Asia/Shanghai", "America/Chicago", "Europe/Berlin"])))
def test_one_more_place_never_shortens_the_window(zones: list[str]) -> None:
    longer = challenge_end([*zones, "America/Denver"], NOW)
    assert longer >= challenge_end(zones, NOW) >= NOW + 7 * DAY


def test_a_second_notice_does_not_move_the_window() -> None:
    claim = submitted()
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW + DAY)
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW + 3 * DAY)
    claim.refresh_from_db()
    assert (claim.noticed_at, claim.challenge_ends_at) == (NOW + DAY, NOW + 8 * DAY)


# -- the creditor's clock -----------------------------------------------------------------------


def contested(state: str = "challenge") -> Dispute:
    claim = factories.claim(state=state)
    return open_dispute(
        claim_id=claim.pk, reason="not_mine", statement="", actor=debtor(claim), at=NOW
    )


@pytest.mark.parametrize(("state", "ended"), [("challenge", "rejected"), ("ready", "withdrawn")])
def test_a_claim_that_its_creditor_does_not_prove_in_time_ends(state: str, ended: str) -> None:
    dispute = contested(state)
    due = NOW + PROOF_DAYS * DAY
    assert uphold_unproven(at=due - timedelta(seconds=1)) == 0
    assert uphold_unproven(at=due) == 1
    assert uphold_unproven(at=due) == 0
    dispute.refresh_from_db()
    claim = Claim.objects.get(pk=dispute.claim_id)
    assert (dispute.state, claim.state, claim.owed) == ("upheld", ended, 0)
    assert "10" in dispute.decision_text


def test_a_claim_that_is_over_already_blocks_nobody_behind_it() -> None:
    withdrawn, settled, other = contested(), contested(), contested("ready")
    withdraw_claim(
        claim_id=withdrawn.claim_id, reason="x", actor=clerk(withdrawn.claim.creditor), at=NOW
    )
    owed = settled.claim.principal
    apply_payment(claim_id=settled.claim_id, amounts={"principal": owed}, actor=JOB, at=NOW)
    assert uphold_unproven(at=NOW + PROOF_DAYS * DAY) == 3
    assert set(Dispute.objects.values_list("state", flat=True)) == {"upheld"}
    states = [Claim.objects.get(pk=one.claim_id).state for one in (withdrawn, settled, other)]
    assert states == ["withdrawn", "closed", "withdrawn"]
    # Its creditor takes back what it said to have received: the decision stands.
    undo_payment(claim_id=settled.claim_id, amounts={"principal": owed}, actor=JOB, at=NOW)
    assert stop_refuted(claim_id=settled.claim_id, actor=JOB, at=NOW)
    claim = Claim.objects.get(pk=settled.claim_id)
    assert (claim.state, claim.owed) == ("rejected", 0)
    assert not stop_refuted(claim_id=settled.claim_id, actor=JOB, at=NOW)
    assert not stop_refuted(claim_id=factories.claim().pk, actor=JOB, at=NOW)


def test_a_creditor_who_answers_in_time_gets_a_decision_of_a_person() -> None:
    dispute = contested()
    owner = clerk(dispute.claim.creditor)
    answer = {"dispute_id": dispute.pk, "actor": owner, "at": NOW + DAY}
    with pytest.raises(ProofMissing):
        prove_claim(words=" ", **answer)  # type: ignore[arg-type]
    prove_claim(words="The transfer of 1 June is on file.", **answer)  # type: ignore[arg-type]
    with pytest.raises(ProvenAlready):
        prove_claim(words="And more.", **answer)  # type: ignore[arg-type]
    assert uphold_unproven(at=NOW + 100 * DAY) == 0
    dispute.refresh_from_db()
    assert (dispute.state, dispute.proved_at) == ("open", NOW + DAY)


def test_only_the_creditor_answers_and_only_before_the_decision() -> None:
    dispute = contested()
    stranger = clerk(factories.organisation())
    with pytest.raises(Exception, match="no-such-claim"):
        prove_claim(dispute_id=dispute.pk, words="Mine.", actor=stranger, at=NOW)
    decide_dispute(
        dispute_id=dispute.pk, outcome="dismissed", text="The papers agree.", correction=None,
        actor=COMPLIANCE, at=NOW,
    )  # fmt: skip
    with pytest.raises(DisputeDecided):
        prove_claim(
            dispute_id=dispute.pk, words="Late.", actor=clerk(dispute.claim.creditor), at=NOW
        )


def test_a_claim_that_is_over_is_not_reviewed() -> None:
    claim = factories.claim(state="ready")
    with pytest.raises(WrongClaimState):
        verify_claim(claim_id=proven(claim).pk, actor=REVIEWER, at=NOW)
