"""
Interest in China: the cap of private lending, and what of a debt may be collected.

Rates are percent per year, days run from the first inclusive to the last exclusive, a year has
365 days. Amounts are minor units, rounded half up once per segment.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from qinghe.kernel.money import half_up
from qinghe.rules.lpr import SHANGHAI, lpr_on, signed_before_publication
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

PHASES = frozenset({"term", "overdue"})
DAYS_PER_YEAR = 365
PERCENT = 100
NO_RATE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cap:
    """The cap of a contract. `cap_pct` is `None` where this rule sets none."""

    regime: str
    lpr_pct: Decimal | None
    cap_pct: Decimal | None
    review: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest of one segment: as agreed, what may be collected, and what may not."""

    principal_minor: int
    days: int
    contract_minor: int
    collectible_minor: int
    blocked_minor: int
    cap_pct: Decimal | None
    applied_pct: Decimal
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreedRates:
    """What the contract says, in percent per year; `None` means not agreed."""

    rate_pct: Decimal | None = None
    overdue_rate_pct: Decimal | None = None
    penalty_pct: Decimal | None = None
    fee_pct: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """Interest over the change of law of 20 August 2020."""

    old_days: int
    old_minor: int
    new_days: int
    new_minor: int
    total_minor: int
    cap_pct: Decimal
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Rollover:
    """A loan rolled into a second one: what joins the principal, and the ceiling of it all."""

    second_principal_minor: int
    uncapped_total_minor: int
    ceiling_minor: int | None
    total_minor: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """Whether a debt may be taken in for collection at its all-in rate."""

    decision: str
    rules: tuple[str, ...]
    steps: tuple[Step, ...] = ()


def lender_kinds() -> frozenset[str]:
    """Return every kind of lender the packs know."""
    return rule("CN-INT-01").words("applies_to") | rule("CN-INT-06").words("outside")


def simple_interest(principal_minor: int, rate_pct: Decimal, days: int) -> int:
    """Return simple interest in minor units, rounded half up."""
    return half_up(principal_minor * Fraction(rate_pct) * days / (DAYS_PER_YEAR * PERCENT))


def _ceiling(lpr_pct: Decimal) -> Decimal:
    return lpr_pct * rule("CN-INT-01").number("multiple")


def cap(*, lender_kind: str, signed: date | datetime) -> Cap:
    """
    Return the cap of a contract signed on a day or at a moment.

    :raises StaleRate: the rate of that day is not published
    """
    if lender_kind in rule("CN-INT-06").words("outside"):
        return Cap("regulator", None, None, False, (step("CN-INT-06", "interest.regulator"),))
    early = isinstance(signed, datetime) and signed_before_publication(signed)
    day = signed.astimezone(SHANGHAI).date() if isinstance(signed, datetime) else signed
    lpr = lpr_on(day, before_change=early)
    if lpr is None:
        told = step("CN-INT-05", "interest.before_lpr", on=day)
        return Cap("transition_only", None, None, early, (told,))
    ceiling = _ceiling(lpr)
    told = step("CN-INT-01", "interest.cap", on=day, lpr=lpr, cap=ceiling)
    return Cap("4xlpr", lpr, ceiling, early, (told,))


def accrue(
    *,
    lender_kind: str,
    contract_on: date,
    principal_minor: int,
    from_on: date,
    to_on: date,
    agreed: AgreedRates,
    phase: str = "term",
    handed_over_minor: int | None = None,
) -> Accrual:
    """
    Return the interest of one segment, cut to the cap of the contract.

    :raises StaleRate: a rate that is needed is not published
    """
    limit = cap(lender_kind=lender_kind, signed=contract_on)
    principal, steps = _lent(principal_minor, handed_over_minor)
    rate = agreed.rate_pct or NO_RATE
    if phase == "overdue":
        rate = overdue_rate(agreed, from_on)
        steps += (step("CN-INT-02", "interest.overdue", rate=rate),)
    applied = rate if limit.cap_pct is None else min(rate, limit.cap_pct)
    days = (to_on - from_on).days
    contract = simple_interest(principal, rate, days)
    collectible = simple_interest(principal, applied, days)
    told = step("CN-INT-01", "interest.applied", days=days, rate=rate, applied=applied)
    return Accrual(
        principal_minor=principal,
        days=days,
        contract_minor=contract,
        collectible_minor=collectible,
        blocked_minor=contract - collectible,
        cap_pct=limit.cap_pct,
        applied_pct=applied,
        steps=(*limit.steps, *steps, told),
    )


def _lent(principal_minor: int, handed_over_minor: int | None) -> tuple[int, tuple[Step, ...]]:
    if handed_over_minor is None or handed_over_minor >= principal_minor:
        return principal_minor, ()
    return handed_over_minor, (step("CN-INT-03", "interest.handed_over"),)


def overdue_rate(agreed: AgreedRates, from_on: date) -> Decimal:
    """
    Return the rate after the due day: what is agreed for it, else the term rate, else the LPR.

    :raises StaleRate: the LPR is needed and not published
    """
    parts = [
        part
        for part in (agreed.overdue_rate_pct, agreed.penalty_pct, agreed.fee_pct)
        if part is not None
    ]
    if parts:
        return sum(parts, NO_RATE)
    if agreed.rate_pct is not None:
        return agreed.rate_pct
    return lpr_on(from_on) or NO_RATE


def transition(
    *,
    principal_minor: int,
    rate_pct: Decimal,
    from_on: date,
    to_on: date,
    sued_on: date,
    old_rule_requested: bool,
) -> Transition:
    """
    Return the interest of a contract older than the cap, sued after it.

    :raises StaleRate: the rate of the day of suit is not published
    :raises ValueError: sued before there was a rate
    """
    lpr = lpr_on(sued_on)
    if lpr is None:
        raise ValueError("sued before the first rate")
    law = rule("CN-INT-05")
    cut = date.fromisoformat(law.parameters["cut"])
    ceiling, old_cap = _ceiling(lpr), Decimal(law.parameters["old_cap_pct"])
    border = min(max(cut, from_on), to_on) if old_rule_requested else from_on
    old_days, new_days = (border - from_on).days, (to_on - border).days
    old = simple_interest(principal_minor, min(rate_pct, old_cap), old_days)
    new = simple_interest(principal_minor, min(rate_pct, ceiling), new_days)
    told = step(law.id, "interest.transition", cut=cut, old_cap=old_cap, cap=ceiling)
    return Transition(old_days, old, new_days, new, old + new, ceiling, (told,))


def rollover(
    *,
    lender_kind: str,
    principal_minor: int,
    rate_pct: Decimal,
    from_on: date,
    rolled_on: date,
    second_principal_minor: int,
    second_rate_pct: Decimal,
    to_on: date,
) -> Rollover:
    """
    Return what a loan and its renewal may come to.

    :raises StaleRate: a rate that is needed is not published
    """
    first = accrue(
        lender_kind=lender_kind,
        contract_on=from_on,
        principal_minor=principal_minor,
        from_on=from_on,
        to_on=rolled_on,
        agreed=AgreedRates(rate_pct),
    )
    joined = min(second_principal_minor, principal_minor + first.collectible_minor)
    second = accrue(
        lender_kind=lender_kind,
        contract_on=rolled_on,
        principal_minor=joined,
        from_on=rolled_on,
        to_on=to_on,
        agreed=AgreedRates(second_rate_pct),
    )
    uncapped, ceiling = joined + second.collectible_minor, None
    if first.cap_pct is not None:
        days = (to_on - from_on).days
        ceiling = principal_minor + simple_interest(principal_minor, first.cap_pct, days)
    total = uncapped if ceiling is None else min(uncapped, ceiling)
    told = step("CN-INT-04", "interest.rollover", joined=joined, ceiling=ceiling)
    return Rollover(joined, uncapped, ceiling, total, (*first.steps, *second.steps, told))


def intake(
    *,
    lender_kind: str,
    contract_on: date,
    all_in_pct: Decimal,
    illegal_means_reported: bool = False,
) -> Intake:
    """
    Return whether a debt may be taken in at its all-in rate.

    :raises StaleRate: the rate of the day of the contract is not published
    """
    if lender_kind == "small_loan_company":
        return _small_loan(contract_on, all_in_pct)
    if lender_kind not in rule("CN-INT-01").words("applies_to"):
        return Intake("allow", (), (step("CN-INT-06", "interest.regulator"),))
    denied = ("CN-CON-08",) if illegal_means_reported else ()
    lpr = lpr_on(contract_on)
    above = lpr is not None and all_in_pct > _ceiling(lpr)
    warned = ("CN-INT-01",) if above else ()
    decision = "deny" if denied else "warn" if warned else "allow"
    return _taken(decision, denied + warned, all_in_pct, "CN-INT-01")


def _small_loan(contract_on: date, all_in_pct: Decimal) -> Intake:
    law = rule("CN-INT-09")
    if not law.in_force(contract_on):
        return Intake("allow", (), (step(law.id, "interest.not_yet", on=contract_on),))
    if all_in_pct > Decimal(law.parameters["max_pct"]):
        return _taken("deny", (law.id,), all_in_pct, law.id)
    lpr = lpr_on(contract_on)
    if lpr is not None and all_in_pct > _ceiling(lpr):
        return _taken("warn", (law.id,), all_in_pct, law.id)
    return _taken("allow", (), all_in_pct, law.id)


def _taken(decision: str, rules: tuple[str, ...], all_in_pct: Decimal, asked: str) -> Intake:
    """Answer with the rules that were touched, or with the one that was asked and is kept."""
    key = "interest.intake" if rules else "interest.within"
    steps = tuple(step(rule_id, key, all_in=all_in_pct) for rule_id in rules or (asked,))
    return Intake(decision, rules, steps)
