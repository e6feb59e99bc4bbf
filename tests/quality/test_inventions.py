"""A claim that never existed: two officers, the claim ends, its creditor stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.models import Claim, Dispute, Hold
from qinghe.claims.services import amend_dispute, decide_dispute, open_dispute
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.models import Listing, Mandate
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services.lifting import LiftedBySamePerson
from qinghe.quality.models import Invention
from qinghe.quality.refusals import (
    AccusedAlready,
    InventionDecided,
    NoProof,
    NoSuchInvention,
    ReasonMissing,
    SecondOfficer,
)
from qinghe.quality.services import accuse, decide_invention, release_creditor
from qinghe.reporting.verification import verify
from qinghe.risk.models import Flag
from qinghe.risk.queries.habits import refutations
from qinghe.risk.services import decide_flag, raise_flag
from tests.factories import AT, actor, claim, collector, debtor_of, mandate, organisation

pytestmark = pytest.mark.django_db
ONE, OTHER = actor(Role.COMPLIANCE), actor(Role.COMPLIANCE)
JOB = system("tests")
LATER = AT + timedelta(hours=1)


def doubted(**fields: Any) -> Claim:
    """Return a claim with a confirmed grave warning."""
    made = claim(**fields)
    raise_flag(claim_id=made.pk, code="one-hand", actor=JOB, at=AT)
    flag = Flag.objects.get(claim=made)
    decide_flag(flag_id=flag.pk, confirmed=True, actor=ONE, at=AT, note="Seen.")
    return made


def accused(of: Claim, by: Actor = ONE) -> Invention:
    return accuse(claim_id=of.pk, reason="The contract shows another person.", actor=by, at=AT)


def decided(found: Invention, *, proven: bool = True, by: Actor = OTHER) -> Invention:
    return decide_invention(invention_id=found.pk, proven=proven, actor=by, at=LATER)


def holds(of: Claim) -> int:
    return Hold.objects.filter(claim=of, lifted_at__isnull=True).count()


def test_without_proof_nobody_is_accused() -> None:
    with pytest.raises(NoProof):
        accused(claim())


def test_an_open_warning_is_no_proof() -> None:
    made = claim()
    raise_flag(claim_id=made.pk, code="one-hand", actor=JOB, at=AT)
    with pytest.raises(NoProof):
        accused(made)


def test_an_accepted_dispute_is_proof() -> None:
    made = claim()
    Dispute.objects.create(
        claim=made, person=made.debtor, reason="not_mine", state="upheld",
        opened_at=AT, answer_due_at=AT, decided_at=AT,
    )  # fmt: skip
    assert accused(made).proof[0].startswith("dispute:")
    assert holds(made) == 1


def test_a_denial_that_was_corrected_is_proof_all_the_same() -> None:
    made = claim()
    debtor = debtor_of(made)
    open_dispute(claim_id=made.pk, reason="not_mine", statement="", actor=debtor, at=AT)
    dispute = amend_dispute(claim_id=made.pk, reason="paid", statement="", actor=debtor, at=AT)
    assert refutations([made.creditor_id]) == {}
    decide_dispute(
        dispute_id=dispute.pk, outcome="upheld", text="Nothing shows this loan.", correction=None,
        actor=actor(Role.COMPLIANCE), at=AT,
    )  # fmt: skip
    assert refutations([made.creditor_id])[made.creditor_id][0] == 1
    assert accused(made).proof == [f"dispute:{dispute.pk}"]


def test_only_compliance_with_words_and_once() -> None:
    made = doubted()
    with pytest.raises(NotPermitted):
        accused(made, by=actor(Role.REVIEWER))
    with pytest.raises(ReasonMissing):
        accuse(claim_id=made.pk, reason=" ", actor=ONE, at=AT)
    accused(made)
    with pytest.raises(AccusedAlready):
        accused(made, by=OTHER)


def test_the_one_who_asked_does_not_decide() -> None:
    found = accused(doubted())
    with pytest.raises(SecondOfficer):
        decided(found, by=ONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invention.objects.update(state="proven", decided_by=ONE.label, decided_at=AT)


@pytest.mark.parametrize("state", ["submitted", "challenge", "ready"])
def test_proven_ends_the_claim_and_stops_its_creditor(state: str) -> None:
    lender = organisation()
    made, other = doubted(creditor=lender, state=state), claim(creditor=lender)
    foreign = claim()
    decided(accused(made))
    made.refresh_from_db()
    lender.refresh_from_db()
    assert made.state == ("withdrawn" if state == "ready" else "rejected")
    assert (made.owed, made.ended_because.partition(":")[0]) == (0, "invented")
    assert lender.state == "suspended"
    assert (holds(other), holds(foreign)) == (1, 0)
    assert [each.name for each in verify(at=LATER) if not each.ok] == []


def test_proven_takes_the_claim_from_its_collector() -> None:
    agency = collector()
    made = doubted()
    work = mandate(made, agency)
    decided(accused(made))
    work.refresh_from_db()
    made.refresh_from_db()
    assert (work.state, made.state, made.owed) == ("recalled", "withdrawn", 0)
    assert not Mandate.objects.filter(state="active").exists()
    assert not Listing.objects.filter(state="open").exists()


def test_not_proven_lets_the_claim_go_on() -> None:
    made = doubted()
    before = holds(made)
    found = accused(made)
    assert holds(made) == before + 1
    assert decided(found, proven=False).state == "dropped"
    assert holds(made) == before
    with pytest.raises(InventionDecided):
        decided(found)
    assert Organisation.objects.get(pk=made.creditor_id).state == "active"
    accused(made)


def test_other_claims_go_on_when_people_have_looked() -> None:
    lender = organisation()
    made, other = doubted(creditor=lender), claim(creditor=lender)
    found = accused(made)
    with pytest.raises(NoSuchInvention):
        release_creditor(invention_id=found.pk, reason="looked at", actor=ONE, at=AT)
    decided(found)
    with pytest.raises(ReasonMissing):
        release_creditor(invention_id=found.pk, reason="", actor=ONE, at=LATER)
    assert release_creditor(invention_id=found.pk, reason="looked at", actor=ONE, at=LATER) == 0
    with pytest.raises(LiftedBySamePerson):
        release_creditor(invention_id=found.pk, reason="looked at", actor=ONE, at=LATER)
    assert holds(other) == 1
    assert release_creditor(invention_id=found.pk, reason="looked at", actor=OTHER, at=LATER) == 1
    assert holds(other) == 0
