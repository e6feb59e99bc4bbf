from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from qinghe.contact.models import Attempt, Mailing
from qinghe.contact.refusals import NothingToSend
from qinghe.contact.services import start_mailing, step_mailing
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor, Role
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.races import race


@pytest.mark.django_db(transaction=True)
def test_sixty_four_requests_for_the_last_free_call_permit_exactly_one() -> None:
    case = make_case()
    for minutes in (4, 2):
        assert case.ask(AT - timedelta(minutes=minutes)).state == AttemptState.PERMITTED

    def ask(actor: Actor) -> str:
        return case.ask(AT, actor=actor).state

    runners = [factories.actor(Role.COLLECTOR, case.mandate.collector) for _ in range(64)]
    answers = race(runners, ask)
    assert answers.count(AttemptState.PERMITTED) == 1
    assert Attempt.objects.filter(state=AttemptState.PERMITTED).count() == 3
    assert Attempt.objects.filter(state=AttemptState.REFUSED).count() == 63


@pytest.mark.django_db(transaction=True)
def test_whoever_gets_the_lock_first_counts_even_with_a_clock_ahead() -> None:
    case = make_case()
    for minute in range(3):
        case.ask(AT + minute * timedelta(minutes=1))
    assert case.ask(AT).state == AttemptState.REFUSED


@pytest.mark.django_db(transaction=True)
def test_sixteen_collectors_on_eight_persons_never_pass_a_cap() -> None:
    cases = [make_case() for _ in range(8)]

    def work(seed: int) -> None:
        order = Random(seed)
        for minute in range(12):
            channel = order.choice(["voice", "sms", "email"])
            order.choice(cases).ask(AT + timedelta(minutes=minute), channel)

    race(range(16), work)
    for case in cases:
        permitted = Attempt.objects.filter(
            person=case.claim.debtor_id, state=AttemptState.PERMITTED
        )
        assert permitted.filter(channel="voice").count() <= 3
        assert permitted.exclude(channel="voice").count() <= 3
    assert Attempt.objects.count() == 16 * 12


@pytest.mark.django_db(transaction=True)
def test_eight_who_start_the_same_message_to_many_send_it_once() -> None:
    case = make_case()
    mailings = race(range(8), lambda _one: _start(case))
    assert sum(mailing is not None for mailing in mailings) == 1
    started = next(mailing for mailing in mailings if mailing)
    race(range(8), lambda _one: step_mailing(mailing_id=started.pk, at=AT))
    assert Attempt.objects.count() == 1
    assert Mailing.objects.get().state == "done"


def _start(case: Case) -> Mailing | None:
    try:
        return start_mailing(
            claim_ids=[case.claim.pk],
            channel="sms",
            template="reminder",
            actor=case.collector,
            at=AT,
        )
    except NothingToSend:
        return None
