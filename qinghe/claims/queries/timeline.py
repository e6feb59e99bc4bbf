"""What happened to a claim in this room, for the one timeline that the floors above compose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qinghe.claims.queries.decisions import DisputeRow
from qinghe.claims.queries.one import ClaimView, claim_view
from qinghe.claims.terms import DisputeState, LineKind


@dataclass(frozen=True)
class Moment:
    """
    One event. `kind` says what, `facts` fill its sentence; both are words, never personal data.
    """

    at: datetime
    kind: str
    facts: dict[str, object] = field(default_factory=dict)


def timeline(claim_id: UUID) -> list[Moment]:
    """
    Return intake, evidence, disputes, decisions, holds and changes of the amount, oldest first.

    :raises NoSuchClaim: unknown id
    """
    return moments_of(claim_view(claim_id))


def moments_of(view: ClaimView) -> list[Moment]:
    """Return the same for a claim that was read already. Asks nothing."""
    moments = [
        *_life(view),
        *(Moment(each.uploaded_at, "evidence", {"evidence": each.kind}) for each in view.evidence),
        *_disputes(view.disputes),
        *_holds(view),
        *_lines(view),
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _life(view: ClaimView) -> list[Moment]:
    facts: dict[str, object] = {"amount": _submitted(view), "currency": view.currency}
    found = [Moment(view.created_at, "submitted", facts)]
    if view.closed_at:
        found.append(Moment(view.closed_at, view.state))
    return found


def _submitted(view: ClaimView) -> int:
    """Return what was claimed when it came; `claimed` grows with every raise."""
    first = sum(each.amount for each in view.lines if each.kind == LineKind.CLAIMED)
    return first or view.claimed


def _disputes(rows: Iterable[DisputeRow]) -> list[Moment]:
    found = []
    for row in rows:
        first, *later = row.said
        found.append(Moment(row.opened_at, "dispute", {"reason": first.reason}))
        found += [Moment(each.at, "dispute-amended", {"reason": each.reason}) for each in later]
        if row.state == DisputeState.WITHDRAWN and row.decided_at:
            found.append(Moment(row.decided_at, "dispute-withdrawn", {}))
        elif row.decided_at:
            facts: dict[str, object] = {"outcome": row.state, "text": row.decision_text}
            found.append(Moment(row.decided_at, "dispute-decided", facts))
    return found


def _holds(view: ClaimView) -> list[Moment]:
    found = []
    for hold in (*view.holds, *view.past_holds):
        if hold.claim_id != view.id:
            continue
        found.append(Moment(hold.placed_at, "hold", {"hold": hold.kind}))
        if hold.lifted_at:
            found.append(Moment(hold.lifted_at, "hold-lifted", {"hold": hold.kind}))
    return found


def _lines(view: ClaimView) -> list[Moment]:
    return [
        Moment(
            row.booked_at,
            f"line-{kind}",
            {"component": row.component, "amount": row.amount},
        )
        for row, kind in view.told_lines
        if row.kind != LineKind.CLAIMED
    ]
