"""The case a member of a team opens next: the most urgent one that may be worked now, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from qinghe.casework.queries.next_action import Suggestion
from qinghe.casework.queries.worklist import LOOKED_AT, WorkRow, case_facts, own, row_of
from qinghe.contact.queries.budget import budget
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate, TeamAssignment
from qinghe.market.queries.teams import member_of

# So many of the most urgent are asked at the gate; each is one debtor's rows.
ASKED = 6
# Steps that need nobody to be reached, and the urgency from which a step only waits.
WITHOUT_CONTACT = ("offer_pause", "show_dispute", "prepare_return")
WAITING = 50
# An order that its service levels warn about goes before everything but an agreed call.
WARNED = 8


@dataclass(frozen=True)
class NextCase:
    """The case to open, what to do, and from when its debtor may be reached (None: now)."""

    claim_id: UUID
    number: str
    suggestion: Suggestion
    possible_at: datetime | None


def next_case(*, actor: Actor, at: datetime, after: UUID | None = None) -> NextCase | None:
    """
    Return the most urgent case of an actor, or nothing when none waits.

    First by the table of next steps (agreed calls, orders that were warned for lying idle,
    hardship, promises that fall due ...), then by the end of the mandate. Of the most urgent six,
    the first whose debtor may be reached now; else the one that may be reached first. `after` is
    the case just worked: it comes last.
    """
    mandates = _mine(actor, at)
    warned = set(mandates.exclude(warned_for="").values_list("pk", flat=True))
    rows = [row_of(each, at) for each in case_facts(mandates, at)[:LOOKED_AT]]
    ranked = [(_rank(row, warned), row) for row in rows]
    waiting = [pair for pair in ranked if pair[0] < WAITING]
    waiting.sort(key=lambda pair: (pair[1].claim_id == after, pair[0], pair[1].ends_at))
    return _possible([row for _rank, row in waiting[:ASKED]], actor, at)


def _mine(actor: Actor, at: datetime) -> QuerySet[Mandate]:
    """Narrow to what the actor itself handles; without a team, to what its organisation holds."""
    me = member_of(actor)
    mandates = own(actor, at)
    if me is None:
        return mandates
    mine = TeamAssignment.objects.filter(
        member=me, person=OuterRef("claim__debtor"), ended_at__isnull=True
    )
    return mandates.filter(Exists(mine))


def _rank(row: WorkRow, warned: set[UUID]) -> int:
    urgency = row.next_action.urgency
    return min(urgency, WARNED) if row.mandate_id in warned and urgency < WAITING else urgency


def _possible(rows: Sequence[WorkRow], actor: Actor, at: datetime) -> NextCase | None:
    later: list[NextCase] = []
    for row in rows:
        moment = None if row.next_action.code in WITHOUT_CONTACT else _moment(row, actor, at)
        found = NextCase(row.claim_id, row.claim_number, row.next_action, moment)
        if moment is None:
            return found
        later.append(found)
    return min(later, key=lambda each: each.possible_at or at, default=None)


def _moment(row: WorkRow, actor: Actor, at: datetime) -> datetime | None:
    """Return from when the debtor may be reached by some channel; None: now, or no gate says."""
    channels = budget(claim_id=row.claim_id, actor=actor, at=at).channels
    if any(each.allowed and each.reachable for each in channels):
        return None
    moments = [each.next_allowed_at for each in channels if each.reachable]
    return min((each for each in moments if each is not None), default=None)
