"""Whatever the gate does not know, it refuses: by a named rule, on record and in the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from qinghe.claims.models import Claim
from qinghe.contact.models import Attempt
from qinghe.contact.queries import attempts_of_claim, attempts_of_person, explain
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role, system
from qinghe.market.refusals import NoMandate
from qinghe.parties.models import ContactPoint, Person
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT


def refused(attempt: Attempt) -> list[str]:
    """Return the rules of a refusal that is on record, journalled, and queued nothing."""
    kept = Attempt.objects.get(pk=attempt.pk)
    assert kept.state == AttemptState.REFUSED
    entry = Entry.objects.get(kind="contact.refused", facts__attempt=str(attempt.pk))
    assert entry.rules == kept.rules
    assert not ProcrastinateJob.objects.filter(args__attempt_id=str(attempt.pk)).exists()
    return list(kept.rules)


@pytest.fixture
def person(case: Case) -> Person:
    return case.claim.debtor


def test_without_a_zone(case: Case, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(zones=[])
    ContactPoint.objects.filter(person=person).update(zone="")
    assert refused(case.ask(AT)) == ["PLT-IN-02"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+08:00", "../etc"])
def test_with_a_zone_nobody_knows(case: Case, person: Person, zone: str) -> None:
    Person.objects.filter(pk=person.pk).update(zones=[zone])
    assert refused(case.ask(AT)) == ["PLT-IN-05"]


def test_without_an_address(case: Case, person: Person) -> None:
    ContactPoint.objects.filter(person=person).update(state="invalid")
    assert refused(case.ask(AT)) == ["PLT-IN-03"]
    assert refused(case.ask(AT, "visit")) != []


@pytest.mark.parametrize("source", ["address_book", "purchased", "scraped", "unknown"])
def test_with_an_address_of_no_lawful_origin(case: Case, person: Person, source: str) -> None:
    ContactPoint.objects.filter(person=person).update(source=source)
    assert refused(case.ask(AT)) == ["CN-CHN-02"]


def test_with_an_address_of_an_origin_nobody_knows(case: Case, person: Person) -> None:
    ContactPoint.objects.filter(person=person).update(source="found it")
    assert refused(case.ask(AT)) == ["PLT-IN-05"]


@pytest.mark.parametrize("template", ["", "threat", "door_letter"])
def test_without_an_approved_wording(case: Case, template: str) -> None:
    assert refused(case.ask(AT, template=template)) == ["PLT-IN-04"]


@pytest.mark.parametrize("purpose", ["collect", "reply"])
def test_a_collector_sends_no_access_codes(case: Case, purpose: str) -> None:
    attempt = case.ask(AT, "letter", template="door_letter", purpose=purpose)
    assert "PLT-IN-04" in refused(attempt)


@pytest.mark.parametrize("channel", ["fax", "im", "", "VOICE"])
def test_by_a_channel_nobody_knows(case: Case, channel: str) -> None:
    attempt = case.ask(AT, channel)
    assert {"PLT-IN-03", "PLT-IN-05"} == set(refused(attempt))
    assert Attempt.objects.get(pk=attempt.pk).channel == "?", "words from outside are not kept"


@pytest.mark.parametrize("mode", ["robot", "ai"])
def test_in_a_mode_nobody_knows(case: Case, mode: str) -> None:
    assert refused(case.ask(AT, mode=mode)) == ["PLT-IN-05"]


@pytest.mark.parametrize("purpose", ["shame", "", "locate "])
def test_for_a_purpose_nobody_knows(case: Case, purpose: str) -> None:
    assert refused(case.ask(AT, purpose=purpose)) == ["PLT-IN-05"]


def test_a_refusal_of_unknown_words_can_be_read_by_all_who_may(case: Case) -> None:
    attempt = case.ask(AT, "fax")
    debtor = factories.debtor_of(case.claim)
    assert attempts_of_claim(claim_id=case.claim.pk, actor=case.collector)[0].how == "?"
    assert attempts_of_person(person_id=case.claim.debtor_id, actor=debtor)[0].refused
    assert all(rule.sentence for rule in explain(attempt_id=attempt.pk, actor=debtor).rules)


def test_under_a_mandate_that_rests(case: Case) -> None:
    case.mandate.state = "suspended"
    case.mandate.save()
    assert "PLT-MND-01" in refused(case.ask(AT))


def test_the_platform_itself_on_a_claim_that_is_closed(case: Case) -> None:
    Claim.objects.filter(pk=case.claim.pk).update(state="settled", closed_at=AT)
    notice = {"template": "first_notice", "purpose": "legal_notice", "actor": system("test")}
    assert "PLT-MND-01" in refused(case.ask(AT, "letter", **notice))


def test_a_person_of_whom_it_is_known_that_they_died(case: Case, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(deceased_on=AT.date())
    assert "PLT-DEC-01" in refused(case.ask(AT))


def test_what_the_sender_finds_missing_stops_what_was_permitted(case: Case) -> None:
    for minute, missing in enumerate(
        ({"source": "scraped"}, {"zone": "Mars"}, {"state": "invalid"})
    ):
        attempt = case.ask(AT + timedelta(minutes=2 * minute))
        assert attempt.state == AttemptState.PERMITTED
        points = ContactPoint.objects.filter(pk=case.phone.pk)
        before = points.values(*missing)[0]
        points.update(**missing)
        stopped = case.sent(attempt, AT + timedelta(minutes=2 * minute))
        points.update(**before)
        assert stopped.state == AttemptState.CANCELLED
        assert Entry.objects.get(kind="contact.cancelled", facts__attempt=str(attempt.pk)).rules


def test_a_stranger_leaves_no_trace_from_which_to_learn_that_a_claim_exists(case: Case) -> None:
    stranger = factories.actor(Role.COLLECTOR, factories.collector())
    with pytest.raises(NoMandate):
        case.ask(AT, "fax", actor=stranger)
    assert not Attempt.objects.exists()
