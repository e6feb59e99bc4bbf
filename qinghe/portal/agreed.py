"""What was agreed and repaid before, as the creditor told it, for the debtor to hold against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qinghe.claims.contract_terms import BookedTo
from qinghe.claims.queries.amounts import VerificationView, agreed_for, verification_for
from qinghe.claims.terms import Component
from qinghe.kernel.actor import Actor
from qinghe.rules.packs import rule

# The law that says what courts usually grant where no cap binds a lender.
PRACTICE = "CN-INT-08"


@dataclass(frozen=True)
class PaidBefore:
    """One payment from before the claim came here; `counted` is what the creditor booked it to."""

    on: date
    amount: int
    counted: str


@dataclass(frozen=True)
class Agreed:
    """
    The contract in figures: minor units, rates as people write them, empty where not told.

    `usual` is the yearly rate above which courts hesitate, and empty when the agreed is below.
    """

    told: bool
    principal: int
    handed_over: int | None
    rate: str
    late_rate: str
    penalty: str
    payments: tuple[PaidBefore, ...]
    # How our own calculation counted every payment so far, part by part.
    counted: tuple[tuple[str, int], ...]
    usual: str
    check: VerificationView | None

    @property
    def short(self) -> bool:
        """Tell whether less was handed over than the contract names."""
        return self.handed_over is not None and self.handed_over < self.principal


def agreed_of(claim_id: UUID, actor: Actor) -> Agreed:
    """
    Return what a creditor told of the contract behind a claim.

    :raises NoSuchClaim: unknown, or somebody else's
    """
    view = agreed_for(claim_id=claim_id, actor=actor)
    check, terms = verification_for(claim_id=claim_id, actor=actor), view.terms
    return Agreed(
        told=terms is not None,
        principal=terms.principal if terms else 0,
        handed_over=terms.handed_over if terms else None,
        rate=_plain(terms.rate_pct) if terms else "",
        late_rate=_plain(terms.overdue_rate_pct) if terms else "",
        penalty=_plain(terms.penalty_daily_pct) if terms else "",
        payments=tuple(
            PaidBefore(each.on, each.amount, str(BookedTo(each.booked_to).label))
            if each.booked_to
            else PaidBefore(each.on, each.amount, "")
            for each in view.payments
        ),
        counted=_counted(check),
        usual=_usual(check),
        check=check,
    )


def _counted(check: VerificationView | None) -> tuple[tuple[str, int], ...]:
    sums = (
        (str(Component(line.component).label), sum(part.paid for part in line.parts))
        for line in (check.lines if check else ())
    )
    return tuple((label, amount) for label, amount in sums if amount)


def _usual(check: VerificationView | None) -> str:
    """Return the rate courts usually grant at most, where the last check doubted the agreed one."""
    if check is None or PRACTICE not in {each.rule for each in check.cautions}:
        return ""
    return _plain(min(Decimal(str(each)) for each in rule(PRACTICE).parameters["then_pct"]))


def _plain(rate: Decimal | None) -> str:
    return f"{rate.normalize():f}" if rate is not None else ""
