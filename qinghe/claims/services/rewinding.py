"""Take back interest that was accrued on a wrong principal, because a payment was reversed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from qinghe.claims.models import Claim, Line
from qinghe.claims.services.books import book, line
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import Component, LineKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor


@verb("claims.rewind_interest")
def rewind_interest(*, claim_id: UUID, since: date, actor: Actor, at: datetime) -> Claim:
    """
    Take back the interest of every period that goes beyond a day, each by a line of its own, so
    that it can be accrued again on the right principal.

    A period that began before it is taken back whole. What was paid of interest, or taken away by
    a decision, stands: it counts for the earliest days, and only those after them are taken back.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    left, lines, to = claim.interest, [], claim.interest_to
    for (first, until), amount in sorted(_standing(claim, since).items(), reverse=True):
        start, back = _open_part(date.fromisoformat(first), date.fromisoformat(until), amount, left)
        if back <= 0:
            break
        left, to = left - back, min(to, start)
        facts = {"from": first, "to": until}
        lines.append(line(claim_id, Component.INTEREST, LineKind.REWOUND, -back, at, facts))
    if not lines:
        return claim
    book(claim, lines[::-1])
    claim.interest_to = to
    claim.save(update_fields=["interest", "interest_to"])
    record(
        kind="claims.interest-rewound",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        amount=sum(-each.amount for each in lines),
        since=since,
    )
    return claim


def _open_part(first: date, until: date, amount: int, left: int) -> tuple[date, int]:
    """Return from which day on a period can be taken back while so much is open, and how much."""
    if amount <= left:
        return first, amount
    days = (until - first).days
    kept = -(-days * (amount - left) // amount)
    return first + timedelta(days=kept), amount - -(-amount * kept // days)


def _standing(claim: Claim, since: date) -> dict[tuple[str, str], int]:
    """Return per period what was accrued and not taken back before."""
    found = Line.objects.filter(
        claim=claim, kind__in=(LineKind.ACCRUED, LineKind.REWOUND), facts__to__gt=str(since)
    )
    standing: dict[tuple[str, str], int] = defaultdict(int)
    for facts, amount in found.values_list("facts", "amount"):
        standing[facts["from"], facts["to"]] += amount
    return {period: amount for period, amount in standing.items() if amount > 0}
