from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from unittest.mock import patch

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from qinghe.claims.services import place_hold
from qinghe.claims.terms import HoldKind
from qinghe.contact.models import Attempt
from qinghe.contact.queries import budget
from qinghe.contact.refusals import ContactRefused
from qinghe.contact.services import insist, law, request_contact, set_wish
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.market.refusals import NoMandate
from qinghe.parties.models import ContactPoint, Person
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_a_permitted_call_is_on_record_and_queued_under_the_lock_of_the_person(case: Case) -> None:
    before = ProcrastinateJob.objects.count()
    attempt = case.ask(AT)
    assert attempt.state == AttemptState.PERMITTED
    assert attempt.pack.startswith("cn-")
    assert attempt.must_end_by == datetime(2026, 11, 23, 14, tzinfo=UTC)
    entry = Entry.objects.get(kind="contact.permitted")
    assert (entry.subject, entry.person_id) == (f"claim:{case.claim.pk}", case.claim.debtor_id)
    job = ProcrastinateJob.objects.order_by("-id")[0]
    assert ProcrastinateJob.objects.count() == before + 1
    assert (job.task_name, job.lock) == ("contact.send", f"person:{case.claim.debtor_id}")


def test_the_fourth_call_is_refused_and_recorded_and_queues_nothing(case: Case) -> None:
    for minute in range(3):
        assert case.ask(AT + minute * MINUTE).state == AttemptState.PERMITTED
    jobs = ProcrastinateJob.objects.count()
    attempt = case.ask(AT + 3 * MINUTE)
    assert attempt.state == AttemptState.REFUSED
    assert "CN-FRQ-01" in attempt.rules
    assert attempt.counters["cn_talks_today"] == 3
    assert attempt.next_allowed_at == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert ProcrastinateJob.objects.count() == jobs
    assert Entry.objects.filter(kind="contact.refused").count() == 1
    with pytest.raises(ContactRefused) as refused:
        insist(attempt)
    assert refused.value.facts["rule"] == "CN-FRQ-01"
    assert refused.value.facts["sentence"]


def test_one_person_has_one_budget_over_all_creditors_and_collectors(case: Case) -> None:
    other = factories.claim(debtor=case.claim.debtor)
    agency = factories.collector()
    factories.mandate(other, agency)
    for minute in range(3):
        case.ask(AT + minute * MINUTE)
    attempt = request_contact(
        claim_id=other.pk,
        channel="voice",
        template="reminder",
        actor=factories.actor(Role.COLLECTOR, agency),
        at=AT + HOUR,
    )
    assert attempt.rules == ["PLT-CAP-01"]


@pytest.mark.parametrize("hour", [15, 23])
def test_closed_hours_refuse_and_name_the_morning(case: Case, hour: int) -> None:
    attempt = case.ask(datetime(2026, 11, 22, hour, tzinfo=UTC))
    assert {"CN-WIN-01", "CN-WIN-02"} <= set(attempt.rules)
    assert attempt.next_allowed_at == datetime(2026, 11, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (HoldKind.DISPUTE, "PLT-DSP-01"),
        (HoldKind.HARDSHIP, "PLT-HLD-01"),
        (HoldKind.COMPLAINT, "PLT-CMP-01"),
        (HoldKind.REPRESENTATION, "PLT-HLD-02"),
        (HoldKind.MORATORIUM, "PLT-HLD-03"),
        (HoldKind.DEATH, "PLT-DEC-01"),
        (HoldKind.RECALL, "PLT-MND-01"),
        (HoldKind.FLAG, "PLT-HLD-04"),
        (HoldKind.PLAN, "PLT-PLAN-01"),
    ],
)
def test_every_kind_of_hold_refuses_by_a_rule_of_its_own(
    case: Case, kind: HoldKind, rule: str
) -> None:
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=case.claim.pk,
        kind=kind,
        cause="test:1",
        ends_at=None,
        actor=system("test"),
        at=AT,
    )
    attempt = case.ask(AT + MINUTE)
    assert attempt.state == AttemptState.REFUSED
    assert rule in attempt.rules
    assert attempt.next_allowed_at is None


def test_no_zone_no_contact(case: Case) -> None:
    Person.objects.filter(pk=case.claim.debtor_id).update(zones=[])
    ContactPoint.objects.filter(person=case.claim.debtor_id).update(zone="")
    attempt = case.ask(AT)
    assert attempt.rules == ["PLT-IN-02"]


def test_no_address_in_service_no_contact(case: Case) -> None:
    ContactPoint.objects.filter(person=case.claim.debtor_id).update(state="invalid")
    assert case.ask(AT).rules == ["PLT-IN-03"]


def test_no_approved_wording_no_contact(case: Case) -> None:
    assert case.ask(AT, template="threat").rules == ["PLT-IN-04"]
    assert case.ask(AT, template="door_letter").rules == ["PLT-IN-04"]


def test_the_fourth_message_of_the_day_is_refused_over_all_channels(case: Case) -> None:
    for minute, channel in enumerate(["sms", "email", "sms"]):
        assert case.ask(AT + minute * MINUTE, channel).state == AttemptState.PERMITTED
    attempt = case.ask(AT + HOUR, "email")
    assert attempt.rules == ["PLT-MSG-01"]
    assert attempt.next_allowed_at == datetime(2026, 11, 24, 0, tzinfo=UTC)
    notice = case.ask(AT + HOUR, "email", template="first_notice", purpose="legal_notice")
    assert notice.state == AttemptState.PERMITTED


def test_the_second_call_within_a_minute_is_refused_with_its_moment(case: Case) -> None:
    assert case.ask(AT).state == AttemptState.PERMITTED
    attempt = case.ask(AT + timedelta(seconds=59))
    assert attempt.rules == ["PLT-ADR-01"]
    assert attempt.next_allowed_at == AT + MINUTE
    assert case.ask(AT + MINUTE).state == AttemptState.PERMITTED


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_second_message_within_a_minute_is_refused_over_all_who_ask(
    case: Case, channel: str
) -> None:
    other = factories.claim(debtor=case.claim.debtor)
    agency = factories.collector()
    factories.mandate(other, agency)
    collector = factories.actor(Role.COLLECTOR, agency)
    assert case.ask(AT, channel).state == AttemptState.PERMITTED
    assert case.ask(AT, "voice").state == AttemptState.PERMITTED, "a call is not a message"
    attempt = request_contact(
        claim_id=other.pk,
        channel=channel,
        template="reminder",
        actor=collector,
        at=AT + timedelta(seconds=30),
    )
    assert attempt.rules == ["PLT-ADR-01"]
    notice = case.ask(AT + timedelta(seconds=45), "email", template="first_notice")
    assert ("PLT-ADR-01" in notice.rules) == (channel == "email"), "whatever it is about"


def test_letters_do_not_ring(case: Case) -> None:
    for purpose in ("legal_notice", "collect"):
        attempt = case.ask(AT, "letter", template="first_notice", purpose=purpose)
        assert "PLT-ADR-01" not in attempt.rules


def test_an_address_has_its_share_of_a_day_whatever_the_caps_of_the_person(case: Case) -> None:
    for n in range(8):
        attempt = case.ask(AT + 2 * n * MINUTE)
        Attempt.objects.filter(pk=attempt.pk).update(state="failed", outcome=None)
    assert Attempt.objects.exclude(state="failed").count() == 0
    refused = case.ask(AT + HOUR, "sms")
    assert refused.rules == ["PLT-ADR-02"]
    assert refused.next_allowed_at == AT + timedelta(days=1)


def test_a_wish_closes_a_channel_at_once(case: Case) -> None:
    debtor = factories.debtor_of(case.claim)
    set_wish(person_id=case.claim.debtor_id, kind="channel", channels=["sms"], actor=debtor, at=AT)
    assert "PLT-OBJ-01" in case.ask(AT, "sms").rules
    assert case.ask(AT, "email").state == AttemptState.PERMITTED


def test_a_wish_narrows_the_hours(case: Case) -> None:
    debtor = factories.debtor_of(case.claim)
    set_wish(
        person_id=case.claim.debtor_id,
        kind="time",
        window=(time(18), time(20)),
        actor=debtor,
        at=AT,
    )
    attempt = case.ask(AT)
    assert "PLT-OBJ-01" in attempt.rules
    assert attempt.next_allowed_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_stranger_cannot_tell_whether_the_claim_exists(case: Case) -> None:
    stranger = factories.actor(Role.COLLECTOR, factories.collector())
    with pytest.raises(NoMandate):
        case.ask(AT, actor=stranger)
    with pytest.raises(NotPermitted):
        case.ask(AT, actor=factories.debtor_of(case.claim))
    assert not Attempt.objects.exists()


def test_a_suspended_mandate_is_refused_by_its_rule(case: Case) -> None:
    case.mandate.state = "suspended"
    case.mandate.save()
    assert "PLT-MND-01" in case.ask(AT).rules


def test_an_attempt_without_evidence_does_not_happen(case: Case) -> None:
    with (
        patch("qinghe.contact.services.requests.record", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        case.ask(AT)
    assert not Attempt.objects.exists()


def test_the_same_request_key_asks_once(case: Case) -> None:
    keyed = case.collector.with_key("k1")
    first = case.ask(AT, actor=keyed)
    again = case.ask(AT + MINUTE, actor=keyed)
    assert first.pk == again.pk
    assert Attempt.objects.count() == 1


def test_a_request_is_five_statements_whatever_happened_before(
    case: Case,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What this test has seen committed is rolled back; other tests must not believe it.
    monkeypatch.setattr(law, "_kept", set())
    # Lock, read, attempt, journal, job; and a verb is a savepoint in a test's transaction.
    permitted, refused = 7, 6
    # The law is kept once, by the first decision of a process.
    with django_capture_on_commit_callbacks(execute=True):
        assert case.ask(AT).state == AttemptState.PERMITTED
    for minutes in (2, 4):
        with django_assert_num_queries(permitted):
            assert case.ask(AT + minutes * MINUTE).state == AttemptState.PERMITTED
    for kind in (HoldKind.DISPUTE, HoldKind.COMPLAINT):
        with django_assert_num_queries(refused):
            assert case.ask(AT + 6 * MINUTE).state == AttemptState.REFUSED
        place_hold(
            person_id=case.claim.debtor_id,
            claim_id=None,
            kind=kind,
            cause=f"test:{kind}",
            ends_at=None,
            actor=system("test"),
            at=AT,
        )
    with django_assert_num_queries(refused):
        assert case.ask(AT + 8 * MINUTE).state == AttemptState.REFUSED


def test_a_hold_until_the_end_of_the_calendar_is_refused_and_not_a_fault(case: Case) -> None:
    place_hold(
        person_id=case.claim.debtor_id,
        claim_id=None,
        kind=HoldKind.MORATORIUM,
        cause="test:1",
        ends_at=datetime(9999, 12, 31, 16, tzinfo=UTC),
        actor=system("test"),
        at=AT - HOUR,
    )
    attempt = case.ask(AT)
    assert (attempt.rules, attempt.next_allowed_at) == (["PLT-HLD-03"], None)
    day = budget(claim_id=case.claim.pk, actor=case.collector, at=AT)
    assert not day.channel("sms").allowed
