"""
Which debt, and which part of it, a payment pays (China).

Between debts: what was agreed, else what the payer designated, else due before not due, less
security, the heavier rate, the earlier due day; complete equals share in proportion. Inside a
debt: costs, interest, principal, judgment money, doubled interest, unless agreed otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from qinghe.kernel.money import apportion
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

SECURITY_RANK = {"none": 0, "partial": 1, "full": 2}


@dataclass(frozen=True, slots=True)
class OwedDebt:
    """
    One debt, its open parts in minor units.

    Interest above the legal cap is not among them: no payment may ever reach it.
    """

    id: str
    currency: str
    due_on: date
    owed: dict[str, int]
    security: str = "none"
    rate_pct: Decimal = Decimal(0)

    @property
    def total(self) -> int:
        """Return everything owed, in minor units."""
        return sum(self.owed.values())


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, in minor units, and the debt the payer named, if any."""

    amount_minor: int
    currency: str
    on: date
    designated: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Orders agreed by the parties; what they leave out follows the law."""

    component_order: tuple[str, ...] = ()
    debt_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each debt's parts receive and still owe, and what nothing could take."""

    allocations: dict[str, dict[str, int]]
    remaining: dict[str, dict[str, int]]
    unapplied_minor: int
    steps: tuple[Step, ...] = field(default_factory=tuple)


class CurrencyMismatch(ValueError):
    """A payment in one currency cannot pay a debt in another."""


def components() -> tuple[str, ...]:
    """Return the parts of a debt in the order of the law."""
    inside = tuple(rule("CN-ALC-01").parameters["order"])
    return inside + tuple(rule("CN-ALC-03").parameters["order"])


def allocate(
    *, payment: Payment, debts: tuple[OwedDebt, ...], agreement: Agreement | None = None
) -> Allocation:
    """
    Return where a payment goes.

    :raises CurrencyMismatch: a debt in another currency
    :raises ValueError: the agreement or the payer names a debt that is not there
    """
    agreed = agreement or Agreement()
    _check(payment, debts, agreed)
    order = tuple(dict.fromkeys(agreed.component_order + components()))
    given = {debt.id: dict.fromkeys(components(), 0) for debt in debts}
    left, steps = payment.amount_minor, []
    for rule_id, reason, group in _groups(payment, debts, agreed):
        paid = min(left, sum(debt.total for debt in group))
        if paid:
            names = ", ".join(debt.id for debt in group)
            steps.append(step(rule_id, f"allocation.{reason}", debts=names, amount=paid))
            for debt, share in _shares(group, paid):
                given[debt.id] = _inside(debt, share, order)
        left -= paid
    remaining = {
        debt.id: {part: debt.owed.get(part, 0) - given[debt.id][part] for part in components()}
        for debt in debts
    }
    return Allocation(given, remaining, left, tuple(steps))


def _check(payment: Payment, debts: tuple[OwedDebt, ...], agreed: Agreement) -> None:
    if any(debt.currency != payment.currency for debt in debts):
        raise CurrencyMismatch("payment and debt in different currencies")
    named = {*agreed.debt_order, *([payment.designated] if payment.designated else [])}
    if not named <= {debt.id for debt in debts} or not set(agreed.component_order) <= {
        *components()
    }:
        raise ValueError("an unknown debt or component")


def _groups(
    payment: Payment, debts: tuple[OwedDebt, ...], agreed: Agreement
) -> Iterable[tuple[str, str, list[OwedDebt]]]:
    """Yield groups of equal rank, the first to be paid first, with the reason of their rank."""
    named, reason = agreed.debt_order, "agreed"
    if not named and payment.designated is not None:
        named, reason = (payment.designated,), "designated"
    by_id = {debt.id: debt for debt in debts}
    for debt_id in dict.fromkeys(named):
        yield "CN-ALC-02", reason, [by_id[debt_id]]
    rest = sorted(
        (debt for debt in debts if debt.id not in named),
        key=lambda debt: (_rank(debt, payment.on), debt.id),
    )
    for _, ranked in groupby(rest, key=lambda debt: _rank(debt, payment.on)):
        group = list(ranked)
        yield "CN-ALC-02", "shared" if len(group) > 1 else "ranked", group


def _rank(debt: OwedDebt, on: date) -> tuple[bool, int, Decimal, date]:
    return (debt.due_on > on, SECURITY_RANK[debt.security], -debt.rate_pct, debt.due_on)


def _shares(group: list[OwedDebt], paid: int) -> list[tuple[OwedDebt, int]]:
    return list(zip(group, apportion(paid, [debt.total for debt in group]), strict=True))


def _inside(debt: OwedDebt, share: int, order: tuple[str, ...]) -> dict[str, int]:
    given = dict.fromkeys(components(), 0)
    for part in order:
        given[part] = min(share, debt.owed.get(part, 0))
        share -= given[part]
    return given
