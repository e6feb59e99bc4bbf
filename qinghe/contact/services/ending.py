"""End calls that would run past the last permitted moment, whoever forgot to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from qinghe.contact import gateways
from qinghe.contact.models import Attempt
from qinghe.contact.services.gate import lock
from qinghe.contact.services.message import reference
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.parties.terms import Channel

ENDER: Final = system("contact.end-calls")
# The clock strikes each minute: what the next stroke would find too late is ended by this one.
AHEAD: Final = timedelta(seconds=60)
AT_MOST: Final = 10_000


def end_calls(*, at: datetime) -> int:
    """
    End every call without a known end whose window closes before the next stroke; return how many.

    Each in a transaction of its own; one that its gateway does not take is tried again.
    """
    due = _running().filter(must_end_by__lte=at + AHEAD).order_by("must_end_by")[:AT_MOST]
    return sum(_end(attempt, at) for attempt in due)


def _running() -> QuerySet[Attempt]:
    """Return calls that were put through and of which nobody said what came."""
    return Attempt.objects.filter(
        channel=Channel.VOICE, state=AttemptState.DONE, outcome__isnull=True
    )


def _end(attempt: Attempt, at: datetime) -> bool:
    try:
        ran = gateways.hang_up(attempt.channel, reference(attempt))
    except gateways.GatewayFailed:
        return False
    with transaction.atomic():
        lock(attempt.person_id)
        # Its caller may have said in the meantime what came of it.
        ended = _running().filter(pk=attempt.pk)
        if not ended.update(outcome=Outcome.DROPPED, outcome_at=at, ended_at=at):
            return False
        _note(attempt, ran, at)
    return True


def _note(attempt: Attempt, ran: bool, at: datetime) -> None:
    record(
        kind="contact.call-ended",
        subject=f"claim:{attempt.claim_id}",
        actor=ENDER,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
        channel=attempt.channel,
        outcome=Outcome.DROPPED,
        ran=ran,
        must_end_by=attempt.must_end_by.isoformat() if attempt.must_end_by else None,
    )
