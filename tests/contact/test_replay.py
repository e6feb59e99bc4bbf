"""What a draft would have changed: the replay says what the gate would really have done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.claims.models import Hold
from qinghe.contact.models import Attempt
from qinghe.contact.queries.replay import replay
from qinghe.contact.services import record_outcome
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Role
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.contact.test_house_packs import TWO_TALKS, approved, officer
from tests.factories import AT

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAUSE = {"tighten": [{"rule": "PLT-CAP-01", "parameter": "gap_minutes", "value": 240}]}
EVERYTHING = {
    "tighten": [
        {"rule": "CN-FRQ-01", "parameter": "max", "value": 2},
        {"rule": "PLT-CAP-01", "parameter": "gap_minutes", "value": 90},
        {"rule": "PLT-MSG-01", "parameter": "max", "value": 1},
        {"rule": "CN-WIN-01", "parameter": "open", "value": "09:30"},
        {"rule": "CN-WIN-01", "parameter": "close", "value": "18:00"},
        {"rule": "PLT-HLD-01", "parameter": "rest_days", "value": 2},
    ],
    "close": [{"from": "2026-11-25", "until": "2026-11-26"}],
}


def replayed(content: Any, days: int = 7, at: Any = AT + 7 * DAY, **more: Any) -> dict[str, Any]:
    return replay(content=content, days=days, actor=officer(), at=at, **more)


def changed(found: dict[str, Any], change: str) -> list[UUID]:
    return [UUID(each["attempt"]) for each in found["examples"] if each["change"] == change]


def test_what_the_draft_refuses_has_not_happened_for_later_attempts(case: Case) -> None:
    hours = (0, 1, 2, 4, 5)
    made = [case.ask(AT + hour * HOUR, "sms" if hour else "voice") for hour in hours]
    found = replayed(PAUSE)
    # 4 hours after the first contact the pause is over, although two lay between.
    assert changed(found, "refused") == [made[1].pk, made[2].pk]
    assert found["asked"] == 5
    assert found["refused_then"] == 1
    assert (found["newly_refused"], found["newly_permitted"]) == (2, 0)


def test_an_answer_of_the_law_stands(case: Case) -> None:
    made = [case.ask(AT + minute * MINUTE) for minute in range(4)]
    assert made[3].state == AttemptState.REFUSED
    assert changed(replayed(TWO_TALKS), "refused") == [made[2].pk]


def test_a_looser_draft_permits_again_what_only_the_older_one_refused(case: Case) -> None:
    approved({"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 1}]})
    made = [case.ask(AT + minute * MINUTE) for minute in range(3)]
    assert [each.state for each in made[1:]] == [AttemptState.REFUSED] * 2
    found = replayed(TWO_TALKS)
    # What is permitted again counts for those after it.
    assert changed(found, "permitted") == [made[1].pk]
    assert found["by_rule"] == [{"id": "HSE-FRQ-01", "name": "", "refused": 0, "permitted": 1}]
    assert (found["newly_refused"], found["newly_permitted"]) == (0, 1)


def test_an_outcome_that_came_later_was_not_known_then(case: Case) -> None:
    first = case.reach(AT)
    second = case.ask(AT + 2 * MINUTE)
    record_outcome(
        attempt_id=first.pk, outcome="no_answer", actor=case.collector, at=AT + 3 * MINUTE
    )
    third = case.ask(AT + 4 * MINUTE)
    one = {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 1}]}
    # The second met a call that counted as a talk; the third one that nobody took.
    assert changed(replayed(one), "refused") == [second.pk]
    assert third.state == AttemptState.PERMITTED


def test_it_counts_by_collector_and_creditor_and_names_nobody(case: Case) -> None:
    other = make_case()
    for each in (case, case, case, other):
        each.ask(AT + MINUTE * Attempt.objects.count())
    found = replayed(TWO_TALKS)
    collector, creditor = case.mandate.collector, case.claim.creditor
    assert found["persons"] == 2
    assert found["by_collector"] == [
        {"id": str(collector.pk), "name": collector.name, "refused": 1, "permitted": 0}
    ]
    assert found["by_creditor"] == [
        {"id": str(creditor.pk), "name": creditor.name, "refused": 1, "permitted": 0}
    ]
    assert str(case.claim.debtor_id) not in str(found)


def test_earlier_days_are_history_only(case: Case) -> None:
    case.ask(AT)
    late = case.ask(AT + 2 * HOUR, "sms")
    found = replayed(PAUSE, days=1, at=AT + DAY + HOUR)
    assert found["asked"] == 1
    assert changed(found, "refused") == [late.pk]


def test_of_too_many_only_the_latest_are_judged_and_it_says_so(case: Case) -> None:
    made = [case.ask(AT + hour * HOUR, "sms") for hour in range(3)]
    found = replayed(PAUSE, limit=2)
    assert not found["whole"]
    assert found["since"] > made[0].at.isoformat()
    assert found["asked"] == 2
    assert changed(found, "refused") == [made[1].pk, made[2].pk]
    assert replayed(PAUSE, limit=3)["whole"]


def test_quiet_days_after_a_hold_are_asked_as_they_were(case: Case) -> None:
    quiet = {"tighten": [{"rule": "PLT-HLD-01", "parameter": "rest_days", "value": 2}]}
    before = case.ask(AT, "sms")
    Hold.objects.create(
        person_id=case.claim.debtor_id,
        kind="hardship",
        cause="hardship:1",
        placed_at=AT + MINUTE,
        lifted_at=AT + HOUR,
    )
    inside = [case.ask(AT + HOUR * hour, "sms") for hour in (2, 48)]
    after = case.ask(AT + 50 * HOUR, "sms")
    assert {before.state, after.state} == {AttemptState.PERMITTED}
    assert changed(replayed(quiet), "refused") == [each.pk for each in inside]


def test_only_those_who_may_tighten_rules_replay() -> None:
    with pytest.raises(NotPermitted):
        replay(content=PAUSE, days=1, actor=officer(Role.COLLECTOR), at=AT)


def test_the_number_of_queries_does_not_grow(
    case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [make_case() for _ in range(3)]
    for each in (case, *others):
        each.ask(AT)
        each.ask(AT + HOUR, "sms")
    with django_assert_num_queries(4):
        assert replayed(EVERYTHING)["newly_refused"] == 4


@dataclass(frozen=True)
class Step:
    """One thing that somebody does in both worlds."""

    who: int
    at: datetime
    channel: str
    said: str
    told_after: timedelta


def steps(seed: int) -> list[Step]:
    """Let some collectors ask through four days, inside the law's hours."""
    order, found = Random(seed), []
    for day, who, _ in product(range(4), range(4), range(2)):
        at = AT.replace(hour=0) + day * DAY + timedelta(minutes=order.randrange(1, 13 * 60))
        channel = order.choice(["voice", "voice", "sms", "email"])
        said = order.choice(["", "talk", "no_answer", "busy"])
        found.append(Step(who, at, channel, said, order.choice([MINUTE, 3 * HOUR])))
    return sorted(found, key=lambda step: step.at)


def world() -> list[Case]:
    """Return two claims each of two persons, with a collector each."""
    cases = [make_case() for _ in range(2)]
    for first in list(cases):
        agency = factories.collector()
        claim = factories.claim(debtor=first.claim.debtor)
        mandate = factories.mandate(claim, agency)
        claim.refresh_from_db()
        cases.append(Case(claim, mandate, factories.actor(Role.COLLECTOR, agency), first.phone))
    return cases


def lived(seed: int) -> list[Attempt]:
    """Do every step in a world of its own."""
    cases, made = world(), []
    for step in steps(seed):
        case = cases[step.who]
        attempt = case.reach(step.at, step.channel)
        made.append(attempt)
        if attempt.channel == "voice" and attempt.sent_at and step.said:
            told = step.at + step.told_after
            record_outcome(attempt_id=attempt.pk, outcome=step.said, actor=case.collector, at=told)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_the_replay_says_what_the_gate_would_have_done(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinghe.contact.replaying.EXAMPLES", 1_000)
    without = lived(seed)
    told = {*changed(replayed(EVERYTHING, days=8, limit=None), "refused")}
    approved(EVERYTHING, starts_at=AT - 6 * HOUR)
    within = lived(seed)
    judged, off = [], set()
    for before, after in zip(without, within, strict=True):
        # Where the law itself refused, the two worlds part: its answer stands in a replay.
        off |= {before.person_id} if before.state == AttemptState.REFUSED else set()
        if before.person_id not in off:
            judged.append((before.pk in told, after.state == AttemptState.REFUSED))
    assert len(judged) >= 10
    assert [said for said, _ in judged] == [did for _, did in judged]
    assert {True, False} <= {said for said, _ in judged}
