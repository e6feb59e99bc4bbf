"""The amount of a claim against its contract: told, calculated, refused, corrected, waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.claims.completeness import Case
from qinghe.claims.contract_terms import Missing
from qinghe.claims.models import Claim, ContractPayment, ContractTerms, Line, Verification
from qinghe.claims.queries import NoSuchClaim, claim_view
from qinghe.claims.queries.amounts import agreed_for, recomputed, verification_for
from qinghe.claims.queries.remarks import remarks
from qinghe.claims.queries.review import review_steps
from qinghe.claims.services import (
    BadPayment,
    BadRestatement,
    BadTerms,
    BadWriteOff,
    ChallengeOpen,
    FeeGiven,
    MoreThanLawful,
    NothingRestated,
    NothingToAccept,
    PaymentGiven,
    ReasonMissing,
    RemarkUnanswered,
    StillPlaced,
    TermsGiven,
    WordsRefused,
    WrongClaimState,
    accept_lawful,
    apply_payment,
    check_amount,
    deliver_payments,
    deliver_terms,
    end_challenge,
    notice_sent,
    reject_claim,
    restate,
    set_state,
    write_off_part,
)
from qinghe.journal.models import Entry
from qinghe.ledger.queries import balances, trial_balance
from qinghe.parties.roles import NotPermitted
from tests.claims.world import (
    JOB,
    NOW,
    REVIEWER,
    TODAY,
    claim_of,
    clerk,
    creditor,
    debtor,
    proven,
)
from tests.desk import release

pytestmark = pytest.mark.django_db

# 10,000 yuan at 10 % from 2025-06-01 to 2026-10-01 (487 days) = 1,334.25; 53 days late = 145.21.
AGREED = TermsGiven(
    principal=1_000_000,
    disbursed_on=date(2025, 6, 1),
    matures_on=date(2026, 10, 1),
    rate_pct=Decimal(10),
)
LAWFUL = 133_425 + 14_521


def private() -> Claim:
    """Return a claim of a private company that demands 24 % where 12 % is the most."""
    owner = creditor("demo-lender", lender_kind="private_company")
    claim = claim_of(owner, interest="3500.00", annual_overdue_rate="12")
    return proven(claim)


def mine(claim: Claim) -> object:
    return clerk(claim.creditor)


def told(claim: Claim, terms: TermsGiven = AGREED) -> Verification:
    return deliver_terms(claim_id=claim.pk, terms=terms, actor=clerk(claim.creditor), at=NOW)


def restated(claim: Claim, **amounts: int) -> Claim:
    return restate(
        claim_id=claim.pk,
        amounts=amounts,
        reason="Our books were wrong.",
        actor=clerk(claim.creditor),
        at=NOW,
    )


def mirrored(claim: Claim) -> bool:
    """Tell whether ledger, lines and claim say the same."""
    claim.refresh_from_db()
    parts = ("principal", "interest", "costs")
    paths = {f"claim:{claim.pk}:{part}": getattr(claim, part) for part in parts}
    sums = dict.fromkeys(parts, 0)
    for part, amount in Line.objects.filter(claim=claim).values_list("component", "amount"):
        sums[part] += amount
    same = sums == {part: getattr(claim, part) for part in parts}
    return same and balances(paths=list(paths), currency="CNY") == paths


def test_without_terms_nothing_is_calculated_and_what_is_missing_is_said() -> None:
    claim = claim_of(creditor())
    found = check_amount(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert (found.outcome, found.lawful) == ("cannot", None)
    assert found.missing[0] == "terms"
    assert found.completeness == 100 * 2 // 7
    view = verification_for(claim_id=claim.pk, actor=REVIEWER)
    assert view is not None
    assert view.missing_labels[0] == str(Missing.TERMS.label)


def test_terms_make_the_amount_checkable_line_by_line() -> None:
    claim = private()
    found = told(claim)
    assert found.outcome == "more"
    by = {row["component"]: row for row in found.lines}
    assert by["interest"]["claimed"] == 350_000
    assert by["interest"]["lawful"] == LAWFUL
    assert by["interest"]["difference"] == 350_000 - LAWFUL
    assert by["principal"]["difference"] == 0
    assert all(step["rule"] and step["source"] for row in found.lines for step in row["steps"])
    assert Entry.objects.filter(kind="claims.terms-delivered").count() == 1


def test_new_terms_replace_older_ones_which_stay() -> None:
    claim = private()
    told(claim)
    told(claim, replace(AGREED, fees=(FeeGiven("enforcement", 5_000, TODAY),)))
    assert ContractTerms.objects.filter(claim=claim).count() == 2
    view = agreed_for(claim_id=claim.pk, actor=clerk(claim.creditor))
    assert [fee.amount for fee in view.fees] == [5_000]
    last = verification_for(claim_id=claim.pk, actor=REVIEWER)
    assert last is not None
    assert last.lines[2].lawful == 5_000
    assert Verification.objects.filter(claim=claim).count() == 2


@pytest.mark.parametrize(
    "terms",
    [
        replace(AGREED, principal=0),
        replace(AGREED, matures_on=AGREED.disbursed_on),
        replace(AGREED, schedule="equal_principal", periods=200),
        replace(AGREED, schedule="whenever"),
        replace(AGREED, handed_over=0),
        replace(AGREED, fees=(FeeGiven("bribe", 1, TODAY),)),
        replace(AGREED, fees=(FeeGiven("charge", 0, TODAY),)),
    ],
)
def test_terms_that_contradict_each_other_change_nothing(terms: TermsGiven) -> None:
    claim = private()
    told(claim)
    with pytest.raises(BadTerms):
        told(claim, terms)
    assert ContractTerms.objects.get(claim=claim).replaced_at is None


def test_earlier_payments_count_once_each() -> None:
    claim = private()
    told(claim)
    paid = [PaymentGiven(date(2026, 5, 1), 100_000, "r-1", "interest")]
    for _again in range(2):
        found = deliver_payments(
            claim_id=claim.pk, payments=paid, actor=clerk(claim.creditor), at=NOW
        )
    assert ContractPayment.objects.filter(claim=claim).count() == 1
    # Paid before the due day: interest up to that day first (334 days, 915.07), then principal.
    assert found.lines[0]["lawful"] == 1_000_000 - (100_000 - 91_507)
    assert "payments" not in found.missing


@pytest.mark.parametrize(
    "paid",
    [
        PaymentGiven(TODAY, 0, "r"),
        PaymentGiven(TODAY + timedelta(1), 1, "r"),
        PaymentGiven(TODAY, 1, "r", "wherever"),
    ],
)
def test_payments_that_cannot_be_are_refused(paid: PaymentGiven) -> None:
    claim = private()
    with pytest.raises(BadPayment):
        deliver_payments(claim_id=claim.pk, payments=[paid], actor=clerk(claim.creditor), at=NOW)


def test_a_rate_that_is_not_published_is_named() -> None:
    claim = private()
    Claim.objects.filter(pk=claim.pk).update(contract_on=date(2019, 1, 2))
    found = told(claim, replace(AGREED, disbursed_on=date(2019, 1, 2)))
    assert found.outcome == "cannot"
    assert found.missing[0] == "lpr"


def test_more_than_lawful_is_not_released_until_the_creditor_accepts() -> None:
    claim = private()
    told(claim)
    with pytest.raises(MoreThanLawful, match=r"2020.54 CNY"):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    claim.refresh_from_db()
    assert claim.state == "submitted"
    accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)
    claim.refresh_from_db()
    assert claim.interest == LAWFUL
    assert mirrored(claim)
    last = verification_for(claim_id=claim.pk, actor=debtor(claim))
    assert last is not None
    assert last.outcome == "equal"
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert Entry.objects.filter(kind="claims.lawful-accepted").count() == 1


def test_a_rate_that_courts_doubt_is_answered_before_release() -> None:
    claim = proven(claim_of(creditor()))
    found = told(claim, replace(AGREED, rate_pct=Decimal(36)))
    assert (found.outcome, [each["rule"] for each in found.cautions]) == ("less", ["CN-INT-08"])
    for note in ("", "ok"):
        with pytest.raises(RemarkUnanswered, match="36"):
            release(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=note)
    claim.refresh_from_db()
    assert claim.state == "submitted"
    why = "Its licence allows the rate; the court here granted it."
    assert release(claim_id=claim.pk, actor=REVIEWER, at=NOW, note=why).state == "challenge"
    assert review_steps(claim.pk)[-1].words == why


def test_the_rate_that_goes_on_is_held_to_the_law_too() -> None:
    claim = private()
    told(claim)
    restated(claim, interest=LAWFUL)
    # At 12 % it would grow faster than the 10 % that was agreed.
    with pytest.raises(MoreThanLawful, match=r"12\.0000 %"):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)
    claim.refresh_from_db()
    assert claim.overdue_rate_pct == 10
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)


def test_what_is_lawful_needs_no_acceptance() -> None:
    claim = private()
    with pytest.raises(NothingToAccept):
        accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)
    told(claim)
    accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)
    with pytest.raises(NothingToAccept):
        accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)


def test_what_cannot_be_calculated_is_the_reviewers_to_judge() -> None:
    claim = proven(claim_of(creditor()))
    with override("en"), pytest.raises(RemarkUnanswered, match="The amount was not calculated"):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW, note="ok")
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW, note="The note shows the sum.")


def test_a_high_rate_in_a_file_is_a_remark_though_no_contract_was_told() -> None:
    claim = proven(claim_of(creditor(), annual_overdue_rate="36"))
    assert claim.overdue_rate_pct == 36
    found = recomputed(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert (found.outcome, [each.rule for each in found.cautions]) == ("cannot", ["CN-INT-08"])
    with pytest.raises(RemarkUnanswered, match="36"):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW, note="")


@pytest.mark.parametrize("kind", ["factoring", "local_amc"])
def test_who_only_buys_claims_is_no_answer_to_who_lent(kind: str) -> None:
    claim = proven(claim_of(creditor("demo-buyer", lender_kind=kind)))
    found = told(claim, replace(AGREED, rate_pct=Decimal(60)))
    # Judged like a private loan: four times the LPR, and not what an institution may agree.
    assert found.late_rate_pct == 12
    assert "lender_kind" in found.missing


def test_a_loan_between_private_people_is_held_to_the_private_cap() -> None:
    claim = proven(claim_of(creditor(), product="private_loan"))
    found = told(claim, replace(AGREED, rate_pct=Decimal(60)))
    assert (found.late_rate_pct, "lender_kind" in found.missing) == (12, True)
    other = told(proven(claim_of(creditor("other"))), replace(AGREED, rate_pct=Decimal(60)))
    assert other.late_rate_pct == 60


def test_a_release_answers_from_whom_a_claim_was_assigned() -> None:
    claim = claim_of(creditor("demo-buyer", lender_kind="factoring"))
    told(claim)
    view = claim_view(claim.pk)
    check = recomputed(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    with override("en"):
        assert remarks(claim.pk, view.case, check) == [
            "From whom the claim was assigned was not told."
        ]
        own = Case("consumer_loan", "institution", "bank")
        assert remarks(claim.pk, own, check) == []


def test_a_payment_here_counts_in_the_next_check() -> None:
    claim = private()
    told(claim)
    restated(claim, interest=LAWFUL)
    apply_payment(claim_id=claim.pk, amounts={"interest": 40_000}, actor=JOB, at=NOW)
    found = recomputed(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert found.lines[1].lawful == LAWFUL - 40_000
    assert found.lines[1].difference == 0


def test_down_at_any_time_with_a_line_the_debtor_reads() -> None:
    claim = proven(claim_of(creditor()))
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW)
    end_challenge(claim_id=claim.pk, actor=JOB, at=NOW + timedelta(8))
    set_state(claim_id=claim.pk, state="placed", actor=JOB, at=NOW)
    restated(claim, principal=900_000)
    claim.refresh_from_db()
    assert (claim.principal, claim.state) == (900_000, "placed")
    line = Line.objects.get(claim=claim, kind="restated")
    assert (line.amount, line.facts["reason"]) == (-100_000, "Our books were wrong.")
    assert mirrored(claim)


def test_up_is_reviewed_and_told_anew_and_is_refused_while_somebody_collects() -> None:
    claim = proven(claim_of(creditor()))
    restated(claim, principal=1_100_000)
    claim.refresh_from_db()
    assert (claim.state, claim.challenge_ends_at) == ("submitted", None)
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW)
    end_challenge(claim_id=claim.pk, actor=JOB, at=NOW + timedelta(8))
    later = NOW + timedelta(9)
    restate(
        claim_id=claim.pk,
        amounts={"costs": 100},
        reason="Court fee.",
        actor=clerk(claim.creditor),
        at=later,
    )
    claim.refresh_from_db()
    assert (claim.state, claim.challenge_ends_at) == ("submitted", None)
    release(claim_id=claim.pk, actor=REVIEWER, at=later)
    with pytest.raises(ChallengeOpen):
        end_challenge(claim_id=claim.pk, actor=JOB, at=later + timedelta(8))
    notice_sent(claim_id=claim.pk, actor=JOB, at=later)
    end_challenge(claim_id=claim.pk, actor=JOB, at=later + timedelta(8))
    set_state(claim_id=claim.pk, state="listed", actor=JOB, at=later)
    with pytest.raises(StillPlaced):
        restated(claim, costs=200)
    assert mirrored(claim)


def test_up_never_passes_the_law() -> None:
    claim = private()
    told(claim)
    accept_lawful(claim_id=claim.pk, actor=clerk(claim.creditor), at=NOW)
    with pytest.raises(MoreThanLawful):
        restated(claim, interest=LAWFUL + 100)
    claim.refresh_from_db()
    assert claim.interest == LAWFUL
    assert mirrored(claim)


def test_everything_restated_to_nothing_settles_the_claim() -> None:
    claim = claim_of(creditor())
    restated(claim, principal=0, interest=0)
    claim.refresh_from_db()
    assert (claim.state, claim.owed) == ("closed", 0)
    with pytest.raises(WrongClaimState):
        restated(claim, principal=1)


def test_bad_restatements_are_refused() -> None:
    claim = claim_of(creditor())
    with pytest.raises(BadRestatement):
        restated(claim, principal=-1)
    with pytest.raises(BadRestatement):
        restated(claim, honour=1)
    with pytest.raises(NothingRestated):
        restated(claim, principal=1_000_000)
    with pytest.raises(ReasonMissing):
        restate(claim_id=claim.pk, amounts={}, reason=" ", actor=clerk(claim.creditor), at=NOW)
    with pytest.raises(WordsRefused):
        restate(
            claim_id=claim.pk,
            amounts={"principal": 1},
            reason="再不还钱就让你坐牢",
            actor=clerk(claim.creditor),
            at=NOW,
        )


def waived(claim: Claim, ground: str = "hardship", **amounts: int) -> Claim:
    return write_off_part(
        claim_id=claim.pk,
        amounts=amounts,
        ground=ground,
        reason="We agreed on the telephone.",
        actor=clerk(claim.creditor),
        at=NOW,
    )


def test_a_part_can_be_waived_and_the_books_show_it() -> None:
    claim = claim_of(creditor())
    waived(claim, interest=12_050, principal=400_000)
    assert mirrored(claim)
    assert (claim.principal, claim.interest) == (600_000, 0)
    assert Entry.objects.filter(kind="claims.written-off").count() == 1
    waived(claim, principal=600_000)
    claim.refresh_from_db()
    assert claim.state == "closed"
    assert trial_balance() == {"CNY": 0}


def test_bad_write_offs_are_refused() -> None:
    claim = claim_of(creditor())
    for amounts in ({"principal": 1_000_001}, {"principal": -1}, {"principal": 0}, {"honour": 1}):
        with pytest.raises(BadWriteOff):
            waived(claim, **amounts)
    with pytest.raises(ReasonMissing):
        waived(claim, ground="whim", principal=1)


def test_only_the_creditors_side_changes_its_demand() -> None:
    claim = claim_of(creditor())
    stranger = clerk(creditor("other-bank"))
    for actor, refusal in ((REVIEWER, NotPermitted), (stranger, NoSuchClaim)):
        with pytest.raises(refusal):
            deliver_terms(claim_id=claim.pk, terms=AGREED, actor=actor, at=NOW)
        with pytest.raises(refusal):
            restate(claim_id=claim.pk, amounts={}, reason="x", actor=actor, at=NOW)
        with pytest.raises(refusal):
            accept_lawful(claim_id=claim.pk, actor=actor, at=NOW)
    with pytest.raises(NoSuchClaim):
        verification_for(claim_id=claim.pk, actor=stranger)
    with pytest.raises(NoSuchClaim):
        check_amount(claim_id=claim.pk, actor=stranger, at=NOW)
    with pytest.raises(NotPermitted):
        check_amount(claim_id=claim.pk, actor=debtor(claim), at=NOW)


def test_a_rejected_claim_takes_no_terms() -> None:
    claim = claim_of(creditor())
    reject_claim(claim_id=claim.pk, reason="no_proof", actor=REVIEWER, at=NOW)
    with pytest.raises(WrongClaimState):
        told(claim)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("restate", "waive")),
            st.sampled_from(("principal", "interest", "costs")),
            st.integers(0, 1_200_000),
        ),
        max_size=6,
    )
)
def test_whatever_is_changed_claim_lines_and_ledger_agree(
    steps: list[tuple[str, str, int]],
) -> None:
    owner = creditor(f"demo-{Claim.objects.count()}")
    claim = claim_of(owner, contract_number=f"C-{Claim.objects.count()}")
    for what, part, amount in steps:
        claim.refresh_from_db()
        try:
            (restated if what == "restate" else waived)(claim, **{part: amount})
        except (NothingRestated, BadWriteOff, WrongClaimState):
            continue
    assert mirrored(claim)
    assert trial_balance() == {"CNY": 0}
    claim.refresh_from_db()
    assert (claim.state == "closed") == (claim.owed == 0)
