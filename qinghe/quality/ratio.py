"""
A rate of rare events and how sure it is: the exact interval of a Poisson count. Pure.

F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936), 437-442: the lower
limit is the mean under which `count` or more has probability alpha/2, the upper limit the mean
under which `count` or fewer has. It is never narrower than it says, which suits a figure that
costs a firm its orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, log, sqrt
from typing import Final

PER: Final = 5_000
ALPHA: Final = 0.05
# Halving so often leaves less than a millionth of an event, for any count that occurs here.
_HALVINGS: Final = 36


@dataclass(frozen=True)
class Rate:
    """Events per 5,000 accounts: the estimate and its 95 % interval."""

    value: float
    low: float
    high: float


def rate(count: int, accounts: int) -> Rate:
    """Return the rate of some events among accounts; `accounts` is at least one."""
    low, high = limits(count)
    return Rate(*(PER * mean / accounts for mean in (count, low, high)))


@cache
def limits(count: int) -> tuple[float, float]:
    """Return Garwood's limits of the mean behind a count."""
    top = count + 6 * sqrt(count + 1) + 10
    low = 0.0 if count == 0 else _where(lambda mean: at_most(count - 1, mean) > 1 - ALPHA / 2, top)
    return low, _where(lambda mean: at_most(count, mean) > ALPHA / 2, top)


def at_most(count: int, mean: float) -> float:
    """Return the probability of a Poisson variable being `count` or less."""
    if mean <= 0:
        return 1.0
    terms = [n * log(mean) - mean - lgamma(n + 1) for n in range(count + 1)]
    most = max(terms)
    return min(exp(most) * sum(exp(each - most) for each in terms), 1.0)


def _where(holds: Callable[[float], bool], top: float) -> float:
    """Return where a condition that holds from 0 on stops holding."""
    low, high = 0.0, top
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
