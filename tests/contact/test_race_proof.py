"""
The proof that no race passes a cap, counted in the tables and not by asking the gate.

A person in China may be called three times a day while nobody knows what came of it, and gets
three messages. The last test takes the lock out, and the same count finds what went over.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from threading import Barrier
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection

from qinghe.bench.frame import filled
from qinghe.claims.models import Claim
from qinghe.contact.decision import decide
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from tests import factories
from tests.contact.conftest import make_case
from tests.races import PATIENCE, race

SECONDS = int(os.environ.get("QINGHE_RACE_SECONDS", "60"))
SCHEDULES = int(os.environ.get("QINGHE_RACE_SCHEDULES", "500"))
CLIENTS, PERSONS, THREADS = 64, 200, 16
# Whom gate.sql gave a certificate.
WORKER = UUID("01900000-0000-7000-8000-100000000001")
# Nine in the morning in China.
MORNING = datetime(2026, 3, 10, 1, tzinfo=UTC)
DAY_SECONDS = 10
OVER = """
    SELECT person_id, (at AT TIME ZONE 'Asia/Shanghai')::date,
        count(*) FILTER (WHERE channel = 'voice'), count(*) FILTER (WHERE channel <> 'voice')
    FROM contact_attempt WHERE state NOT IN ('refused', 'cancelled')
    GROUP BY 1, 2
    HAVING count(*) FILTER (WHERE channel = 'voice') > 3
        OR count(*) FILTER (WHERE channel <> 'voice') > 3
"""
# A call or a message less than a minute after another of its kind to the same number.
TOO_SOON = """
    SELECT id FROM (
        SELECT id, at - lag(at) OVER (PARTITION BY point_id, channel ORDER BY at) AS pause
        FROM contact_attempt WHERE state NOT IN ('refused', 'cancelled')
    ) paused WHERE pause < interval '60 seconds'
"""

pytestmark = pytest.mark.django_db(transaction=True)


def violations() -> list[tuple[object, ...]]:
    """Return every person's day over a cap, and every contact without its pause."""
    found = []
    with connection.cursor() as cursor:
        for statement in (OVER, TOO_SOON):
            cursor.execute(statement)
            found += cursor.fetchall()
    return found


def test_sixty_four_clients_on_two_hundred_persons_never_pass_a_cap() -> None:
    filled("gate.sql", day=date(2026, 3, 10), persons=PERSONS)
    mandates = list(Mandate.objects.order_by("pk").values_list("claim_id", "collector_id"))
    begun = time.monotonic()

    def work(seed: int) -> int:
        order, asked = Random(seed), 0
        while (elapsed := time.monotonic() - begun) < SECONDS:
            # Ten seconds are a day of ten hours; all clients crowd around the same few persons.
            day, part = divmod(elapsed, DAY_SECONDS)
            first = int(part / DAY_SECONDS * PERSONS)
            claim_id, org_id = mandates[(first + order.randrange(8)) % PERSONS]
            request_contact(
                claim_id=claim_id,
                channel=order.choice(("voice", "sms")),
                template="reminder",
                actor=Actor(Role.COLLECTOR, user_id=WORKER, org_id=org_id),
                at=MORNING + timedelta(days=day, hours=part),
            )
            asked += 1
        return asked

    asked = sum(race(range(CLIENTS), work))
    assert violations() == []
    assert Attempt.objects.count() == asked
    permitted = Attempt.objects.filter(state=AttemptState.PERMITTED).count()
    assert PERSONS < permitted < asked, "the caps were reached"


def test_five_hundred_schedules_against_one_person_never_pass_a_cap() -> None:
    run_schedules(SCHEDULES, works_of_one_person(4))
    assert violations() == []
    refused = Attempt.objects.filter(state=AttemptState.REFUSED).count()
    assert Attempt.objects.count() == SCHEDULES * THREADS
    assert refused > SCHEDULES * THREADS // 2, "the caps were reached"


def test_without_the_lock_the_proof_finds_what_went_over() -> None:
    together = Barrier(THREADS, timeout=PATIENCE)

    def looked(*args: object, **kwargs: object) -> object:
        # Everybody has read before anybody writes: what the lock is there to prevent.
        together.wait()
        return decide(*args, **kwargs)  # type: ignore[arg-type]

    gate = "qinghe.contact.services.requests."
    with patch(gate + "lock_debtor", debtor_of), patch(gate + "decide", looked):
        run_schedules(3, works_of_one_person(2), together)
    assert len(violations()) >= 3


Works = list[tuple[UUID, Actor]]


def works_of_one_person(claims: int) -> Works:
    """Return several claims on one person, each of another creditor and another collector."""
    case = make_case()
    works: Works = []
    for _ in range(claims):
        claim, agency = factories.claim(debtor=case.claim.debtor), factories.collector()
        ends_at = MORNING + timedelta(days=SCHEDULES + 1)
        factories.mandate(claim, agency, starts_at=MORNING - timedelta(1), ends_at=ends_at)
        works.append((claim.pk, factories.actor(Role.COLLECTOR, agency)))
    return works


def run_schedules(schedules: int, works: Works, *gates: Barrier) -> None:
    """Let sixteen threads ask at once about the person, a new day each time, in random order."""
    together = Barrier(THREADS, timeout=PATIENCE)
    minutes = [count() for _ in range(schedules)]

    def work(thread: int) -> None:
        for number in range(schedules):
            order = Random(number * THREADS + thread)
            claim_id, actor = order.choice(works)
            channel = order.choice(("voice", "voice", "sms"))
            together.wait()
            at = MORNING + timedelta(days=number, minutes=2 * next(minutes[number]))
            request_contact(
                claim_id=claim_id, channel=channel, template="reminder", actor=actor, at=at
            )

    race(range(THREADS), work, together, *gates)


def debtor_of(claim_id: UUID) -> UUID:
    """Look the debtor up as the gate does, and lock nothing."""
    return Claim.objects.values_list("debtor_id", flat=True).get(pk=claim_id)
