"""The life of a claim in this room: verified, contested, corrected, paid, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from qinghe.claims.models import Claim, Dispute, Hold, Line
from qinghe.claims.queries import (
    ClaimFilters,
    NoSuchClaim,
    NoSuchDispute,
    claim_for,
    claim_view,
    claims_table,
    disputes,
    live_holds,
    owed,
    review_queue,
    stage_totals,
    timeline,
)
from qinghe.claims.services import (
    BadCorrection,
    ChallengeOpen,
    DecisionWithoutReason,
    DisputeDecided,
    DisputeOpen,
    NotVerifiable,
    Paid,
    StillPlaced,
    TooMuchApplied,
    WordsRefused,
    WrongClaimState,
    accrue_interest,
    apply_payment,
    apply_payments,
    decide_dispute,
    end_challenge,
    lift_hold,
    notice_sent,
    open_dispute,
    place_hold,
    reject_claim,
    set_state,
    set_states,
    undo_payment,
    withdraw_claim,
)
from qinghe.claims.services.holds import HoldEndsBeforeItBegins
from qinghe.claims.services.sweep import end_challenges, lift_ended_holds, sweep_stages
from qinghe.claims.terms import NEXT, ClaimState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.ledger.queries import balances, trial_balance
from qinghe.ledger.services import post
from qinghe.parties.queries import NoSuchPerson
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.claims.world import (
    COMPLIANCE,
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
from tests.races import race

PARTS = ("costs", "interest", "principal")
LATER = NOW + timedelta(days=7)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path


def mirrored(claim: Claim) -> bool:
    """Say whether row, lines and ledger tell the same open amounts."""
    claim.refresh_from_db()
    row = {part: getattr(claim, part) for part in PARTS}
    books = balances(paths=[f"claim:{claim.pk}:{part}" for part in PARTS], currency=claim.currency)
    lines = dict.fromkeys(PARTS, 0)
    for component, amount in Line.objects.filter(claim=claim).values_list("component", "amount"):
        lines[component] += amount
    return (
        row == lines
        and list(row.values()) == [books[f"claim:{claim.pk}:{part}"] for part in row]
        and trial_balance() == {claim.currency: 0}
    )


def decided(dispute: Dispute, outcome: str, **changes: Any) -> Dispute:
    facts: dict[str, Any] = {"text": "We checked the statement.", "correction": None}
    return decide_dispute(
        dispute_id=dispute.pk, outcome=outcome, **(facts | changes), actor=COMPLIANCE, at=NOW
    )


def contested(claim: Claim) -> Dispute:
    return open_dispute(
        claim_id=claim.pk, reason="amount", statement="I paid half.", actor=debtor(claim), at=NOW
    )


# -- verification and the challenge window ------------------------------------------------------


@pytest.mark.django_db
def test_a_claim_on_a_person_needs_proof_then_waits_for_its_debtor() -> None:
    claim = claim_of(creditor())
    with pytest.raises(NotVerifiable):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    proven(claim)
    assert release(claim_id=claim.pk, actor=REVIEWER, at=NOW).state == "challenge"

    with pytest.raises(ChallengeOpen):
        end_challenge(claim_id=claim.pk, actor=JOB, at=LATER + timedelta(days=365))
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW)
    with pytest.raises(ChallengeOpen):
        end_challenge(claim_id=claim.pk, actor=JOB, at=LATER - timedelta(seconds=1))
    assert end_challenge(claim_id=claim.pk, actor=JOB, at=LATER).state == "ready"


@pytest.mark.django_db
def test_an_open_doubt_keeps_a_claim_from_being_released() -> None:
    claim = proven(claim_of(creditor()))
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind="flag",
        cause="flag:1",
        ends_at=None,
        actor=JOB,
        at=NOW,
    )
    with pytest.raises(NotVerifiable):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)


@pytest.mark.django_db
def test_a_contested_claim_does_not_become_ready_by_itself() -> None:
    quiet, contested_one = (
        proven(claim_of(creditor(name), contract_number=name, principal=principal))
        for name, principal in (("a", "10000.00"), ("b", "9000.00"))
    )
    for claim in (quiet, contested_one):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    assert end_challenges(at=LATER) == 0
    for claim in (quiet, contested_one):
        notice_sent(claim_id=claim.pk, actor=JOB, at=NOW)
    dispute = contested(contested_one)
    with pytest.raises(ChallengeOpen):
        end_challenge(claim_id=contested_one.pk, actor=JOB, at=LATER)
    assert end_challenges(at=LATER) == 1
    decided(dispute, "dismissed")
    assert end_challenges(at=LATER) == 1


@pytest.mark.django_db
def test_a_rejected_or_withdrawn_claim_owes_nothing_here() -> None:
    bank = creditor()
    rejected = claim_of(bank)
    reject_claim(claim_id=rejected.pk, reason="no contract", actor=REVIEWER, at=NOW)
    withdrawn = claim_of(bank, contract_number="C-2")
    withdraw_claim(claim_id=withdrawn.pk, reason="sold", actor=clerk(bank), at=NOW)
    for claim in (rejected, withdrawn):
        assert mirrored(claim)
        assert (claim.owed, claim.closed_at) == (0, NOW)
    with pytest.raises(WrongClaimState):
        withdraw_claim(claim_id=withdrawn.pk, reason="again", actor=clerk(bank), at=NOW)


@pytest.mark.django_db
def test_a_placed_claim_is_recalled_before_it_is_withdrawn() -> None:
    claim = factories.claim(state="placed")
    with pytest.raises(StillPlaced):
        withdraw_claim(claim_id=claim.pk, reason="x", actor=clerk(claim.creditor), at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("before", ClaimState.values)
def test_only_the_steps_of_the_plan_are_open(before: str) -> None:
    for after in ClaimState.values:
        amounts = {"principal": 0, "claimed": 0} if "closed" in (before, after) else {}
        claim = factories.claim(state=before, **amounts)
        if before == ClaimState.SUBMITTED:
            factories.papers(claim)
        if after in NEXT[before]:
            assert set_state(claim_id=claim.pk, state=after, actor=JOB, at=NOW).state == after
            continue
        with pytest.raises(WrongClaimState):
            set_state(claim_id=claim.pk, state=after, actor=JOB, at=NOW)
        with pytest.raises(WrongClaimState):
            set_states(claim_ids=[claim.pk], state=after, actor=JOB, at=NOW)


# -- disputes and holds -------------------------------------------------------------------------


@pytest.mark.django_db
def test_contesting_holds_the_claim_in_the_same_second_and_keeps_the_words_in_the_vault() -> None:
    claim = claim_of(creditor())
    dispute = contested(claim)
    (hold,) = live_holds(claim.debtor_id, claim.pk)
    assert (hold.kind, hold.placed_at, hold.cause) == ("dispute", NOW, f"dispute:{dispute.pk}")
    assert "half" not in str(list(Dispute.objects.values()) + list(Entry.objects.values()))
    with pytest.raises(DisputeOpen):
        contested(claim)


@pytest.mark.django_db
def test_only_the_debtor_contests_and_only_an_open_claim() -> None:
    claim = claim_of(creditor())
    stranger = Actor(role=Role.DEBTOR, person_id=new_id())
    for actor, refusal in ((stranger, NoSuchClaim), (clerk(claim.creditor), NotPermitted)):
        with pytest.raises(refusal):
            open_dispute(claim_id=claim.pk, reason="paid", statement="", actor=actor, at=NOW)
    reject_claim(claim_id=claim.pk, reason="x", actor=REVIEWER, at=NOW)
    with pytest.raises(WrongClaimState):
        contested(claim)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "end"), [("submitted", "rejected"), ("placed", "withdrawn")])
def test_an_upheld_dispute_stops_the_claim_for_good(state: str, end: str) -> None:
    claim = claim_of(creditor())
    Claim.objects.filter(pk=claim.pk).update(state=state)
    decided(contested(claim), "upheld")
    assert mirrored(claim)
    assert (claim.state, claim.owed) == (end, 0)
    assert not live_holds(claim.debtor_id)


@pytest.mark.django_db
def test_a_dispute_upheld_in_part_corrects_the_amount_with_a_line_and_a_booking() -> None:
    claim = claim_of(creditor())
    dispute = decided(contested(claim), "partly", correction={"principal": 400_000, "interest": 0})
    assert mirrored(claim)
    assert (claim.principal, claim.interest) == (400_000, 0)
    view = claim_view(claim.pk)
    corrected = [term for term in view.equation if term.kind == "corrected"]
    assert {term.component: term.amount for term in corrected} == {
        "principal": -600_000,
        "interest": -12_050,
    }
    assert sum(term.amount for term in view.equation) == view.owed
    assert corrected[0].lines[0].facts == {"dispute": str(dispute.pk)}
    with pytest.raises(DisputeDecided):
        decided(dispute, "dismissed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "correction", [None, {"principal": -1}, {"principal": 1_000_000}, {"costs": 0}, {"x": 1}]
)
def test_a_correction_only_lowers_what_is_open(correction: dict[str, int] | None) -> None:
    claim = claim_of(creditor())
    dispute = contested(claim)
    with pytest.raises(BadCorrection):
        decided(dispute, "partly", correction=correction)
    assert mirrored(claim)
    assert live_holds(claim.debtor_id)


@pytest.mark.django_db
def test_a_decision_needs_words_a_right_and_a_dispute() -> None:
    claim = claim_of(creditor())
    dispute = contested(claim)
    with pytest.raises(DecisionWithoutReason):
        decided(dispute, "dismissed", text="  ")
    with pytest.raises(NotPermitted):
        decide_dispute(
            dispute_id=dispute.pk,
            outcome="dismissed",
            text="x",
            correction=None,
            actor=clerk(claim.creditor),
            at=NOW,
        )
    with pytest.raises(NoSuchDispute):
        decide_dispute(
            dispute_id=new_id(),
            outcome="dismissed",
            text="x",
            correction=None,
            actor=COMPLIANCE,
            at=NOW,
        )
    assert [each.id for each in disputes(actor=COMPLIANCE)] == [dispute.pk]
    assert disputes(actor=clerk(creditor("stranger"))) == []


@pytest.mark.django_db
def test_holds_stand_side_by_side_and_end_each_by_its_cause() -> None:
    person = factories.person()
    claim = factories.claim(debtor=person)

    def place(cause: str, **changes: Any) -> Hold:
        facts: dict[str, Any] = {"claim_id": None, "kind": "complaint", "ends_at": None}
        return place_hold(person_id=person.pk, cause=cause, **(facts | changes), actor=JOB, at=NOW)

    assert place("complaint:1") == place("complaint:1")
    place("hardship:1", claim_id=claim.pk, kind="hardship", ends_at=NOW + timedelta(days=1))
    assert len(live_holds(person.pk, claim.pk)) == 2
    assert len(live_holds(person.pk, claim.pk, at=NOW + timedelta(days=1))) == 1
    assert lift_ended_holds(at=NOW + timedelta(days=1)) == 1
    assert lift_hold(cause="complaint:1", actor=JOB, at=NOW) == 1
    assert lift_hold(cause="complaint:1", actor=JOB, at=NOW) == 0
    assert not live_holds(person.pk)
    with pytest.raises(HoldEndsBeforeItBegins):
        place("recall:1", ends_at=NOW)
    with pytest.raises(NoSuchPerson):
        place_hold(
            person_id=new_id(),
            claim_id=None,
            kind="complaint",
            cause="complaint:2",
            ends_at=None,
            actor=JOB,
            at=NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_a_race_to_contest_opens_one_dispute() -> None:
    claim = claim_of(creditor())

    def contest(_: int) -> bool:
        try:
            return bool(contested(claim))
        except DisputeOpen:
            return False

    assert sum(race(range(6), contest)) == 1
    assert Hold.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["disputes", "holds", "states", "books"])
def test_when_evidence_cannot_be_written_the_act_did_not_happen(
    monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    claim = claim_of(creditor())
    before = Entry.objects.count()

    def fail(*_args: object, **_facts: object) -> None:
        raise RuntimeError("no journal")

    name = {"books": "post_many", "states": "note"}.get(verb, "record")
    monkeypatch.setattr(f"qinghe.claims.services.{verb}.{name}", fail)
    acts = {
        "disputes": lambda: contested(claim),
        "holds": lambda: contested(claim),
        "states": lambda: reject_claim(claim_id=claim.pk, reason="x", actor=REVIEWER, at=NOW),
        "books": lambda: reject_claim(claim_id=claim.pk, reason="x", actor=REVIEWER, at=NOW),
    }
    with pytest.raises(RuntimeError):
        acts[verb]()
    assert not Dispute.objects.exists()
    assert not Hold.objects.exists()
    assert Entry.objects.count() == before
    assert mirrored(claim)
    assert claim.state == "submitted"


# -- money --------------------------------------------------------------------------------------


def pay(claim: Claim, amounts: dict[str, int]) -> None:
    for part, amount in amounts.items():
        if amount:
            post(
                debit_path=f"creditor:{claim.creditor_id}:claimed",
                credit_path=f"claim:{claim.pk}:{part}",
                amount=amount,
                currency=claim.currency,
                kind="payment",
                subject="payment:1",
                at=NOW,
            )
    apply_payment(claim_id=claim.pk, amounts=amounts, actor=JOB, at=NOW, reference="payment:1")


@pytest.mark.django_db
def test_a_claim_paid_to_zero_is_settled_and_opens_again_when_the_payment_is_undone() -> None:
    claim = claim_of(creditor())
    all_of_it = owed(claim.pk)
    pay(claim, all_of_it)
    assert mirrored(claim)
    assert (claim.state, claim.closed_at, claim.paid) == ("closed", NOW, claim.claimed)

    undo_payment(claim_id=claim.pk, amounts=all_of_it, actor=JOB, at=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.closed_at, claim.paid, claim.owed) == (
        "submitted",
        None,
        0,
        claim.claimed,
    )
    assert claim.stage == "M2"


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [{"principal": 1_000_001}, {"costs": 1}, {"principal": -1}])
def test_no_component_falls_below_zero(amounts: dict[str, int]) -> None:
    claim = claim_of(creditor())
    with pytest.raises(TooMuchApplied):
        apply_payment(claim_id=claim.pk, amounts=amounts, actor=JOB, at=NOW)
    assert mirrored(claim)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["pay", "accrue", "undo"]), st.integers(1, 400_000))))
@pytest.mark.django_db
def test_any_history_of_payments_and_interest_keeps_lines_and_row_equal(
    steps: list[tuple[str, int]],
) -> None:
    claim = factories.claim(principal=0, claimed=0)
    Claim.objects.filter(pk=claim.pk).update(principal=1_000_000, overdue_rate_pct=10)
    day = date(2026, 11, 1)
    for kind, amount in steps:
        open_principal = owed(claim.pk)["principal"]
        if kind == "pay" and open_principal:
            part = {"principal": min(amount, open_principal)}
            apply_payment(claim_id=claim.pk, amounts=part, actor=JOB, at=NOW)
        elif kind == "undo":
            undo_payment(claim_id=claim.pk, amounts={"principal": amount}, actor=JOB, at=NOW)
        else:
            day += timedelta(days=amount % 40)
            accrue_interest(claim_id=claim.pk, to=day, actor=JOB, at=NOW)
    claim.refresh_from_db()
    lines = Line.objects.filter(claim=claim).values_list("amount", flat=True)
    assert claim.owed == 1_000_000 + sum(lines)


@pytest.mark.django_db
def test_many_payments_cost_as_many_statements_as_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bank = factories.organisation()
    claims = [factories.claim(creditor=bank) for _ in range(20)]
    payments = [Paid(claim.pk, {"principal": claim.principal}, "p") for claim in claims[1:]]
    with django_assert_max_num_queries(8):
        closed = apply_payments(payments=payments, actor=JOB, at=NOW)
    assert closed == {claim.pk for claim in claims[1:]}


@pytest.mark.django_db
def test_interest_is_booked_once_up_to_a_day() -> None:
    claim = claim_of(creditor())
    for _ in range(2):
        accrue_interest(claim_id=claim.pk, to=TODAY + timedelta(days=73), actor=JOB, at=NOW)
    assert mirrored(claim)
    assert claim.interest == 12_050 + 20_000


@pytest.mark.django_db(transaction=True)
def test_a_race_to_accrue_books_the_interest_once() -> None:
    claim = claim_of(creditor())
    to = TODAY + timedelta(days=73)
    race(range(6), lambda _: accrue_interest(claim_id=claim.pk, to=to, actor=JOB, at=NOW))
    assert Line.objects.filter(kind="accrued").count() == 1
    assert mirrored(claim)


@pytest.mark.django_db
def test_the_sweep_touches_what_changes_and_nothing_twice() -> None:
    claim = claim_of(creditor())
    day = claim.due_on + timedelta(days=61)
    assert sweep_stages(day=day - timedelta(days=1), at=NOW).moved == 0
    assert sweep_stages(day=day, at=NOW).moved == 1
    assert sweep_stages(day=day, at=NOW).moved == 0
    assert mirrored(claim)
    assert (claim.stage, claim.interest_to) == ("M3", day)


# -- reading ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_strangers_find_no_claim_and_owners_find_theirs() -> None:
    claim = claim_of(creditor())
    allowed = [clerk(claim.creditor), debtor(claim), REVIEWER, COMPLIANCE, Actor(Role.OPERATOR)]
    strangers = [
        clerk(creditor("stranger")),
        Actor(Role.DEBTOR, person_id=new_id()),
        Actor(Role.DEBTOR),
        Actor(Role.CREDITOR),
        Actor(Role.COLLECTOR, org_id=new_id()),
        Actor(Role.REGULATOR),
    ]
    for actor in allowed:
        assert claim_for(claim_id=claim.pk, actor=actor).number == claim.number
        assert claims_table(actor=actor).total == 1
    for actor in strangers:
        with pytest.raises(NoSuchClaim):
            claim_for(claim_id=claim.pk, actor=actor)
        assert claims_table(actor=actor).total == 0


@pytest.mark.django_db
def test_the_table_filters_pages_and_costs_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    bank = factories.organisation()
    claims = [factories.claim(creditor=bank, contract_number=f"K-{n}") for n in range(60)]
    place_hold(
        person_id=claims[0].debtor_id,
        claim_id=None,
        kind="complaint",
        cause="complaint:1",
        ends_at=None,
        actor=JOB,
        at=NOW,
    )
    with django_assert_num_queries(3):
        second = claims_table(actor=clerk(bank), page=2)
    assert (second.total, second.pages, len(second.rows)) == (60, 2, 10)
    held = claims_table(actor=clerk(bank), filters=ClaimFilters(held=True))
    assert [row.id for row in held.rows] == [claims[0].pk]
    found = claims_table(actor=clerk(bank), filters=ClaimFilters(text="K-7"))
    assert [row.id for row in found.rows] == [claims[7].pk]
    assert stage_totals(actor=clerk(bank)) == [("M2", "CNY", 60, 6_000_000)]


@pytest.mark.django_db
def test_a_table_too_long_to_count_is_still_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qinghe.claims.queries.table.COUNT_CAP", 50)
    bank = factories.organisation()
    for _ in range(60):
        factories.claim(creditor=bank)
    first, second = (claims_table(actor=clerk(bank), page=n) for n in (1, 2))
    assert (first.total, first.capped, first.more) == (50, True, True)
    assert (len(second.rows), second.more) == (10, False)


@pytest.mark.django_db
def test_what_happened_is_one_timeline() -> None:
    claim = proven(claim_of(creditor()))
    decided(contested(claim), "dismissed")
    kinds = [moment.kind for moment in timeline(claim.pk)]
    decided_on = ["dispute", "dispute-decided", "hold", "hold-lifted"]
    assert kinds == ["submitted", "evidence", "evidence", *decided_on]
    assert [row.evidence_count for row in review_queue(actor=REVIEWER)] == [2]
    with pytest.raises(NoSuchClaim):
        timeline(new_id())


@pytest.mark.django_db
def test_a_decision_that_threatens_is_not_kept_and_the_way_to_say_it_is_shown() -> None:
    claim = claim_of(creditor())
    dispute = contested(claim)
    with pytest.raises(WordsRefused) as refused:
        decided(dispute, "dismissed", text="异议不成立。卡号6222021234，再不还钱就打断你的腿。")

    facts = refused.value.facts
    assert "打断" in str(facts["words"])
    assert "6222" not in str(facts)
    assert facts["rule"] == "CN-CON-01"
    assert facts["instead"]
    dispute.refresh_from_db()
    assert dispute.state == "open"
    assert (
        decided(dispute, "dismissed", text="合同与转账记录一致，异议不成立。").state == "dismissed"
    )
