from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.casework.models import CallBack, Record
from qinghe.casework.queries import (
    WorkFilters,
    call_backs,
    suggestion_for,
    timeline,
    worklist,
)
from qinghe.casework.refusals import BadDay, CallBackRefused, ForeignAttempt, NumberInNote
from qinghe.casework.services import (
    add_record,
    ask_hardship,
    make_promise,
    plan_call_back,
    propose_plan,
)
from qinghe.claims.models import Claim
from qinghe.contact.services import set_wish
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.market.refusals import NoMandate
from qinghe.parties.models import VaultItem
from qinghe.parties.services import unseal
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT

HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_record_keeps_codes_in_the_clear_and_the_note_sealed(case: Case) -> None:
    attempt = case.reach(AT)
    made = add_record(
        claim_id=case.claim.pk,
        action="call",
        result="hardship",
        note="ill since May",
        attempt_id=attempt.pk,
        actor=case.collector,
        at=AT,
    )
    assert made.note_id is not None
    assert b"ill" not in bytes(VaultItem.objects.get(pk=made.note_id).ciphertext)
    assert "ill" not in str(list(Entry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize(
    ("note", "taken"),
    [
        ("calls from 13900000000", False),
        ("139 0000 0000", False),
        ("Account 6222000000000000000", False),
        ("Pays 12,000.00 on 2026-12-01 at 10:00, claim QH-2611-000016", True),
        ("from 20261201 on", True),
    ],
)
def test_a_note_carries_no_numbers_of_people(case: Case, note: str, taken: bool) -> None:
    def write() -> Record:
        return add_record(
            claim_id=case.claim.pk, action="call", result="hardship", note=note,
            actor=case.collector, at=AT,
        )  # fmt: skip

    if taken:
        assert write().note_id is not None
        return
    with pytest.raises(NumberInNote):
        write()
    assert not Record.objects.exists()


def test_an_agreed_call_is_told_in_the_hours_of_the_market(case: Case) -> None:
    _plan(case, MORNING + HOUR)
    items = timeline(claim_id=case.claim.pk, actor=case.collector, at=AT)
    agreed = next(item for item in items if item.kind == "casework.call-back")
    assert agreed.detail == "2026-11-24 11:00"


def test_a_record_cannot_borrow_another_claims_contact(case: Case) -> None:
    other = make_case()
    attempt = other.ask(AT)
    with pytest.raises(ForeignAttempt):
        add_record(
            claim_id=case.claim.pk,
            action="call",
            result="informed",
            attempt_id=attempt.pk,
            actor=case.collector,
            at=AT,
        )
    with pytest.raises(NoMandate):
        add_record(
            claim_id=case.claim.pk,
            action="review",
            result="informed",
            actor=other.collector,
            at=AT,
        )
    assert not Record.objects.exists()


def test_a_call_back_is_planned_in_open_hours_only(case: Case) -> None:
    with pytest.raises(CallBackRefused) as refused:
        _plan(case, datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert refused.value.facts["rule"] == "CN-WIN-01"
    assert refused.value.facts["next_allowed_at"] == "2026-11-24T00:00:00+00:00"
    with pytest.raises(BadDay):
        _plan(case, AT - HOUR)
    _plan(case, MORNING)
    _plan(case, MORNING + HOUR)
    assert [row.planned_at for row in call_backs(actor=case.collector)] == [MORNING + HOUR]


def test_a_call_back_respects_a_wish(case: Case, debtor: Actor) -> None:
    set_wish(
        person_id=case.claim.debtor_id,
        kind="time",
        window=(time(18), time(20)),
        actor=debtor,
        at=AT,
    )
    with pytest.raises(CallBackRefused):
        _plan(case, MORNING)
    _plan(case, datetime(2026, 11, 24, 10, 30, tzinfo=UTC))


def test_a_call_keeps_the_call_back(case: Case) -> None:
    _plan(case, MORNING)
    add_record(
        claim_id=case.claim.pk,
        action="call",
        result="informed",
        actor=case.collector,
        at=MORNING,
    )
    assert CallBack.objects.get().done_at == MORNING


def test_the_worklist_says_what_to_do_next_and_why(case: Case, debtor: Actor) -> None:
    assert _next(case, AT) == "first_notice"
    Claim.objects.update(noticed_at=AT)
    assert _next(case, AT) == "first_contact", "the platform told the debtor already"
    case.ask(AT)
    assert _next(case, AT + HOUR) == "wait_answer"
    _plan(case, MORNING)
    assert _next(case, MORNING) == "call_back"
    make_promise(claim_id=case.claim.pk, amount=1, due_on=date(2026, 11, 25), actor=debtor, at=AT)
    assert _next(case, AT) == "remind_promise"
    propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT)
    assert _next(case, AT) == "wait_creditor"
    ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=AT)
    assert _next(case, AT) == "wait"
    row = worklist(actor=case.collector, at=AT).rows[0]
    assert row.holds == ("hardship",)


def test_the_worklist_is_one_query_and_narrowed_to_the_organisation(
    case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_case()
    with django_assert_num_queries(1):
        found = worklist(actor=case.collector, at=AT)
    assert [row.claim_id for row in found.rows] == [case.claim.pk]
    assert found.by_action == {"first_notice": 1}
    assert worklist(actor=case.collector, at=AT, filters=WorkFilters(stages=("M5",))).total == 0
    assert worklist(actor=factories.actor(Role.COMPLIANCE), at=AT).total == 0


def test_the_timeline_tells_everything_newest_first(case: Case, debtor: Actor) -> None:
    case.reach(AT)
    refused = case.ask(AT + 12 * HOUR)
    _plan(case, MORNING)
    make_promise(
        claim_id=case.claim.pk, amount=1, due_on=date(2026, 12, 1), actor=debtor, at=AT + HOUR
    )
    propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT + 2 * HOUR)
    ask_hardship(claim_id=case.claim.pk, statement="x", actor=debtor, at=AT + 3 * HOUR)
    add_record(
        claim_id=case.claim.pk, action="review", result="informed", actor=case.collector, at=AT
    )
    for actor in (case.collector, debtor, factories.actor(Role.COMPLIANCE)):
        items = timeline(claim_id=case.claim.pk, actor=actor, at=AT + 12 * HOUR)
        assert [item.at for item in items] == sorted((i.at for i in items), reverse=True)
        assert items[0].kind == "contact.refused"
        assert items[0].ref == refused.pk
        assert "CN-WIN-01" in items[0].detail
        kinds = {item.kind for item in items}
        assert {"contact.done", "market.taken", "casework.promise", "casework.plan"} <= kinds
    with pytest.raises(NoMandate):
        timeline(claim_id=case.claim.pk, actor=make_case().collector, at=AT)


def _plan(case: Case, planned_at: datetime) -> CallBack:
    return plan_call_back(
        claim_id=case.claim.pk, planned_at=planned_at, actor=case.collector, at=AT
    )


def _next(case: Case, at: datetime) -> str:
    return suggestion_for(claim_id=case.claim.pk, actor=case.collector, at=at).code


def test_unlawful_words_in_a_note_are_kept_and_told_to_compliance_without_the_words(
    case: Case,
) -> None:
    note = "我跟他说了，再不还钱就打断他的腿，你这个骗子。"
    made = add_record(
        claim_id=case.claim.pk,
        action="call",
        result="informed",
        note=note,
        actor=case.collector,
        at=AT,
    )

    assert unseal(made.note) == note
    (entry,) = Entry.objects.filter(kind="casework.note-marked")
    assert entry.facts["acts"] == ["insult", "threat"]
    assert entry.facts["record"] == str(made.pk)
    assert "CN-CON-01" in entry.rules
    assert "骗子" not in str(entry.facts)


def test_a_plain_note_is_not_marked(case: Case) -> None:
    add_record(
        claim_id=case.claim.pk,
        action="call",
        result="informed",
        note="对方说下周发工资，希望周五再打。",
        actor=case.collector,
        at=AT,
    )
    assert not Entry.objects.filter(kind="casework.note-marked").exists()
