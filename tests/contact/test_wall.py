"""
The last wall: one address is not flooded, even when everything above it is broken.

Here the gate is not asked: permissions are written straight into the table, and the judgement
before sending says yes to everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID

import pytest

from qinghe.contact.decision import Decision
from qinghe.contact.facts import Asked, Situation
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.services import send
from qinghe.contact.terms import AttemptState
from qinghe.parties.models import ContactPoint
from qinghe.parties.services import unseal
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.races import race

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken_gate() -> Iterator[None]:
    def yes(situation: Situation, asked: Asked) -> Decision:
        point = situation.point_for(asked.channel)
        return Decision(False, (), (), {}, "broken", point, None, None)

    with patch("qinghe.contact.services.sending.decide", yes):
        yield


def permission(case: Case, point: ContactPoint, channel: str = "voice") -> Attempt:
    """Write a permission that nobody gave."""
    return Attempt.objects.create(
        person=case.claim.debtor,
        claim=case.claim,
        mandate=case.mandate,
        collector=case.mandate.collector,
        point=point,
        channel=channel,
        mode="human",
        purpose="collect",
        template="reminder",
        at=AT,
        state=AttemptState.PERMITTED,
    )


def sharing(case: Case) -> tuple[Case, ContactPoint]:
    """Return another person's case with the same telephone number."""
    other = make_case()
    ContactPoint.objects.filter(pk=other.phone.pk).delete()
    return other, factories.point(other.claim.debtor, "phone", unseal(case.phone.address))


def sent_at_once(attempts: list[Attempt]) -> list[str]:
    def run(attempt_id: UUID) -> str:
        return send(attempt_id=attempt_id, at=AT)

    return race([attempt.pk for attempt in attempts], run)


@pytest.mark.usefixtures("broken_gate")
@pytest.mark.parametrize("channel", ["voice", "sms"])
def test_two_workers_and_two_persons_with_one_number_send_once(channel: str) -> None:
    case = make_case()
    other, point = sharing(case)
    for _round in range(5):
        Attempt.objects.update(sent_at=None)
        attempts = [permission(case, case.phone, channel), permission(other, point, channel)]
        assert sorted(sent_at_once(attempts)) == [AttemptState.CANCELLED, AttemptState.DONE]
    stopped = Attempt.objects.filter(state=AttemptState.CANCELLED)
    assert {tuple(rules) for rules in stopped.values_list("rules", flat=True)} == {("PLT-ADR-01",)}


@pytest.mark.usefixtures("broken_gate")
def test_thirty_two_workers_on_permissions_nobody_gave_ring_once() -> None:
    case = make_case()
    other, point = sharing(case)
    attempts = [permission(case, case.phone) for _ in range(16)]
    attempts += [permission(other, point) for _ in range(16)]
    assert sent_at_once(attempts).count(AttemptState.DONE) == 1
    assert Delivery.objects.count() == 1


def test_two_workers_with_one_job_send_once() -> None:
    case = make_case()
    attempt = case.ask(AT, "sms")
    race([attempt.pk] * 8, lambda attempt_id: send(attempt_id=attempt_id, at=AT))
    assert Delivery.objects.count() == 1


@pytest.mark.usefixtures("broken_gate")
def test_a_day_of_permissions_nobody_gave_ends_at_the_share_of_the_address() -> None:
    case = make_case()
    other, point = sharing(case)
    states = []
    for minute in range(0, 60, 2):
        whose, where = ((case, case.phone), (other, point))[minute % 4 // 2]
        attempt = permission(whose, where, ("voice", "sms")[minute % 3 % 2])
        states.append(send(attempt_id=attempt.pk, at=AT + minute * timedelta(minutes=1)))
    assert states == [AttemptState.DONE] * 8 + [AttemptState.CANCELLED] * 22
    last = Attempt.objects.filter(state=AttemptState.CANCELLED).latest("pk")
    assert last.rules == ["PLT-ADR-02"]


def test_a_permission_nobody_gave_is_judged_before_it_is_sent() -> None:
    case = make_case()
    attempts = [permission(case, case.phone) for _ in range(12)]
    states = [
        send(attempt_id=attempt.pk, at=AT + n * timedelta(minutes=2))
        for n, attempt in enumerate(attempts)
    ]
    assert states.count(AttemptState.DONE) == 3, "the calls of a day"


def test_the_wall_and_the_gate_read_the_same_numbers(case: Case) -> None:
    assert case.reach(AT).state == AttemptState.DONE
    for seconds in (1, 59):
        attempt = case.ask(AT + seconds * SECOND)
        assert attempt.rules == ["PLT-ADR-01"]
    assert case.reach(AT + 60 * SECOND).state == AttemptState.DONE
