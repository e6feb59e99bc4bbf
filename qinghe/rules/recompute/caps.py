"""The rates of a contract: as agreed, or as far as the law lets them be collected."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from qinghe.rules import interest
from qinghe.rules.interest import DAYS_PER_YEAR, NO_RATE, AgreedRates, overdue_rate
from qinghe.rules.lpr import StaleRate, lpr_on
from qinghe.rules.packs import rule
from qinghe.rules.recompute.terms import Contract, ContractError
from qinghe.rules.steps import Step, step


@dataclass(frozen=True, slots=True)
class Rates:
    """Term and late rate, and from which days which cap holds (`None`: no cap)."""

    term_pct: Decimal
    late_pct: Decimal
    caps: tuple[tuple[date, Decimal | None], ...]
    steps: tuple[Step, ...] = ()
    # A year of 360 actual days bears more than its rate says: its cap is lower by as much.
    term_year: Fraction = Fraction(1)

    def cap_on(self, day: date) -> Decimal | None:
        """Return the cap of a day."""
        place = bisect_right([start for start, _cap in self.caps], day) - 1
        return self.caps[max(place, 0)][1]

    def term_on(self, day: date) -> Fraction:
        """Return the rate before the due day, in the day count of the contract."""
        cap = self.cap_on(day)
        most = None if cap is None else Fraction(cap) * self.term_year
        agreed = Fraction(self.term_pct)
        return agreed if most is None else min(agreed, most)

    def late_on(self, day: date) -> Decimal:
        """Return the rate after the due day."""
        return _cut(self.late_pct, self.cap_on(day))

    @property
    def changes(self) -> tuple[date, ...]:
        """Return the days on which a cap changes."""
        return tuple(after[0] for _before, after in pairwise(self.caps))


def agreed_rates(contract: Contract, late_from: date) -> Rates:
    """
    Return the rates of the contract without any cap.

    :raises StaleRate: nothing is agreed for lateness, and the LPR of the day is not published
    """
    penalty = contract.penalty_daily_pct
    agreed = AgreedRates(
        contract.rate_pct,
        contract.overdue_rate_pct,
        None if penalty is None else penalty * DAYS_PER_YEAR,
    )
    late = overdue_rate(agreed, late_from)
    told = step("CN-INT-02", "recompute.late_rate", rate=_plain(late))
    return Rates(contract.rate_pct or NO_RATE, late, ((contract.disbursed_on, None),), (told,))


def lawful_rates(contract: Contract, late_from: date, as_of: date) -> Rates:
    """
    Return the rates cut to the cap of the lender and of the day of the contract.

    A contract older than the cap needs the LPR of the day of suit; unsued, that of `as_of`.

    :raises StaleRate: a rate that is needed is not published
    """
    agreed = agreed_rates(contract, late_from)
    caps, steps = _caps(contract, as_of)
    if contract.rate_pct is None:
        steps = (step("CN-INT-10", "recompute.no_rate"), *steps)
    year = Fraction(360, 365) if contract.day_count == "act/360" else Fraction(1)
    return Rates(agreed.term_pct, agreed.late_pct, caps, (*steps, *agreed.steps), year)


def _caps(
    contract: Contract, as_of: date
) -> tuple[tuple[tuple[date, Decimal | None], ...], tuple[Step, ...]]:
    cut = date.fromisoformat(str(rule("CN-INT-05").parameters["cut"]))
    found = interest.cap(lender_kind=contract.lender_kind, signed=contract.signed_on)
    if found.regime == "regulator":
        return _regulated(contract)
    if contract.signed_on >= cut:
        return ((contract.disbursed_on, found.cap_pct),), found.steps
    suit = contract.sued_on or as_of
    lpr = lpr_on(suit)
    if lpr is None:
        raise ContractError("sued_on")
    law, cap = rule("CN-INT-05"), lpr * rule("CN-INT-01").number("multiple")
    old = Decimal(str(law.parameters["old_cap_pct"]))
    told = step(law.id, "interest.transition", cut=cut, old_cap=old, cap=_plain(cap))
    return ((date.min, old), (cut, cap)), (told,)


def _regulated(
    contract: Contract,
) -> tuple[tuple[tuple[date, Decimal | None], ...], tuple[Step, ...]]:
    law = rule("CN-INT-09")
    if contract.lender_kind == "small_loan_company" and law.in_force(contract.signed_on):
        most = Decimal(str(law.parameters["max_pct"]))
        return ((date.min, most),), (step(law.id, "recompute.small_loan", cap=most),)
    return ((date.min, None),), (step("CN-INT-06", "interest.regulator"),)


def courts_doubt(contract: Contract, late_pct: Decimal) -> Step | None:
    """Tell a reviewer that a rate no cap forbids is above what courts used to grant."""
    if contract.lender_kind not in rule("CN-INT-06").words("outside"):
        return None
    return practice(max(contract.rate_pct or NO_RATE, late_pct))


def practice(rate_pct: Decimal) -> Step | None:
    """Tell that a rate is above what courts used to grant; None when it is not."""
    usual = min(Decimal(str(each)) for each in rule("CN-INT-08").parameters["then_pct"])
    if rate_pct <= usual:
        return None
    return step("CN-INT-08", "recompute.practice", rate=_plain(rate_pct), usual=_plain(usual))


def _cut(rate: Decimal, cap: Decimal | None) -> Decimal:
    return rate if cap is None else min(rate, cap)


def _plain(rate: Decimal) -> str:
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


__all__ = ["Rates", "StaleRate", "agreed_rates", "courts_doubt", "lawful_rates", "practice"]
