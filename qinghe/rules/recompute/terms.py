"""A contract as the calculation sees it. Amounts are minor units, rates percent a year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qinghe.rules.interest import lender_kinds

# Everything at the end; interest each period; the same sum each period; the same principal.
SCHEDULES = ("bullet", "interest_first", "equal_instalments", "equal_principal")
INSTALMENTS = frozenset({"equal_instalments", "equal_principal"})
DAY_COUNTS = ("act/365", "act/360", "30/360")
# Costs of enforcing the claim stand outside the cap; every other charge counts towards it.
FEE_KINDS = ("enforcement", "charge")


class ContractError(ValueError):
    """Terms that contradict each other; `fact` names the one to correct."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Fee:
    """One charge that fell due on a day."""

    kind: str
    amount: int
    on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """Money the debtor paid on a day."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Contract:
    """
    The terms of one loan. `None` means not agreed (rates) or that it did not happen (days).

    `handed_over` is what the debtor really received; `grace_days` after each due day are free of
    late interest; `accelerated_on` is the day everything was called due; `sued_on` fixes the cap
    of contracts older than it. `order` is an agreed order of costs, interest and principal.
    """

    lender_kind: str
    currency: str
    signed_on: date
    principal: int
    disbursed_on: date
    matures_on: date
    schedule: str = "bullet"
    periods: int = 1
    period_months: int = 1
    rate_pct: Decimal | None = None
    day_count: str = "act/365"
    overdue_rate_pct: Decimal | None = None
    penalty_daily_pct: Decimal | None = None
    grace_days: int = 0
    handed_over: int | None = None
    accelerated_on: date | None = None
    sued_on: date | None = None
    fees: tuple[Fee, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def lent(self) -> int:
        """Return the principal of the law: never more than was handed over."""
        return self.principal if self.handed_over is None else min(self.principal, self.handed_over)

    def check(self) -> None:
        """
        Refuse terms that cannot be.

        :raises ContractError: naming the fact
        """
        wrong = {
            "lender_kind": self.lender_kind not in lender_kinds(),
            "principal": self.principal <= 0,
            "handed_over": self.handed_over is not None and self.handed_over <= 0,
            "matures_on": self.matures_on <= self.disbursed_on,
            "schedule": self.schedule not in SCHEDULES,
            "day_count": self.day_count not in DAY_COUNTS,
            "periods": self.periods < 1 or self.period_months < 1,
            "rate_pct": any(rate is not None and rate < 0 for rate in self._rates()),
            "fees": any(fee.kind not in FEE_KINDS or fee.amount < 0 for fee in self.fees),
            "grace_days": self.grace_days < 0,
        }
        fact = next((name for name, is_wrong in wrong.items() if is_wrong), None)
        if fact is not None:
            raise ContractError(fact)

    def _rates(self) -> tuple[Decimal | None, ...]:
        return self.rate_pct, self.overdue_rate_pct, self.penalty_daily_pct
