"""The review desk: two reviewers, a claim returned, a sample, the clock of a creditor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.challenge import challenge_days, challenge_end
from qinghe.claims.models import Claim, Dispute, Evidence, Review
from qinghe.claims.services import (
    ChecksToCome,
    DisputeDecided,
    EmptyAnswer,
    IdentityUnseen,
    InventedLater,
    InventedWithoutWords,
    NotInReview,
    NotVerifiable,
    PapersUnread,
    ProofMissing,
    ProvenAlready,
    SecondReviewer,
    TwoForInvented,
    WordsMissing,
    WordsRefused,
    WrongClaimState,
    add_evidence,
    apply_payment,
    check_sample,
    decide_dispute,
    end_returned,
    notice_sent,
    open_dispute,
    open_evidence,
    open_identity,
    prove_claim,
    reject_claim,
    release_automatically,
    replace_evidence,
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
from qinghe.parties.terms import Purpose
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims.world import COMPLIANCE, JOB, NOW, REVIEWER, clerk, debtor, proven
from tests.desk import SEEN, read_papers, release

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
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert place(claim) == ("challenge", "done")
    assert steps(claim) == ["released"]


def test_from_the_threshold_on_two_reviewers_release() -> None:
    claim = submitted(BIG)
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert place(claim) == ("submitted", "second")
    with pytest.raises(SecondReviewer):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    # The same person under another role is no second pair of eyes.
    same = Actor(role=Role.COMPLIANCE, user_id=REVIEWER.user_id)
    with pytest.raises(SecondReviewer):
        release(claim_id=claim.pk, actor=same, at=NOW)
    release(claim_id=claim.pk, actor=OTHER, at=NOW + DAY)
    assert place(claim) == ("challenge", "done")
    assert steps(claim) == ["seconded", "released"]


def test_the_first_check_asks_for_the_whole_checklist_too() -> None:
    claim = factories.claim(state="submitted", principal=BIG)
    with pytest.raises(NotVerifiable):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert steps(claim) == []


def test_after_an_answer_of_the_creditor_both_look_again() -> None:
    claim = submitted(BIG)
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    return_claim(claim_id=claim.pk, reason="amount", words="Add the plan.", actor=OTHER, at=NOW)
    resubmit_claim(claim_id=claim.pk, words="Added.", actor=clerk(claim.creditor), at=NOW + DAY)
    release(claim_id=claim.pk, actor=OTHER, at=NOW + 2 * DAY)
    assert place(claim) == ("submitted", "second")
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW + 3 * DAY)
    assert place(claim) == ("challenge", "done")


# -- returned to the creditor -------------------------------------------------------------------


def test_a_reviewer_may_say_that_a_picture_cannot_be_read() -> None:
    claim = submitted()
    words = "借条照片看不清，请重拍。"
    return_claim(claim_id=claim.pk, reason="missing", words=words, actor=REVIEWER, at=NOW)
    claim.refresh_from_db()
    assert claim.review == "returned"


def test_a_returned_claim_waits_for_its_creditor() -> None:
    claim = submitted()
    with pytest.raises(WordsMissing):
        return_claim(claim_id=claim.pk, reason="missing", words=" ", actor=REVIEWER, at=NOW)
    with override("en"), pytest.raises(WordsRefused) as refused:
        return_claim(
            claim_id=claim.pk, reason="missing", words="不还钱就打断你的腿", actor=REVIEWER, at=NOW
        )
    with override("en"):
        told = str(refused.value.user_message)
    assert "to a creditor" in told
    assert "debtor" not in told
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


def test_an_empty_answer_is_none_while_a_needed_paper_is_missing() -> None:
    claim = factories.claim(state="submitted")
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOW)
    asked: dict[str, Any] = {"claim_id": claim.pk, "actor": clerk(claim.creditor), "at": NOW + DAY}
    for words in ("", " ok"):
        with override("en"), pytest.raises(EmptyAnswer, match="Contract"):
            resubmit_claim(**asked, words=words)
    assert place(claim) == ("submitted", "returned")
    resubmit_claim(**asked, words="The bank cannot give it.")
    assert place(claim) == ("submitted", "new")
    # A file is an answer too.
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOW)
    proven(claim)
    resubmit_claim(**asked, words="")
    assert place(claim) == ("submitted", "new")


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
    reject_claim(claim_id=claim.pk, reason="no_proof: No such loan.", actor=REVIEWER, at=NOW)
    row = Review.objects.get(claim=claim)
    assert (row.step, row.reason, row.words) == ("rejected", "no_proof", "No such loan.")


# -- rejected as invented: two persons ------------------------------------------------------------


def invented(claim: Claim, by: Actor, words: str = "No such loan.") -> None:
    read_papers(claim.pk, by, NOW)
    reject_claim(claim_id=claim.pk, reason=f"invented: {words}", actor=by, at=NOW)


def test_nobody_calls_a_claim_invented_without_words_or_a_look() -> None:
    claim = submitted()
    with pytest.raises(InventedWithoutWords):
        invented(claim, REVIEWER, " ")
    invented(claim, REVIEWER)
    with pytest.raises(PapersUnread):
        reject_claim(claim_id=claim.pk, reason="invented: Agreed.", actor=OTHER, at=NOW)
    with pytest.raises(InventedWithoutWords):
        invented(claim, OTHER, "")
    assert place(claim) == ("submitted", "second")


def test_nobody_releases_what_no_check_has_looked_at_as_it_stands() -> None:
    claim = submitted()
    read_papers(claim.pk, REVIEWER, NOW)
    Claim.objects.update(unseen=True)
    with pytest.raises(ChecksToCome):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    Claim.objects.update(unseen=False)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)
    assert place(claim) == ("challenge", "done")


def test_it_takes_two_to_reject_a_claim_as_invented() -> None:
    claim = submitted()
    invented(claim, REVIEWER)
    assert place(claim) == ("submitted", "second")
    assert claim.owed == 100_000
    same = Actor(role=Role.COMPLIANCE, user_id=REVIEWER.user_id)
    for one in (REVIEWER, same):
        with pytest.raises(TwoForInvented):
            invented(claim, one)
    invented(claim, OTHER, "Agreed.")
    assert place(claim) == ("rejected", "done")
    assert claim.ended_because == "invented: Agreed."
    assert steps(claim) == ["accused", "rejected"]


def test_the_second_may_see_it_otherwise() -> None:
    released, other = submitted(), submitted()
    for claim in (released, other):
        invented(claim, REVIEWER)
    release(claim_id=released.pk, actor=OTHER, at=NOW)
    assert place(released) == ("challenge", "done")
    # Any other reason is no sanction: one person is enough.
    reject_claim(claim_id=other.pk, reason="no_proof", actor=REVIEWER, at=NOW)
    assert place(other) == ("rejected", "done")


def test_an_accusation_is_no_first_check_of_a_large_claim() -> None:
    claim = submitted(BIG)
    invented(claim, REVIEWER)
    release(claim_id=claim.pk, actor=OTHER, at=NOW)
    assert place(claim) == ("submitted", "second")
    # Nor is a check an accusation.
    invented(claim, REVIEWER)
    assert place(claim) == ("submitted", "second")
    invented(claim, OTHER)
    assert place(claim) == ("rejected", "done")
    assert steps(claim) == ["accused", "seconded", "accused", "rejected"]


def test_past_the_desk_only_officers_find_that_it_was_invented() -> None:
    claim = submitted()
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    with pytest.raises(InventedLater):
        invented(claim, OTHER)


# -- papers are opened before a release -----------------------------------------------------------


def test_nobody_releases_what_they_have_not_opened() -> None:
    claim = submitted()
    with override("en"), pytest.raises(PapersUnread) as refused:
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert refused.value.facts["papers"] == "Contract; Proof of payment to the debtor"
    contract = Evidence.objects.get(claim=claim, kind="contract")
    look = {"purpose": Purpose.VERIFY_IDENTITY, "at": NOW}
    open_evidence(evidence_id=contract.pk, actor=REVIEWER, **look)
    # Somebody else's look is no look.
    read_papers(claim.pk, OTHER, NOW)
    with override("en"), pytest.raises(PapersUnread) as refused:
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert refused.value.facts["papers"] == "Proof of payment to the debtor"
    transfer = Evidence.objects.get(claim=claim, kind="transfer")
    open_evidence(evidence_id=transfer.pk, actor=REVIEWER, **look)
    open_identity(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)
    assert place(claim) == ("challenge", "done")


def test_the_same_file_under_another_claim_is_looked_at_again() -> None:
    first, second = (factories.claim(state="submitted") for _ in range(2))
    for kind in ("contract", "transfer"):
        content = contract_pdf("one for both", kind)
        for claim in (first, second):
            add_evidence(
                claim_id=claim.pk, kind=kind, filename="c.pdf", content=content, actor=JOB, at=NOW
            )
    assert Evidence.objects.values("sha256").distinct().count() == 2
    release(claim_id=first.pk, actor=REVIEWER, at=NOW)
    Claim.objects.update(unseen=False)
    with pytest.raises(PapersUnread):
        verify_claim(claim_id=second.pk, actor=REVIEWER, at=NOW, note=SEEN)
    release(claim_id=second.pk, actor=REVIEWER, at=NOW)
    assert place(second) == ("challenge", "done")


def test_a_file_that_was_replaced_is_opened_anew_and_the_second_opens_too() -> None:
    claim = submitted(BIG)
    read_papers(claim.pk, REVIEWER, NOW)
    old = Evidence.objects.get(claim=claim, kind="contract")
    replace_evidence(
        evidence_id=old.pk, reason="page missing", filename="c.pdf",
        content=contract_pdf("new", "contract"), actor=clerk(claim.creditor), at=NOW,
    )  # fmt: skip
    with pytest.raises(PapersUnread):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    with pytest.raises(PapersUnread):
        verify_claim(claim_id=claim.pk, actor=OTHER, at=NOW)


# -- who it is against is opened before the person is said to agree --------------------------------


def test_nobody_says_that_the_person_agrees_without_having_opened_who_it_is() -> None:
    claim = submitted()
    read_papers(claim.pk, OTHER, NOW)
    for row in Evidence.objects.filter(claim=claim):
        open_evidence(evidence_id=row.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW)
    # Somebody else's look is no look.
    with pytest.raises(IdentityUnseen):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)
    open_identity(claim_id=submitted().pk, actor=REVIEWER, at=NOW)
    with pytest.raises(IdentityUnseen):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)
    open_identity(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)
    assert place(claim) == ("challenge", "done")


def test_another_reason_says_nothing_of_the_person() -> None:
    claim = submitted()
    read_papers(claim.pk, OTHER, NOW)
    for row in Evidence.objects.filter(claim=claim):
        open_evidence(evidence_id=row.pk, purpose=Purpose.VERIFY_IDENTITY, actor=REVIEWER, at=NOW)
    verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN, reason="title")
    assert place(claim) == ("challenge", "done")


def test_only_the_desk_opens_who_a_claim_is_against() -> None:
    claim = submitted()
    with pytest.raises(NotPermitted):
        open_identity(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)


def test_one_look_at_a_claim_is_enough_to_release_it(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    claim = submitted()
    read_papers(claim.pk, REVIEWER, NOW)
    with django_assert_max_num_queries(18):
        verify_claim(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=SEEN)


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
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
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
        release(claim_id=proven(claim).pk, actor=REVIEWER, at=NOW)
