"""
Close a month: one person asks, another closes it. It is never opened again.

What comes later for a closed month is booked in the open one, and says when it was meant.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.queue import enqueue
from qinghe.kernel.shown import check_shown
from qinghe.ledger.closing import MonthNotOver, close_period
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement.closing_refusals import (
    CloseBySamePerson,
    MonthAsked,
    MonthBlocked,
    MonthUnexplained,
    NoSuchClose,
)
from qinghe.settlement.closing_terms import CloseState, Weight, ends
from qinghe.settlement.models import MonthClose
from qinghe.settlement.queries.closing import Open, close_mark, of_weight, open_matters

LONGEST: Final = 2_000
JOB: Final = "settlement.statements"


@verb("settlement.ask-close")
def ask_close(*, month: date, explanation: str, actor: Actor, at: datetime) -> MonthClose:
    """
    Ask for a month to be closed; `month` is its first day. What is open may need a few words.

    :raises NotPermitted: the actor does not prepare payouts
    :raises MonthNotOver: it still runs
    :raises MonthAsked: asked for or closed before
    :raises MonthBlocked: something is open that must be settled first
    :raises MonthUnexplained: something stays open that nobody explained
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if at < ends(month):
        raise MonthNotOver
    words = explanation.strip()[:LONGEST]
    _check(open_matters(month=month), words)
    known = MonthClose.objects.exclude(state=CloseState.DROPPED).filter(month=month)
    if known.select_for_update().exists():
        raise MonthAsked
    close = MonthClose.objects.create(
        month=month, explanation=words, asked_by=actor.label, asked_at=at
    )
    _record("asked", close, actor, at)
    return close


@verb("settlement.close-month")
def close_month(
    *, close_id: UUID, actor: Actor, at: datetime, seen: str | None = None
) -> MonthClose:
    """
    Close a month that somebody else asked for: from now on nothing is booked in it, ever.

    Balances at its end are kept under one root, which this act puts into the journal; statements
    are made by a job. What is open is looked at once more.

    :param seen: the mark of what was shown as open, `close_mark`
    :raises NotPermitted: the actor does not approve payouts
    :raises NoSuchClose: unknown, taken back, or closed before
    :raises ChangedMeanwhile: something else stays open than was shown
    :raises CloseBySamePerson: asked for by this very person, or one of the two made the other
    :raises MonthBlocked: something is open that must be settled first
    :raises MonthUnexplained: something stays open that nobody explained
    :raises MonthNotNext: an earlier month is not closed
    :raises MonthNotOver: it still runs
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    close = _waiting(close_id)
    if not independent(close.asked_by, actor.label):
        raise CloseBySamePerson
    period = close_period(month=close.month, until=ends(close.month), at=at)
    # After the lock: what is open now is what the month is closed with.
    matters = open_matters(month=close.month)
    _check(matters, close.explanation)
    check_shown(seen, close_mark(close_id, matters))
    close.state, close.confirmed_by, close.confirmed_at = CloseState.CLOSED, actor.label, at
    close.open_matters = [each.as_dict() for each in matters]
    close.period = period
    close.save()
    enqueue(JOB, close_id=str(close.pk))
    _record("closed", close, actor, at, root=period.root, transfers=period.transfers)
    return close


@verb("settlement.drop-close")
def drop_close(*, close_id: UUID, actor: Actor, at: datetime) -> MonthClose:
    """
    Take back that a month was to be closed, while nobody has closed it.

    :raises NotPermitted: the actor does not prepare payouts
    :raises NoSuchClose: unknown, taken back, or closed
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    close = _waiting(close_id)
    close.state = CloseState.DROPPED
    close.save(update_fields=["state"])
    _record("dropped", close, actor, at)
    return close


def _waiting(close_id: UUID) -> MonthClose:
    asked = MonthClose.objects.filter(pk=close_id, state=CloseState.ASKED)
    close = asked.select_for_update().first()
    if close is None:
        raise NoSuchClose
    return close


def _check(matters: list[Open], words: str) -> None:
    if blocking := of_weight(matters, Weight.BLOCKS):
        raise MonthBlocked(matters=blocking)
    if not words and (unexplained := of_weight(matters, Weight.EXPLAIN)):
        raise MonthUnexplained(matters=unexplained)


def _record(kind: str, close: MonthClose, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"month.{kind}",
        subject=f"month:{close.month:%Y-%m}",
        actor=actor,
        at=at,
        reason=close.explanation,
        **facts,
    )
