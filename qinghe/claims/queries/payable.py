"""How much of a claim may be paid today: never more than contract and law give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from qinghe.claims.contract_terms import Outcome
from qinghe.claims.days import day_of
from qinghe.claims.interest import accrue, grown
from qinghe.claims.models import Claim, Verification
from qinghe.claims.queries.access import NoSuchClaim, visible
from qinghe.claims.queries.amounts import facts_of
from qinghe.claims.recompute import verified
from qinghe.claims.terms import OPEN_STATES, Component
from qinghe.kernel.actor import Actor


@dataclass(frozen=True)
class Payable:
    """What is claimed today with its interest, and the most of it that is lawful; minor units."""

    claimed: int
    most: int

    @property
    def excess(self) -> int:
        """Return how much of the claim nobody may take."""
        return self.claimed - self.most


def payable_for(*, claim_id: UUID, actor: Actor, at: datetime) -> Payable:
    """
    Return how much of a claim may be paid today.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    found = Claim.objects.select_related("creditor").filter(visible(actor), pk=claim_id).first()
    if found is None:
        raise NoSuchClaim
    return payable(found, at)


def payable(claim: Claim, at: datetime) -> Payable:
    """
    Return how much may be paid at a moment; where the law gives less than is claimed, that.

    What cannot be calculated, as its terms are not told, is limited by what is claimed alone.
    """
    today = day_of(at)
    claimed = claim.owed + grown(claim, today)
    if claim.state not in OPEN_STATES:
        return Payable(claimed, claimed)
    check = verified(facts_of([claim])[claim.pk], at=at)
    if check.outcome != Outcome.MORE:
        return Payable(claimed, claimed)
    return Payable(claimed, max(claimed - _excess(check, today), 0))


def _excess(check: Verification, today: date) -> int:
    """Return what is too much part by part, and the interest that grew too fast since the check."""
    claim, since, rate = check.claim, check.as_of, check.claim.overdue_rate_pct
    lines = {line["component"]: line for line in check.lines}
    above = sum(max(line["difference"], 0) for line in check.lines)
    right = min(claim.principal, lines[Component.PRINCIPAL]["lawful"])
    lawful_rate = rate if rate is None else min(rate, check.late_rate_pct or rate)
    asked = accrue(claim.principal, rate, since, today)[0]
    return int(above + asked - accrue(right, lawful_rate, since, today)[0])
