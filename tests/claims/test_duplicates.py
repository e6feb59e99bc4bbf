"""The same debt claimed twice: found at intake, both held, decided without naming anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.claims.models import Claim, Duplicate, Evidence, Hold, Review
from qinghe.claims.queries import claim_for, claim_view
from qinghe.claims.queries.answers import left_to
from qinghe.claims.queries.byhand import came_by_hand
from qinghe.claims.queries.objections import may_object_until
from qinghe.claims.queries.one import DUPLICATE_OPEN
from qinghe.claims.queries.timeline import moments_of
from qinghe.claims.queries.titles import NoSuchDuplicate, duplicates_of, open_duplicates
from qinghe.claims.services import (
    IdentityUnseen,
    NotVerifiable,
    OtherReviewer,
    TwinsUnread,
    accept_batch,
    decide_duplicate,
    decide_objection,
    object_to_rejection,
    withdraw_claim,
)
from qinghe.claims.services.twins import DuplicateDecided, DuplicateNamesOther, DuplicateReason
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.web.claimparts import next_step
from tests.claims.world import (
    NOW,
    REVIEWER,
    ROW,
    claim_of,
    clerk,
    creditor,
    delivered,
    proven,
)
from tests.desk import read_papers, release
from tests.races import race

pytestmark = pytest.mark.django_db
OTHER = Actor(Role.REVIEWER, new_id())


def read_pair(*claims: Claim) -> None:
    for claim in claims:
        read_papers(claim.pk, REVIEWER, NOW)


def held(claim: Claim) -> bool:
    return Hold.objects.filter(claim=claim, kind="duplicate", lifted_at__isnull=True).exists()


def twice(**changes: str) -> tuple[Claim, Claim]:
    """Return a claim of one creditor and the one another creditor delivers after it."""
    return proven(claim_of(creditor())), proven(claim_of(creditor("other-bank"), **changes))


@pytest.mark.parametrize(
    ("changes", "ground"),
    [
        ({}, "number"),
        ({"contract_number": "c 1", "principal": "7.00"}, "number"),
        ({"contract_number": "Ｃ－1", "principal": "7.00"}, "number"),
        ({"contract_number": "X-9"}, "facts"),
    ],
)
def test_both_stand_still(changes: dict[str, str], ground: str) -> None:
    first, second = twice(**changes)
    assert held(first)
    assert held(second)
    (pair,) = open_duplicates(actor=REVIEWER)
    assert pair.ground == ground
    assert {pair.first_id, pair.second_id} == {first.pk, second.pk}
    with pytest.raises(NotVerifiable) as refused:
        release(claim_id=second.pk, actor=REVIEWER, at=NOW)
    assert refused.value.facts == {"missing": str(DUPLICATE_OPEN)}


def told(claim: Claim, state: str = "placed") -> Claim:
    """Let a claim stand past its window: its debtor was told and did not contest it."""
    Claim.objects.filter(pk=claim.pk).update(state=state, noticed_at=NOW)
    return claim


@pytest.mark.parametrize("state", ["ready", "listed", "placed"])
def test_nobody_freezes_anothers_work_by_a_copy(state: str) -> None:
    first = told(proven(claim_of(creditor())), state)
    rival = creditor("a-neighbour")
    Organisation.objects.filter(pk=rival.pk).update(kind="private_creditor")
    second = proven(claim_of(rival))
    # The copy stands still and cannot be released; the work goes on until a person has looked.
    assert (held(first), held(second)) == (False, True)
    assert len(open_duplicates(actor=REVIEWER)) == 1


def test_an_institution_stops_both_until_it_has_lost_such_a_pair() -> None:
    owner, rival = creditor(), creditor("other-bank")
    first = told(proven(claim_of(owner)))
    second = proven(claim_of(rival))
    assert (held(first), held(second)) == (True, True)
    (pair,) = open_duplicates(actor=REVIEWER)
    read_pair(first, second)
    decide_duplicate(
        duplicate_id=pair.id, kept_id=first.pk, reason="A copy.", actor=REVIEWER, at=NOW
    )
    assert not held(first)
    third = told(proven(claim_of(owner, contract_number="C-3", principal="20.00")))
    copy = proven(claim_of(rival, contract_number="C-3", principal="20.00"))
    assert (held(third), held(copy)) == (False, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"contract_number": "X-9", "principal": "7.00"},
        {"contract_number": "X-9", "due_date": "2026-09-30"},
        {"contract_number": "X-9", "contract_date": "2025-06-02"},
        {"id_number": "990101199001012349"},
    ],
)
def test_other_debts_and_other_people_are_left_alone(changes: dict[str, str]) -> None:
    first, second = twice(**changes)
    assert not held(first)
    assert not held(second)
    assert Duplicate.objects.count() == 0


def test_two_loans_alike_of_one_creditor_are_no_double_claim() -> None:
    bank = creditor()
    first, second = claim_of(bank), claim_of(bank, contract_number="X-9")
    assert not held(first)
    assert not held(second)
    # But a number written in another way is the same contract.
    third = claim_of(bank, contract_number="C 1", principal="7.00")
    assert held(first)
    assert held(third)


def test_what_was_withdrawn_claims_nothing_and_what_was_settled_may_not_come_again() -> None:
    first = claim_of(creditor())
    withdraw_claim(claim_id=first.pk, reason="error", actor=clerk(first.creditor), at=NOW)
    second = claim_of(creditor("other-bank"))
    assert not held(second)
    Claim.objects.filter(pk=second.pk).update(
        state="closed", principal=0, interest=0, costs=0, closed_at=NOW
    )
    third = claim_of(creditor("third-bank"))
    assert held(third)
    assert not held(second)


def test_a_creditor_sees_the_hold_and_not_the_other() -> None:
    first, second = twice()
    view = claim_for(claim_id=second.pk, actor=clerk(second.creditor))
    assert [hold.kind for hold in view.holds] == ["duplicate"]
    assert duplicates_of(claim_id=second.pk, actor=clerk(second.creditor)) == []
    assert open_duplicates(actor=clerk(second.creditor)) == []
    assert str(first.pk) not in repr(view)
    assert first.creditor.name not in repr(view)


def decided(first: Claim, kept: Claim | None, reason: str = "The chain ends there.") -> Duplicate:
    pair = Duplicate.objects.get()
    kept_id = kept.pk if kept else None
    read_pair(pair.first, pair.second)
    return decide_duplicate(
        duplicate_id=pair.pk, kept_id=kept_id, reason=reason, actor=REVIEWER, at=NOW
    )


def test_one_is_kept_and_the_other_rejected() -> None:
    first, second = twice()
    decided(first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.owed) == ("rejected", 0)
    assert first.ended_because == "duplicate: The chain ends there."
    assert (second.state, held(second), held(first)) == ("submitted", False, False)
    with pytest.raises(DuplicateDecided):
        decided(first, second)


def steps_of(claim: Claim) -> list[tuple[str, str, str, str]]:
    rows = Review.objects.filter(claim=claim).order_by("at", "id")
    return list(rows.values_list("step", "reason", "words", "by"))


def test_who_decides_has_opened_the_papers_of_both_and_who_they_are_against() -> None:
    first, second = twice()
    pair = Duplicate.objects.get()
    asked = {"duplicate_id": pair.pk, "kept_id": second.pk, "reason": "A copy.", "at": NOW}
    for seen, unread in ((first, second), (second, first)):
        actor = Actor(Role.REVIEWER, new_id())
        read_papers(seen.pk, actor, NOW)
        with pytest.raises(TwinsUnread) as refused:
            decide_duplicate(**asked, actor=actor)
        assert unread.number in refused.value.facts["papers"]
        assert seen.number not in refused.value.facts["papers"]
    for claim in (first, second):
        for sha256 in Evidence.objects.filter(claim=claim).values_list("sha256", flat=True):
            record(
                kind="parties.file-opened",
                subject=f"file:{sha256}",
                claim=str(claim.pk),
                actor=OTHER,
                at=NOW,
            )
    with pytest.raises(IdentityUnseen):
        decide_duplicate(**asked, actor=OTHER)
    assert held(first)
    assert steps_of(first) == []


@pytest.mark.parametrize("state", ["submitted", "ready", "placed"])
def test_a_rejected_twin_is_told_why_and_may_object_before_somebody_else(state: str) -> None:
    first, second = twice()
    Claim.objects.filter(pk=first.pk).update(state=state, noticed_at=NOW)
    before = claim_view(first.pk)
    row = decided(first, second)
    assert (row.decided_by, row.decided_at) == (REVIEWER.label, NOW)
    words, by = "The chain ends there.", REVIEWER.label
    assert steps_of(first) == [("rejected", "duplicate", words, by)]
    assert steps_of(second) == [("stands", "", words, by)]
    owner = clerk(first.creditor)
    (left,) = left_to(actor=owner, at=NOW).rejected
    assert (left.id, left.words) == (first.pk, words)
    view = claim_for(claim_id=first.pk, actor=owner)
    assert words in next_step(view)
    assert {kind for _line, kind in view.told_lines} == {"claimed", "rejected"}
    assert "claim.line-withdrawn" not in {f"claim.{each.kind}" for each in moments_of(view)}
    assert view.claimed_parts["principal"] == before.principal
    made = object_to_rejection(
        claim_id=first.pk, ground="overlooked", words="See page 2.", actor=owner, at=NOW
    )
    heard = {"objection_id": made.pk, "reason": "misread", "words": "So it is.", "at": NOW}
    with pytest.raises(OtherReviewer):
        decide_objection(**heard, actor=REVIEWER)
    read_papers(first.pk, OTHER, NOW)
    decide_objection(**heard, actor=OTHER)
    # Nobody has decided any more which of them stands: both wait, and neither is released.
    first.refresh_from_db()
    assert (first.state, first.owed) == ("submitted", before.owed)
    (pair,) = open_duplicates(actor=REVIEWER)
    assert (pair.kept_id, pair.decided_by, pair.decided_at) == (None, "", None)
    assert held(first)
    assert held(second)
    decided(first, first)
    assert steps_of(second)[-1][0] == "rejected"


def test_what_a_creditor_withdrew_itself_is_its_own_word() -> None:
    claim = claim_of(creditor())
    withdraw_claim(claim_id=claim.pk, reason="error", actor=clerk(claim.creditor), at=NOW)
    view = claim_view(claim.pk)
    assert {kind for _line, kind in view.told_lines} == {"claimed", "withdrawn"}
    assert not came_by_hand(view)
    assert may_object_until(claim.pk) is None


def test_the_reason_does_not_name_the_other_creditor() -> None:
    first, second = twice()
    for named in (second.creditor.name, second.number):
        with pytest.raises(DuplicateNamesOther):
            decided(first, second, f"{named} has the chain.")
    assert held(first)


def test_two_debts_both_go_on() -> None:
    first, second = twice(contract_number="X-9")
    decided(first, None, "Two loans of one day.")
    assert not held(first)
    assert not held(second)
    release(claim_id=second.pk, actor=REVIEWER, at=NOW)
    assert steps_of(first) == [("apart", "", "Two loans of one day.", REVIEWER.label)]
    assert may_object_until(first.pk) is None


def test_a_decision_needs_a_reason_a_pair_and_a_right() -> None:
    first, second = twice()
    with pytest.raises(DuplicateReason):
        decided(first, second, " ")
    pair = Duplicate.objects.get()
    given = {"kept_id": new_id(), "reason": "x", "at": NOW}
    with pytest.raises(DuplicateReason):
        decide_duplicate(duplicate_id=pair.pk, actor=REVIEWER, **given)
    with pytest.raises(NoSuchDuplicate):
        decide_duplicate(duplicate_id=new_id(), actor=REVIEWER, **given)
    with pytest.raises(NotPermitted):
        decide_duplicate(duplicate_id=pair.pk, actor=clerk(first.creditor), **given)
    assert held(first)


def rows(count: int) -> list[dict[str, str]]:
    return [
        ROW | {"contract_number": f"N-{n}", "principal": f"{n}.00"} for n in range(1, count + 1)
    ]


def test_the_search_costs_the_same_for_few_and_many() -> None:
    bank = creditor()
    first = delivered(bank, *rows(30))
    accept_batch(batch_id=first.pk, partial=False, actor=clerk(bank), at=NOW)

    def queries(slug: str, count: int) -> int:
        owner = creditor(slug)
        batch = delivered(owner, *rows(count))
        with CaptureQueriesContext(connection) as seen:
            accept_batch(batch_id=batch.pk, partial=False, actor=clerk(owner), at=NOW)
        return len(seen)

    assert queries("third-bank", 30) == queries("fourth-bank", 2)
    assert Duplicate.objects.count() == 30 + 2 + 2


@pytest.mark.django_db(transaction=True)
def test_of_two_deliveries_at_once_the_second_sees_the_first() -> None:
    owners = [creditor("bank-a"), creditor("bank-b"), creditor("bank-c")]
    batches = [delivered(each, ROW) for each in owners]

    def accept(n: int) -> None:
        actor = clerk(owners[n])
        accept_batch(batch_id=batches[n].pk, partial=False, actor=actor, at=NOW)

    race(range(3), accept)
    claims = list(Claim.objects.all())
    assert len(claims) == 3
    assert all(held(each) for each in claims)
    assert Duplicate.objects.count() == 3


def test_the_earlier_claim_comes_first() -> None:
    first = claim_of(creditor())
    Claim.objects.filter(pk=first.pk).update(created_at=NOW + timedelta(1))
    second = claim_of(creditor("other-bank"))
    pair = Duplicate.objects.get()
    assert (pair.first_id, pair.second_id) == (second.pk, first.pk)
