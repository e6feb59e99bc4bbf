"""Take back interest that was accrued on a wrong principal, because a payment was reversed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
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
    Take back the interest of every period that began on a day or later, each by a line of its own.

    It can then be accrued again, on the right principal. Interest that a decision has taken away
    since is not taken away twice.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    left = claim.interest
    lines = []
    for (first, until), amount in sorted(_standing(claim, since).items()):
        back = min(amount, left)
        left -= back
        facts = {"from": first, "to": until}
        if back > 0:
            lines.append(line(claim_id, Component.INTEREST, LineKind.REWOUND, -back, at, facts))
    if not lines:
        return claim
    book(claim, lines)
    claim.interest_to = min(date.fromisoformat(str(each.facts["from"])) for each in lines)
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


def _standing(claim: Claim, since: date) -> dict[tuple[str, str], int]:
    """Return per period what was accrued and not taken back before."""
    found = Line.objects.filter(
        claim=claim, kind__in=(LineKind.ACCRUED, LineKind.REWOUND), facts__from__gte=str(since)
    )
    standing: dict[tuple[str, str], int] = defaultdict(int)
    for facts, amount in found.values_list("facts", "amount"):
        standing[facts["from"], facts["to"]] += amount
    return {period: amount for period, amount in standing.items() if amount > 0}
