"""
What the shape of a plan may be, so that varying it does not put the whole off. Pure.

Every instalment but the last is at least half of the smallest equal one; one that rises is at most
four times the first. So a plan that never falls has paid a fifth when half of its months are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qinghe.casework.refusals import InstalmentTooSmall, PlanTooLong, PlanTooSteep
from qinghe.casework.schedules import Part, Variation, schedule
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, SMALLEST_SHARE, STEEPEST, Rhythm
from qinghe.kernel.money import to_major


def smallest(total: int) -> int:
    """Return the least that any instalment but the last may be, in minor units."""
    return -(-total // (LONGEST_PLAN_MONTHS * SMALLEST_SHARE))


def fits(parts: Sequence[Part], rhythm: str) -> bool:
    """Tell whether instalments keep the rules of this module."""
    amounts = [amount for _day, amount in parts]
    least = smallest(sum(amounts))
    steep = rhythm == Rhythm.GRADUATED and max(amounts) > STEEPEST * amounts[0]
    return not steep and all(amount >= least for amount in amounts[:-1])


def least_monthly(total: int, first_due_on: date, variation: Variation) -> int | None:
    """
    Return the smallest monthly amount with which a variation keeps the rules, in minor units.

    None where no amount helps: what the other months of the year ask is too small.
    """
    low, high = 1, total
    if not _would_do(total, high, first_due_on, variation):
        return None
    while low < high:
        middle = (low + high) // 2
        if _would_do(total, middle, first_due_on, variation):
            high = middle
        else:
            low = middle + 1
    return low


def check_fits(
    total: int,
    monthly: int,
    first_due_on: date,
    variation: Variation,
    currency: str,
    *,
    on: int | None = None,
) -> list[Part]:
    """
    Return the instalments of a plan that keeps the rules.

    :raises BadAmount: nothing a month, or more than the total
    :raises BadShape: the facts of the variation do not belong to its rhythm
    :raises PlanTooLong: more months than law and platform allow
    :raises InstalmentTooSmall: an instalment, of which it says the least it may be
    :raises PlanTooSteep: it rises too far, of which it says the first that would do
    """
    parts = schedule(total, monthly, first_due_on, variation, on=on)
    if fits(parts, variation.rhythm):
        return parts
    least = _said(smallest(total), currency)
    enough = least_monthly(total, first_due_on, variation)
    if variation.rhythm != Rhythm.GRADUATED or enough is None:
        raise InstalmentTooSmall(least=least)
    raise PlanTooSteep(least=least, first=_said(enough, currency), times=STEEPEST)


def _would_do(total: int, monthly: int, first: date, variation: Variation) -> bool:
    try:
        return fits(schedule(total, monthly, first, variation), variation.rhythm)
    except PlanTooLong:
        return False


def _said(minor: int, currency: str) -> str:
    return f"{to_major(minor, currency):,} {currency}"
