"""Lines of a claim and their mirror in the ledger: written together or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim, Line
from qinghe.claims.terms import Component, LineKind
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting


def account(claim_id: UUID, component: str) -> str:
    """Return the ledger account of one component of a claim."""
    return f"claim:{claim_id}:{component}"


def claimed_account(creditor_id: UUID) -> str:
    """Return the ledger account against which a creditor's claims stand."""
    return f"creditor:{creditor_id}:claimed"


def postings(claim: Claim, lines: Sequence[Line]) -> list[Posting]:
    """Return the bookings of lines: more owed debits the claim, less owed credits it."""
    return [_posting(claim, line) for line in lines if line.amount]


def book(claim: Claim, lines: Sequence[Line]) -> None:
    """Add lines to a locked claim, to its open amounts (in memory) and to the ledger."""
    for line in lines:
        setattr(claim, line.component, getattr(claim, line.component) + line.amount)
    Line.objects.bulk_create(lines)
    post_many(postings=postings(claim, lines))


def line(
    claim_id: UUID,
    component: str,
    kind: str,
    amount: int,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> Line:
    """Return an unsaved line; `amount` in minor units, negative when less is owed."""
    return Line(
        claim_id=claim_id,
        component=component,
        kind=kind,
        amount=amount,
        facts=dict(facts or {}),
        booked_at=at,
    )


def write_off(claim: Claim, *, at: datetime) -> None:
    """Book everything that is open away; for claims that end without being paid."""
    open_parts = {part: getattr(claim, part) for part in Component.values}
    book(
        claim,
        [
            line(claim.pk, part, LineKind.WITHDRAWN, -amount, at)
            for part, amount in open_parts.items()
            if amount
        ],
    )


def _posting(claim: Claim, line: Line) -> Posting:
    owed, creditor = account(claim.pk, line.component), claimed_account(claim.creditor_id)
    more = line.amount > 0
    return Posting(
        debit=owed if more else creditor,
        credit=creditor if more else owed,
        amount=abs(line.amount),
        currency=claim.currency,
        kind=f"claim.{line.kind}",
        subject=f"claim:{claim.pk}",
        at=line.booked_at,
    )
