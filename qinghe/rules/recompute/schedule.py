"""When principal falls due, in parts, and how days are counted."""

from calendar import monthrange
from datetime import date
from fractions import Fraction

from qinghe.kernel.money import half_up
from qinghe.rules.calendar import add_months
from qinghe.rules.recompute.terms import Contract, ContractError

YEAR_DAYS = {"act/365": 365, "act/360": 360, "30/360": 360}
MONTHS = 12
PERCENT = 100
THIRTY = 30


def count(day: date, day_count: str) -> int:
    """Return the place of a day in a day count: the days of a span are a difference of places."""
    if day_count != "30/360":
        return day.toordinal()
    last = monthrange(day.year, day.month)[1]
    return 360 * day.year + THIRTY * day.month + (THIRTY if day.day == last else day.day)


def due_days(contract: Contract) -> list[date]:
    """
    Return the due days, the last one on maturity.

    :raises ContractError: more periods than fit between payment and maturity
    """
    if contract.schedule == "bullet":
        return [contract.matures_on]
    step, periods = contract.period_months, contract.periods
    days = [add_months(contract.matures_on, -step * k) for k in range(periods - 1, -1, -1)]
    if days[0] <= contract.disbursed_on:
        raise ContractError("periods")
    return days


def principal_parts(contract: Contract, principal: int, rate_pct: Fraction) -> list[int]:
    """Return the principal that falls due on each due day; the last part takes the rounding."""
    periods = len(due_days(contract))
    if contract.schedule in ("bullet", "interest_first"):
        return [0] * (periods - 1) + [principal]
    rate = rate_pct * contract.period_months / (PERCENT * MONTHS)
    if contract.schedule == "equal_principal" or not rate:
        part = half_up(Fraction(principal, periods))
        return _fitted([part] * periods, principal)
    payment = half_up(principal * rate / (1 - (1 + rate) ** -periods))
    parts, rest = [], principal
    for _period in range(periods):
        parts.append(payment - half_up(rest * rate))
        rest -= parts[-1]
    return _fitted(parts, principal)


def _fitted(parts: list[int], principal: int) -> list[int]:
    fitted, rest = [], principal
    for part in parts[:-1]:
        fitted.append(min(max(part, 0), rest))
        rest -= fitted[-1]
    return [*fitted, rest]
