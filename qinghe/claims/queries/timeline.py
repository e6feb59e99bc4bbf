"""What happened to a claim in this room, for the one timeline that the floors above compose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim, Evidence, Hold, Line
from qinghe.claims.queries.access import NoSuchClaim
from qinghe.claims.queries.decisions import disputes_of


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
    moments = [
        *_life(claim_id),
        *_evidence(claim_id),
        *_disputes(claim_id),
        *_holds(claim_id),
        *_lines(claim_id),
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _life(claim_id: UUID) -> list[Moment]:
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    facts: dict[str, object] = {"amount": claim.claimed, "currency": claim.currency}
    found = [Moment(claim.created_at, "submitted", facts)]
    if claim.closed_at:
        found.append(Moment(claim.closed_at, claim.state))
    return found


def _evidence(claim_id: UUID) -> list[Moment]:
    rows = Evidence.objects.filter(claim_id=claim_id).values_list("uploaded_at", "kind")
    return [Moment(at, "evidence", {"evidence": kind}) for at, kind in rows]


def _disputes(claim_id: UUID) -> list[Moment]:
    found = []
    for row in disputes_of(claim_id):
        found.append(Moment(row.opened_at, "dispute", {"reason": row.reason}))
        if row.decided_at:
            facts: dict[str, object] = {"outcome": row.state, "text": row.decision_text}
            found.append(Moment(row.decided_at, "dispute-decided", facts))
    return found


def _holds(claim_id: UUID) -> list[Moment]:
    rows = Hold.objects.filter(claim_id=claim_id).values_list("placed_at", "lifted_at", "kind")
    found = []
    for placed_at, lifted_at, kind in rows:
        found.append(Moment(placed_at, "hold", {"hold": kind}))
        if lifted_at:
            found.append(Moment(lifted_at, "hold-lifted", {"hold": kind}))
    return found


def _lines(claim_id: UUID) -> list[Moment]:
    rows = Line.objects.filter(claim_id=claim_id).exclude(kind="claimed")
    return [
        Moment(at, f"line-{kind}", {"component": component, "amount": amount})
        for at, kind, component, amount in rows.values_list(
            "booked_at", "kind", "component", "amount"
        )
    ]
