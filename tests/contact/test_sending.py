from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest.mock import patch

import pytest
from django.core import mail
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.contact.gateways import GatewayFailed
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.queries import attempts_of_claim, attempts_of_person, explain
from qinghe.contact.refusals import (
    NoSuchAttempt,
    NotACall,
    NothingKept,
    NotSentYet,
    OutcomeKnown,
)
from qinghe.contact.services import (
    read_letter,
    read_text,
    record_outcome,
    release_stuck,
    send,
)
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.market.models import Mandate
from qinghe.market.refusals import NoMandate
from qinghe.market.services import recall
from qinghe.parties.models import ContactPoint, Organisation, VaultItem
from qinghe.parties.services import MayNotReveal, seal, unseal
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.parties.onboarded import NAME, Applicant

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_a_text_message_is_kept_sealed_and_read_by_its_person_only(case: Case) -> None:
    attempt = case.reach(AT, "sms")
    assert (attempt.state, attempt.outcome) == (AttemptState.DONE, "delivered")
    debtor = factories.debtor_of(case.claim)
    (row,) = attempts_of_person(person_id=case.claim.debtor_id, actor=debtor)
    assert case.claim.number in row.text
    assert "清和" in row.text
    (seen,) = attempts_of_claim(claim_id=case.claim.pk, actor=case.collector)
    assert seen.text == ""
    assert read_text(attempt_id=attempt.pk, actor=debtor, at=AT) == row.text
    assert Entry.objects.filter(kind="parties.revealed").count() == 1
    with pytest.raises(MayNotReveal):
        read_text(attempt_id=attempt.pk, actor=case.collector, at=AT)
    stranger = factories.debtor_of(factories.claim())
    assert attempts_of_person(person_id=case.claim.debtor_id, actor=stranger) == []
    with pytest.raises(NoSuchAttempt):
        read_text(attempt_id=attempt.pk, actor=stranger, at=AT)


def test_a_creditor_whose_name_is_sealed_is_named_to_the_debtor_and_nowhere_else(
    case: Case,
) -> None:
    creditor = Applicant()
    creditor.tell()
    Organisation.objects.filter(pk=creditor.org_id).update(level=3, level_until=None)
    Claim.objects.filter(pk=case.claim.pk).update(creditor=creditor.org_id)
    Mandate.objects.filter(pk=case.mandate.pk).update(creditor=creditor.org_id)
    case.reach(AT, "email")
    (sent,) = mail.outbox
    assert NAME in sent.body
    assert NAME not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_an_e_mail_goes_to_the_address_in_the_vault_and_the_look_is_on_record(case: Case) -> None:
    case.reach(AT, "email")
    (sent,) = mail.outbox
    address = ContactPoint.objects.get(person=case.claim.debtor_id, kind="email").address
    assert sent.to == [unseal(address)]
    assert case.claim.number in sent.body
    assert Entry.objects.get(kind="parties.revealed").facts["purpose"] == "deliver"
    everything = str(list(Entry.objects.values_list("facts", flat=True)))
    assert sent.to[0] not in everything


def test_a_letter_is_a_neutral_pdf_with_a_code_that_no_copy_shows(case: Case) -> None:
    seal(kind="name", value="陈示例", person_id=case.claim.debtor_id, at=AT)
    attempt = case.reach(AT, "letter", template="first_notice")
    assert attempt.state == AttemptState.DONE
    debtor = factories.debtor_of(case.claim)
    letter = read_letter(attempt_id=attempt.pk, actor=debtor, at=AT)
    reader = PdfReader(BytesIO(letter))
    assert len(reader.pages) == 1
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    text = reader.pages[0].extract_text()
    assert case.claim.number in text
    assert "陈示例" in text
    assert "/d/" in text
    kept = Delivery.objects.get(attempt=attempt)
    assert "查询码" in text
    assert "1000.00" not in unseal(kept.content)
    with pytest.raises(NothingKept):
        read_letter(attempt_id=attempt.pk, actor=case.collector, at=AT)


def test_sending_twice_sends_once(case: Case) -> None:
    attempt = case.reach(AT, "email")
    assert send(attempt_id=attempt.pk, at=AT + MINUTE) == AttemptState.DONE
    assert len(mail.outbox) == 1
    refused = case.ask(datetime(2026, 11, 23, 15, tzinfo=UTC), "email")
    assert send(attempt_id=refused.pk, at=AT) == AttemptState.REFUSED
    assert len(mail.outbox) == 1


def test_a_hold_placed_after_the_permission_stops_the_message(case: Case) -> None:
    attempt = case.ask(AT, "sms")
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=None,
        kind="complaint",
        cause="complaint:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
    assert send(attempt_id=attempt.pk, at=AT + MINUTE) == AttemptState.CANCELLED
    attempt.refresh_from_db()
    assert attempt.rules == ["PLT-CMP-01"]
    assert not Delivery.objects.exists()
    assert Entry.objects.get(kind="contact.cancelled").rules == ["PLT-CMP-01"]


def test_a_message_that_waited_into_the_night_is_not_sent(case: Case) -> None:
    attempt = case.ask(datetime(2026, 11, 23, 13, 59, tzinfo=UTC), "sms")
    assert attempt.state == AttemptState.PERMITTED
    at = datetime(2026, 11, 23, 14, 0, 1, tzinfo=UTC)
    assert send(attempt_id=attempt.pk, at=at) == AttemptState.CANCELLED


def test_a_permission_older_than_an_hour_is_dropped_not_sent_late(case: Case) -> None:
    attempt = case.ask(AT, "sms")
    late = AT + timedelta(hours=1, seconds=1)
    assert send(attempt_id=attempt.pk, at=late) == AttemptState.CANCELLED
    assert Entry.objects.get(kind="contact.cancelled").facts["reason"] == "stuck"


def test_a_recalled_mandate_stops_what_was_permitted(case: Case) -> None:
    attempt = case.ask(AT, "sms")
    case.mandate.state, case.mandate.closed_at = "recalled", AT
    case.mandate.save()
    assert send(attempt_id=attempt.pk, at=AT + MINUTE) == AttemptState.CANCELLED


def test_a_recall_stops_the_gate_and_what_waits_in_the_same_second(case: Case) -> None:
    waiting = case.ask(AT, "sms")
    assert waiting.state == AttemptState.PERMITTED
    creditor = factories.actor(Role.CREDITOR, case.claim.creditor)
    recall(mandate_id=case.mandate.pk, reason="mistake", actor=creditor, at=AT)
    with pytest.raises(NoMandate):
        case.ask(AT, "sms")
    assert case.sent(waiting, AT).state == AttemptState.CANCELLED
    assert not Delivery.objects.exists()


def test_a_stopped_message_gives_its_place_back_and_a_failed_one_does_not(case: Case) -> None:
    for minute in range(3):
        case.ask(AT + minute * MINUTE, "sms")
    Attempt.objects.update(state=AttemptState.FAILED)
    assert case.ask(AT + HOUR, "sms").state == AttemptState.REFUSED
    Attempt.objects.filter(state=AttemptState.FAILED).update(state=AttemptState.CANCELLED)
    assert case.ask(AT + HOUR, "sms").state == AttemptState.PERMITTED


def test_a_gateway_that_fails_leaves_a_named_state(case: Case) -> None:
    with patch("qinghe.contact.gateways.deliver", side_effect=GatewayFailed("SMTPException")):
        attempt = case.reach(AT, "email")
    assert (attempt.state, attempt.outcome) == (AttemptState.FAILED, "failed")
    assert not Delivery.objects.exists()


def test_one_number_is_not_called_for_two_persons_in_one_minute(case: Case) -> None:
    other = make_case()
    shared = unseal(case.phone.address)
    ContactPoint.objects.filter(pk=other.phone.pk).delete()
    factories.point(other.claim.debtor, "phone", shared)
    assert case.reach(AT).state == AttemptState.DONE
    stopped = other.reach(AT + timedelta(seconds=30))
    assert (stopped.state, stopped.rules) == (AttemptState.CANCELLED, ["PLT-ADR-01"])
    assert other.reach(AT + 2 * MINUTE).state == AttemptState.DONE


def test_the_outcome_of_a_call_is_recorded_once_and_unknown_counts_as_a_talk(case: Case) -> None:
    waiting = case.ask(AT)
    with pytest.raises(NotSentYet):
        record_outcome(attempt_id=waiting.pk, outcome="talk", actor=case.collector, at=AT)
    send(attempt_id=waiting.pk, at=AT)
    for minute in (2, 4):
        case.reach(AT + minute * MINUTE)
    assert case.ask(AT + 6 * MINUTE).state == AttemptState.REFUSED
    done = record_outcome(
        attempt_id=waiting.pk, outcome="no_answer", actor=case.collector, at=AT + MINUTE
    )
    assert done.outcome == "no_answer"
    with pytest.raises(OutcomeKnown):
        record_outcome(attempt_id=waiting.pk, outcome="talk", actor=case.collector, at=AT)
    assert case.ask(AT + 6 * MINUTE).state == AttemptState.PERMITTED


def test_only_the_collector_that_called_says_what_came_of_it(case: Case) -> None:
    attempt = case.reach(AT)
    with pytest.raises(NoSuchAttempt):
        record_outcome(attempt_id=attempt.pk, outcome="talk", actor=make_case().collector, at=AT)
    message = case.reach(AT + 2 * MINUTE, "sms")
    with pytest.raises(NotACall):
        record_outcome(attempt_id=message.pk, outcome="talk", actor=case.collector, at=AT)


def test_a_number_out_of_service_is_not_used_again(case: Case) -> None:
    attempt = case.reach(AT)
    record_outcome(attempt_id=attempt.pk, outcome="not_in_service", actor=case.collector, at=AT)
    assert "PLT-IN-03" in case.ask(AT + HOUR).rules


def test_what_is_stuck_gets_a_named_end_and_keeps_its_budget_spent(case: Case) -> None:
    waiting, sending = case.ask(AT), case.ask(AT + MINUTE)
    Attempt.objects.filter(pk=sending.pk).update(state=AttemptState.SENDING, sent_at=AT + MINUTE)
    assert release_stuck(at=AT + 5 * MINUTE) == {"cancelled": 0, "failed": 0}
    assert release_stuck(at=AT + 2 * HOUR) == {"cancelled": 1, "failed": 1}
    assert release_stuck(at=AT + 2 * HOUR) == {"cancelled": 0, "failed": 0}
    waiting.refresh_from_db()
    sending.refresh_from_db()
    assert (waiting.state, sending.state) == (AttemptState.CANCELLED, AttemptState.FAILED)
    asked = case.ask(AT + 2 * HOUR)
    assert asked.counters["person_dials_today"] == 1


def test_a_refusal_explains_itself_to_clerk_and_debtor(case: Case) -> None:
    attempt = case.ask(datetime(2026, 11, 23, 15, tzinfo=UTC))
    told = explain(attempt_id=attempt.pk, actor=case.collector)
    assert [rule.id for rule in told.rules] == attempt.rules
    assert told.rules[0].sentence
    assert told.rules[0].citation
    debtor = explain(attempt_id=attempt.pk, actor=factories.debtor_of(case.claim))
    assert debtor.rules[0].sentence != told.rules[0].sentence
    with pytest.raises(NoSuchAttempt):
        explain(attempt_id=attempt.pk, actor=factories.actor(Role.REGULATOR))


def test_reading_a_persons_contacts_takes_three_queries(
    case: Case, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for minute in (0, 2, 4):
        case.reach(AT + minute * MINUTE, "sms")
    debtor = factories.debtor_of(case.claim)
    with django_assert_max_num_queries(3):
        rows = attempts_of_person(person_id=case.claim.debtor_id, actor=debtor)
    assert len(rows) == 3


def test_no_message_stands_in_the_clear_in_the_database(case: Case) -> None:
    case.reach(AT, "sms")
    (item,) = VaultItem.objects.filter(kind="text")
    assert case.claim.number.encode() not in bytes(item.ciphertext)
    assert case.claim.number not in item.masked
