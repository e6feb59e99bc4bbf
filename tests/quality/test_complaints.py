from __future__ import annotations

from typing import Any

import pytest

from qinghe.claims.models import Claim, Hold
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import WordsRefused
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.ledger import queries as books
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.quality import queries, refusals, services
from qinghe.quality.models import Complaint, Sanction
from qinghe.settlement import accounts
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.settlement.test_payments import pay

pytestmark = pytest.mark.django_db
JUDGE = actor(Role.COMPLIANCE)


@pytest.fixture
def agency() -> Organisation:
    return collector()


@pytest.fixture
def target(agency: Organisation) -> Claim:
    made = claim(principal=100_000)
    mandate(made, agency)
    return made


def complain(target: Claim | None, by: Actor, **fields: Any) -> Complaint:
    given = {"kind": "rude", "statement": "He shouted.", "person_id": by.person_id, **fields}
    return services.open_complaint(claim_id=target.pk if target else None, actor=by, at=AT, **given)


def decide(complaint: Complaint, *, upheld: bool, **fields: Any) -> Complaint:
    given = {"text": "We listened to the call.", "actor": JUDGE, "at": AT, **fields}
    return services.decide_complaint(complaint_id=complaint.pk, upheld=upheld, **given)


def holds(target: Claim) -> int:
    return Hold.objects.filter(person=target.debtor_id, lifted_at__isnull=True).count()


def test_contact_stops_in_the_same_moment_and_the_collector_is_known(
    target: Claim, agency: Organisation
) -> None:
    complaint = complain(target, debtor_of(target))
    hold = Hold.objects.get(person=target.debtor_id)
    assert (hold.kind, hold.placed_at, hold.claim_id) == ("complaint", AT, target.pk)
    assert complaint.collector_id == agency.pk
    assert complaint.number.startswith("TS261123")


def test_a_complaint_about_no_claim_stops_everything(target: Claim) -> None:
    complain(None, debtor_of(target))
    assert Hold.objects.get(person=target.debtor_id).claim_id is None


def test_a_strangers_complaint_is_taken_and_can_be_followed() -> None:
    complaint = complain(None, system("public-door"))
    assert not Hold.objects.exists()
    decide(complaint, upheld=False)
    status = queries.by_number(number=complaint.number.lower())
    assert (status.state, status.decision_text) == ("dismissed", "We listened to the call.")


def test_the_public_status_of_a_known_person_tells_nothing_of_the_case(target: Claim) -> None:
    complaint = decide(complain(target, debtor_of(target)), upheld=True)
    assert queries.by_number(number=complaint.number).decision_text == ""


def test_nobody_complains_about_a_strangers_claim(target: Claim) -> None:
    for stranger in (
        debtor_of(claim()),
        actor(Role.CREDITOR, claim().creditor),
        actor(Role.COLLECTOR, collector()),
    ):
        with pytest.raises(NoSuchClaim):
            complain(target, stranger)
    with pytest.raises(NotPermitted):
        complain(target, actor(Role.REGULATOR))


def test_a_justified_complaint_costs_the_mandate_and_the_reserve(
    target: Claim, agency: Organisation
) -> None:
    pay(target, 40_000, source="cashier")
    complaint = decide(complain(target, debtor_of(target)), upheld=True)
    assert Mandate.objects.get().state == "suspended"
    assert Sanction.objects.get().complaint == complaint
    assert books.balance(path=accounts.reserve(agency.pk), currency="CNY") == 0
    assert holds(target) == 0


def test_a_hold_can_be_kept(target: Claim) -> None:
    decide(complain(target, debtor_of(target)), upheld=True, keep_hold=True)
    assert holds(target) == 1


def release(complaint: Complaint, **fields: Any) -> Complaint:
    given = {"reason": "New agency, trained.", "actor": JUDGE, "at": AT, **fields}
    return services.end_kept_hold(complaint_id=complaint.pk, **given)


def test_a_kept_hold_is_lifted_once_by_a_judge_with_a_reason(target: Claim) -> None:
    complaint = complain(target, debtor_of(target))
    with pytest.raises(refusals.NothingHeld):
        release(complaint)
    decide(complaint, upheld=True, keep_hold=True)
    assert queries.complaint_for(complaint_id=complaint.pk, actor=JUDGE).held
    with pytest.raises(NotPermitted):
        release(complaint, actor=actor(Role.COLLECTOR, collector()))
    with pytest.raises(refusals.ReasonMissing):
        release(complaint, reason=" ")
    release(complaint)
    assert holds(target) == 0
    assert not queries.complaint_for(complaint_id=complaint.pk, actor=JUDGE).held
    assert Entry.objects.get(kind="quality.hold-ended").facts["reason"] == "New agency, trained."
    with pytest.raises(refusals.NothingHeld):
        release(complaint)


def test_an_unjustified_complaint_changes_nothing_for_the_collector(target: Claim) -> None:
    decide(complain(target, debtor_of(target)), upheld=False)
    assert Mandate.objects.get().state == "active"
    assert holds(target) == 0


def test_two_complaints_hold_twice(target: Claim) -> None:
    first = complain(target, debtor_of(target))
    complain(target, debtor_of(target))
    decide(first, upheld=False)
    assert holds(target) == 1


def test_decisions_need_a_reason_a_judge_and_happen_once(target: Claim) -> None:
    complaint = complain(target, debtor_of(target))
    with pytest.raises(refusals.ReasonMissing):
        decide(complaint, upheld=True, text="  ")
    with pytest.raises(NotPermitted):
        decide(complaint, upheld=True, actor=actor(Role.OPERATOR))
    decide(complaint, upheld=True)
    with pytest.raises(refusals.ComplaintDecided):
        decide(complaint, upheld=False)


def test_a_complaint_after_the_work_ended_still_names_the_collector(
    target: Claim, agency: Organisation
) -> None:
    Mandate.objects.update(state="recalled", closed_at=AT)
    complaint = decide(complain(target, debtor_of(target)), upheld=True)
    assert complaint.collector_id == agency.pk
    assert Mandate.objects.get().state == "recalled"


def test_everybody_sees_only_their_own(target: Claim, agency: Organisation) -> None:
    complaint = complain(target, debtor_of(target))
    insiders = [
        debtor_of(target),
        actor(Role.COLLECTOR, agency),
        actor(Role.CREDITOR, target.creditor),
        JUDGE,
    ]
    for insider in insiders:
        assert queries.complaint_for(complaint_id=complaint.pk, actor=insider).number
    strangers = [
        debtor_of(claim()),
        actor(Role.COLLECTOR, collector()),
        actor(Role.CREDITOR, claim().creditor),
        actor(Role.REGULATOR),
    ]
    for stranger in strangers:
        assert queries.complaints(actor=stranger) == []
        with pytest.raises(refusals.NoSuchComplaint):
            queries.complaint_for(complaint_id=complaint.pk, actor=stranger)


def test_what_the_person_wrote_is_in_the_vault_for_the_judge_and_its_writer(target: Claim) -> None:
    complaint = complain(target, debtor_of(target))
    (row,) = queries.complaints(actor=JUDGE)
    assert row.statement_id == complaint.statement_id
    (own,) = queries.complaints(actor=debtor_of(target))
    assert own.statement_id == complaint.statement_id
    about = actor(Role.CREDITOR, target.creditor)
    assert [row.statement_id for row in queries.complaints(actor=about)] == [None]


def test_the_claims_timeline_tells_of_it(target: Claim) -> None:
    decide(complain(target, debtor_of(target)), upheld=True)
    kinds = [moment.kind for moment in queries.timeline(claim_id=target.pk)]
    assert kinds == ["complaint", "complaint-upheld"]


def test_an_answer_that_insults_is_not_kept(target: Claim) -> None:
    complaint = complain(target, debtor_of(target))
    with pytest.raises(WordsRefused) as refused:
        decide(complaint, upheld=False, text="You idiot, you lost.")

    assert refused.value.facts["words"] == "idiot"
    complaint.refresh_from_db()
    assert complaint.decision_text == ""
