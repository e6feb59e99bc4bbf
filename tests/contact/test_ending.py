"""No call runs past the last permitted moment, whoever forgot to end it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import translation
from procrastinate.contrib.django import app

from config.schedule import CLOCKS
from qinghe.casework.queries import timeline
from qinghe.contact.gateways import GatewayFailed
from qinghe.contact.models import Attempt
from qinghe.contact.queries import attempts_of_claim
from qinghe.contact.refusals import OutcomeKnown
from qinghe.contact.services import end_calls, record_outcome
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.reporting.contraventions import found
from tests.contact.conftest import Case

MINUTE = timedelta(minutes=1)
# Ten in the evening in China.
EDGE = datetime(2026, 11, 23, 14, tzinfo=UTC)


def calling(case: Case) -> Attempt:
    """Return a call that was put through ten minutes before the window closes."""
    attempt = case.reach(EDGE - 10 * MINUTE)
    assert (attempt.state, attempt.must_end_by) == (AttemptState.DONE, EDGE)
    return attempt


def strike(until: datetime, since: datetime) -> None:
    """Let the clock strike each minute in between, as in life."""
    assert any((each.cron, each.task) == ("* * * * *", "contact.end-calls") for each in CLOCKS)
    at = since
    while at <= until:
        with clock.at(at):
            app.tasks["contact.end-calls"]()
        at += MINUTE


def test_a_call_that_still_runs_is_ended_before_its_window_closes(case: Case) -> None:
    attempt = calling(case)
    with patch("qinghe.contact.gateways.hang_up", return_value=True) as hang_up:
        strike(since=EDGE - 10 * MINUTE, until=EDGE - 2 * MINUTE)
        hang_up.assert_not_called()
        strike(since=EDGE - MINUTE, until=EDGE + 5 * MINUTE)
        hang_up.assert_called_once_with("voice", attempt.pk.hex[-8:].upper())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.outcome) == (AttemptState.DONE, "dropped")
    assert attempt.ended_at is not None
    assert attempt.ended_at <= EDGE
    entry = Entry.objects.get(kind="contact.call-ended")
    assert entry.actor == "system:contact.end-calls"
    assert (entry.facts["ran"], entry.facts["must_end_by"]) == (True, EDGE.isoformat())
    assert found("attempts-in-named-states", at=EDGE) == []


def test_the_page_of_the_case_tells_that_the_platform_ended_it(case: Case) -> None:
    calling(case)
    before = attempts_of_claim(claim_id=case.claim.pk, actor=case.collector)[0]
    assert (before.must_end_by, before.ended_at) == (EDGE, None)
    end_calls(at=EDGE)
    with translation.override("en"):
        items = timeline(claim_id=case.claim.pk, actor=case.collector, at=EDGE + MINUTE)
    (call,) = [item for item in items if item.kind == "contact.done"]
    assert "ended by the platform" in call.detail


def test_a_call_with_a_known_outcome_is_left_alone(case: Case) -> None:
    attempt = calling(case)
    record_outcome(attempt_id=attempt.pk, outcome="talk", actor=case.collector, at=EDGE - MINUTE)
    assert end_calls(at=EDGE) == 0
    assert not Entry.objects.filter(kind="contact.call-ended").exists()


def test_who_was_cut_off_has_talked_and_says_no_more_what_came_of_it(case: Case) -> None:
    for minute in (20, 15, 10):
        case.reach(EDGE - minute * MINUTE)
    assert end_calls(at=EDGE) == 3
    attempt = Attempt.objects.latest("at")
    with pytest.raises(OutcomeKnown):
        record_outcome(attempt_id=attempt.pk, outcome="busy", actor=case.collector, at=EDGE)
    asked = case.ask(EDGE - 5 * MINUTE)
    assert asked.counters["cn_talks_today"] == 3


def test_what_a_gateway_does_not_take_is_tried_at_the_next_stroke(case: Case) -> None:
    attempt = calling(case)
    with patch("qinghe.contact.gateways.hang_up", side_effect=GatewayFailed("TimeoutError")):
        assert end_calls(at=EDGE) == 0
    attempt.refresh_from_db()
    assert attempt.outcome is None
    assert end_calls(at=EDGE + MINUTE) == 1
    assert end_calls(at=EDGE + 2 * MINUTE) == 0


def test_messages_have_no_end_to_wait_for(case: Case) -> None:
    case.reach(EDGE - 10 * MINUTE, "sms")
    assert end_calls(at=EDGE + MINUTE) == 0
