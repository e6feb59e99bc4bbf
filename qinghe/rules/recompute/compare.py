"""Hold what is claimed against what the contract says and what the law permits, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qinghe.rules.recompute.caps import agreed_rates, courts_doubt, lawful_rates
from qinghe.rules.recompute.replay import Outcome, replay
from qinghe.rules.recompute.schedule import due_days
from qinghe.rules.recompute.terms import Contract, ContractError, Paid
from qinghe.rules.steps import Step, step

EQUAL, MORE, LESS = "equal", "more", "less"
# Which parts of the calculation one line of a claim holds.
HOLDS = {
    "principal": ("principal",),
    "interest": ("interest", "late", "charges"),
    "costs": ("costs",),
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the creditor demands, in minor units; charges count as interest."""

    principal: int
    interest: int
    costs: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a line: as agreed, and as the law permits; charged less paid is owed."""

    name: str
    contract: int
    lawful: int
    charged: int
    paid: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a claim; `difference` is what is claimed above (or below) the lawful amount."""

    component: str
    claimed: int
    contract: int
    lawful: int
    difference: int
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """
    The three lines, their outcome, and what stands outside them; in minor units.

    `late_pct` is the lawful yearly rate from the day on.
    """

    outcome: str
    lines: tuple[Line, ...]
    claimed: int
    contract: int
    lawful: int
    not_due: int
    credit: int
    slack: int
    late_pct: Decimal
    cautions: tuple[Step, ...]


def compare(
    contract: Contract, payments: Iterable[Paid], claimed: Claimed, as_of: date
) -> Compared:
    """
    Return every line of a claim beside the contract and the law, seen from a day.

    Sums that differ by no more than a minor unit for each rounding count as equal.

    :raises ContractError: terms that contradict each other
    :raises StaleRate: a rate that is needed is not published
    """
    contract.check()
    if as_of < contract.disbursed_on:
        raise ContractError("disbursed_on")
    paid = tuple(payments)
    late_from = min(*due_days(contract), contract.accelerated_on or date.max)
    rates = lawful_rates(contract, late_from, as_of)
    agreed = replay(contract, contract.principal, agreed_rates(contract, late_from), paid, as_of)
    lawful = replay(contract, contract.lent, rates, paid, as_of)
    steps = {
        "principal": _principal_steps(contract, lawful, paid),
        "interest": (*rates.steps, *_charge_steps(lawful)),
        "costs": (),
    }
    lines = tuple(_line(name, claimed, agreed, lawful, steps[name]) for name in HOLDS)
    slack = len(due_days(contract)) + len(paid) + 1
    doubt = courts_doubt(contract, rates.late_pct)
    return Compared(
        outcome=_outcome(lines, slack),
        lines=lines,
        claimed=sum(line.claimed for line in lines),
        contract=sum(line.contract for line in lines),
        lawful=sum(line.lawful for line in lines),
        not_due=lawful.not_due,
        credit=lawful.credit,
        slack=slack,
        late_pct=rates.late_on(as_of),
        cautions=() if doubt is None else (doubt,),
    )


def _line(
    name: str, claimed: Claimed, agreed: Outcome, lawful: Outcome, steps: tuple[Step, ...]
) -> Line:
    parts = tuple(
        Part(each, agreed.owed[each], lawful.owed[each], lawful.charged[each], lawful.paid[each])
        for each in HOLDS[name]
    )
    demanded = int(getattr(claimed, name))
    permitted = sum(part.lawful for part in parts)
    return Line(
        component=name,
        claimed=demanded,
        contract=sum(part.contract for part in parts),
        lawful=permitted,
        difference=demanded - permitted,
        parts=parts,
        steps=steps,
    )


def _outcome(lines: tuple[Line, ...], slack: int) -> str:
    # A line too high is too much even where another is lower: money is applied line by line.
    if any(line.difference > slack for line in lines):
        return MORE
    return LESS if any(line.difference < -slack for line in lines) else EQUAL


def _principal_steps(
    contract: Contract, lawful: Outcome, paid: tuple[Paid, ...]
) -> tuple[Step, ...]:
    steps = []
    if contract.lent < contract.principal:
        steps.append(step("CN-INT-03", "interest.handed_over"))
    if paid:
        steps.append(step("CN-ALC-01", "recompute.applied"))
    if lawful.not_due:
        steps.append(step("CN-ALC-02", "recompute.not_due"))
    return tuple(steps)


def _charge_steps(lawful: Outcome) -> tuple[Step, ...]:
    return (step("CN-INT-02", "recompute.charges"),) if lawful.refused else ()
