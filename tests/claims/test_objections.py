"""A creditor objects to a rejection: once, in time, heard by somebody else, on the books again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from qinghe.claims.models import Claim, Evidence, Line, Objection, Review
from qinghe.claims.queries import ClaimView, NoSuchClaim, claim_view
from qinghe.claims.queries.rows import Term
from qinghe.claims.services import (
    FileCounted,
    FileTypeRefused,
    NoSuchKind,
    NothingToObject,
    ObjectedAlready,
    ObjectionDecided,
    ObjectionTooLate,
    ObjectionWithoutWords,
    OtherReviewer,
    PapersDoNotShow,
    PapersUnread,
    decide_dispute,
    decide_objection,
    end_returned,
    object_to_rejection,
    open_dispute,
    reject_claim,
    return_claim,
    withdraw_claim,
)
from qinghe.claims.services.objecting import Paper
from qinghe.claims.terms import OBJECTION_DAYS, RETURNED_DAYS, EvidenceKind, LineKind
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.ledger.queries import balance
from qinghe.parties.roles import NotPermitted
from qinghe.portal.claims import claim_of, my_claim
from qinghe.simulation.evidence import contract_pdf
from qinghe.web.claimparts import MINUS, equation
from tests import factories
from tests.claims.world import COMPLIANCE, NOW, REVIEWER, clerk, debtor, proven
from tests.desk import read_papers, release

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = Actor(role=Role.REVIEWER, user_id=new_id())
THIRD = Actor(role=Role.REVIEWER, user_id=new_id())


def submitted() -> Claim:
    return proven(factories.claim(state="submitted", principal=100_000, interest=2_000))


def rejected(reason: str = "no_proof: Page 2 is missing.") -> Claim:
    claim = submitted()
    reject_claim(claim_id=claim.pk, reason=reason, actor=REVIEWER, at=NOW)
    claim.refresh_from_db()
    assert claim.owed == 0
    return claim


def objected(claim: Claim, words: str = "Page 2 is on file.", **changes: object) -> Objection:
    asked = {"ground": "overlooked", "at": NOW + DAY, "actor": clerk(claim.creditor)} | changes
    return object_to_rejection(claim_id=claim.pk, words=words, **asked)  # type: ignore[arg-type]


def decided(made: Objection, reason: str, actor: Actor = OTHER, words: str = "Seen.") -> Claim:
    read_papers(made.claim_id, actor, NOW)
    decide_objection(
        objection_id=made.pk, reason=reason, words=words, actor=actor, at=NOW + 2 * DAY
    )
    return Claim.objects.get(pk=made.claim_id)


def test_granted_the_claim_owes_again_and_is_checked_anew() -> None:
    claim = rejected()
    again = decided(objected(claim), "papers_show")
    assert (again.state, again.review, again.ended_because) == ("submitted", "new", "")
    assert (again.principal, again.interest, again.costs) == (100_000, 2_000, 0)
    assert again.closed_at is None
    assert balance(path=f"claim:{claim.pk}:principal", currency="CNY") == 100_000
    assert balance(path=f"claim:{claim.pk}:interest", currency="CNY") == 2_000
    kinds = Line.objects.filter(claim=claim, kind="reopened").values_list("component", "amount")
    assert sorted(kinds) == [("interest", 2_000), ("principal", 100_000)]
    release(claim_id=claim.pk, actor=OTHER, at=NOW + 3 * DAY)
    assert Claim.objects.get(pk=claim.pk).state == "challenge"


def summed(view: ClaimView) -> int:
    """Return what the terms of the office's equation give, the total left out."""
    *terms, _total = equation(view, NOW.date())
    return sum(-each.minor if each.op == MINUS else each.minor for each in terms)


def test_granted_the_terms_still_add_up_to_what_is_owed() -> None:
    claim = submitted()
    before = claim_view(claim.pk)
    reject_claim(claim_id=claim.pk, reason="no_proof", actor=REVIEWER, at=NOW)
    decided(objected(claim), "papers_show")
    after = claim_view(claim.pk)
    assert (summed(after), after.owed) == (summed(before), before.owed)
    assert [each.label for each in equation(after, NOW.date())] == [
        each.label for each in equation(before, NOW.date())
    ]
    told = [claim_of(claim.pk, debtor(claim)).terms, my_claim(before, NOW.date()).terms]
    assert len({sum(each.minor for each in terms) for terms in told}) == 1


def test_every_kind_of_line_has_its_place_in_the_sum() -> None:
    view = claim_view(submitted().pk)
    for kind in LineKind:
        line = Term(kind, "interest", -700, ())
        if kind not in (LineKind.CLAIMED, LineKind.ACCRUED, LineKind.STOPPED):
            more = replace(view, equation=(*view.equation, line))
            assert summed(more) == summed(view) - 700, kind
            reads = [sum(x.minor for x in my_claim(y, NOW.date()).terms) for y in (more, view)]
            assert reads[0] == reads[1] - 700, kind


def test_not_granted_the_rejection_stands_and_is_the_last_word() -> None:
    claim = rejected()
    made = objected(claim)
    after = decided(made, "stands", words="It is not.")
    assert (after.state, after.owed) == ("rejected", 0)
    assert Objection.objects.get().answer == "It is not."
    with pytest.raises(ObjectionDecided):
        decided(made, "papers_show")
    with pytest.raises(ObjectedAlready):
        objected(claim)
    steps = Review.objects.filter(claim=claim).order_by("at", "id").values_list("step", flat=True)
    assert list(steps) == ["rejected", "objected", "kept"]


def test_who_rejected_does_not_hear_it_in_any_role() -> None:
    made = objected(rejected())
    for same in (REVIEWER, Actor(role=Role.COMPLIANCE, user_id=REVIEWER.user_id)):
        with pytest.raises(OtherReviewer):
            decided(made, "papers_show", same)
    with pytest.raises(NotPermitted):
        decided(made, "papers_show", factories.actor(Role.OPERATOR))


def test_of_an_invented_claim_neither_of_the_two_hears_it() -> None:
    claim = rejected_as_invented()
    made = objected(claim, ground="real")
    for one in (REVIEWER, OTHER):
        with pytest.raises(OtherReviewer):
            decided(made, "misread", one)
    assert decided(made, "misread", THIRD).state == "submitted"


@pytest.mark.parametrize("reason", ["papers_added", "stands"])
def test_who_hears_it_has_opened_what_is_on_file_and_what_came_with_it(reason: str) -> None:
    claim = rejected()
    paper = Paper("other", "new.pdf", contract_pdf("new", "y"))
    made = objected(claim, papers=[paper])
    heard = {"objection_id": made.pk, "reason": reason, "words": "Seen.", "at": NOW + 2 * DAY}
    with pytest.raises(PapersUnread):
        decide_objection(**heard, actor=OTHER)  # type: ignore[arg-type]
    for sha256 in Evidence.objects.filter(claim=claim).exclude(kind="other").values("sha256"):
        opened = {"subject": f"file:{sha256['sha256']}", "claim": str(claim.pk)}
        record(kind="parties.file-opened", **opened, actor=OTHER, at=NOW)
    with pytest.raises(PapersUnread) as refused:
        decide_objection(**heard, actor=OTHER)  # type: ignore[arg-type]
    assert refused.value.facts == {"papers": str(EvidenceKind.OTHER.label)}
    assert decided(made, reason).state == ("rejected" if reason == "stands" else "submitted")


def test_papers_that_are_not_there_show_nothing() -> None:
    claim = factories.claim(state="submitted")
    reject_claim(claim_id=claim.pk, reason="no_proof", actor=REVIEWER, at=NOW)
    made = objected(claim)
    with pytest.raises(PapersDoNotShow):
        decided(made, "papers_show")
    assert decided(made, "misread").state == "submitted"


def rejected_as_invented() -> Claim:
    claim = submitted()
    for one in (REVIEWER, OTHER):
        read_papers(claim.pk, one, NOW)
        reject_claim(claim_id=claim.pk, reason="invented: No such loan.", actor=one, at=NOW)
    return claim


def test_it_comes_in_time_with_words_and_from_the_creditor() -> None:
    claim = rejected()
    with pytest.raises(ObjectionTooLate):
        objected(claim, at=NOW + OBJECTION_DAYS * DAY + timedelta(seconds=1))
    with pytest.raises(ObjectionWithoutWords):
        objected(claim, words="  ")
    with pytest.raises(NoSuchClaim):
        objected(claim, actor=clerk(factories.organisation()))
    with pytest.raises(NotPermitted):
        objected(claim, actor=REVIEWER)
    assert objected(claim, at=NOW + OBJECTION_DAYS * DAY).due_at > NOW


def test_what_nobody_answered_can_be_objected_to_as_well() -> None:
    claim = submitted()
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOW)
    ended = NOW + RETURNED_DAYS * DAY
    assert end_returned(at=ended) == 1
    made = objected(claim, at=ended + DAY)
    # No person rejected it: anybody at the desk hears it.
    assert decided(made, "papers_added", REVIEWER).state == "submitted"


def test_only_what_the_desk_rejected_can_be_objected_to() -> None:
    waiting, mine = submitted(), submitted()
    withdraw_claim(claim_id=mine.pk, reason="x", actor=clerk(mine.creditor), at=NOW)
    contested = submitted()
    release(claim_id=contested.pk, actor=REVIEWER, at=NOW)
    dispute = open_dispute(
        claim_id=contested.pk, reason="not_mine", statement="", actor=debtor(contested), at=NOW
    )
    decide_dispute(
        dispute_id=dispute.pk, outcome="upheld", text="It is stopped.", correction=None,
        actor=COMPLIANCE, at=NOW,
    )  # fmt: skip
    for claim in (waiting, mine, contested):
        with pytest.raises(NothingToObject):
            objected(claim)


class TestPapers:
    def test_they_come_with_the_objection(self) -> None:
        claim = rejected()
        made = objected(claim, papers=[Paper("statement", "a.pdf", contract_pdf("x", "y"))])
        row = Evidence.objects.get(claim=claim, kind="statement")
        assert (row.uploaded_at, made.at) == (NOW + DAY, NOW + DAY)

    def test_one_that_is_not_taken_leaves_nothing_behind(self) -> None:
        claim, good = rejected(), Paper("statement", "a.pdf", contract_pdf("x", "y"))
        for bad, refusal in (
            (Paper("statement", "b.pdf", b"MZ\x90\0"), FileTypeRefused),
            (Paper("letter", "b.pdf", contract_pdf("z", "y")), NoSuchKind),
            (Paper("contract", "b.pdf", good.content), FileCounted),
        ):
            with pytest.raises(refusal):
                objected(claim, papers=[good, bad])
        assert not Objection.objects.exists()
        assert not Evidence.objects.filter(claim=claim, kind="statement").exists()

    def test_a_late_objection_adds_no_paper(self) -> None:
        claim, late = rejected(), NOW + (OBJECTION_DAYS + 1) * DAY
        paper = Paper("statement", "a.pdf", contract_pdf("x", "y"))
        with pytest.raises(ObjectionTooLate):
            objected(claim, at=late, papers=[paper])
        assert not Evidence.objects.filter(claim=claim, kind="statement").exists()

    def test_what_is_refused_leaves_no_file_on_the_disk(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        claim, good = rejected(), Paper("statement", "a.pdf", contract_pdf("x", "y"))
        settings.VAULT_FILES = tmp_path
        with pytest.raises(ObjectionTooLate):
            objected(claim, at=NOW + (OBJECTION_DAYS + 1) * DAY, papers=[good])
        with pytest.raises(FileTypeRefused):
            objected(claim, papers=[good, Paper("statement", "b.pdf", b"MZ\x90\0")])
        assert not list(tmp_path.rglob("*"))

    def test_the_same_request_again_is_answered_as_before(self) -> None:
        claim = rejected()
        actor = clerk(claim.creditor).with_key("k")
        papers = [Paper("statement", "a.pdf", contract_pdf("x", "y"))]
        first = objected(claim, papers=papers, actor=actor)
        assert objected(claim, papers=papers, actor=actor) == first
