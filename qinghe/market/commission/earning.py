"""What a payment earns, and what of its quality part is paid. Pure integers in, integers out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from qinghe.kernel.money import exponent, split
from qinghe.market.commission.plan import BY_AMOUNT, Plan


def earned(
    plan: Plan, *, amount: int, before: int, owed: int, rate: Fraction, currency: str
) -> int:
    """
    Return the whole commission on an amount, in minor units; a broken cent stays out of it.

    `before` is what the mandate had recovered until then, `owed` what was owed when it was signed,
    `rate` the base rate of the case on this day.
    """
    base, _rest = split(amount, rate)
    top = ladder_part(plan, before + amount, owed, currency)
    return base + top - ladder_part(plan, before, owed, currency)


def ladder_part(plan: Plan, recovered: int, owed: int, currency: str) -> int:
    """
    Return what the ladder adds on all that was recovered, each cent by the step it fell into.

    A function of the sum alone: in which order and in how many parts it came changes nothing.
    """
    starts = [_start(plan, step.start, owed, currency) for step in plan.steps]
    total = Fraction(0)
    for at, step in enumerate(plan.steps):
        end = starts[at + 1] if at + 1 < len(starts) else None
        top = recovered if end is None else min(recovered, end)
        total += step.add * max(top - starts[at], 0)
    return int(total)


def reviewed(
    reserve: int, weights: Mapping[str, Fraction], values: Mapping[str, Fraction]
) -> tuple[int, int]:
    """
    Return (paid, given back) of a quality part; together they are the whole of it.

    Each value lies between 0 (nothing deserved) and 1; a measure nobody took counts as full.
    """
    score = sum((weights[name] * values.get(name, Fraction(1)) for name in weights), Fraction(0))
    return split(reserve, min(max(score, Fraction(0)), Fraction(1)))


def _start(plan: Plan, start: Fraction, owed: int, currency: str) -> int:
    if plan.ladder_by == BY_AMOUNT:
        return int(start * 10 ** exponent(currency))
    return int(start * owed)
