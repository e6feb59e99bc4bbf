"""What a plan would pay, before anybody signs: how much, in which month, at what quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from qinghe.kernel.money import split
from qinghe.market.commission.earning import earned
from qinghe.market.commission.plan import STAGES, Plan

SHARES = (Fraction(0), Fraction(3, 10), Fraction(6, 10), Fraction(1))
MONTHS = (1, 3, 6)


@dataclass(frozen=True)
class Case:
    """A case to compute with; `owed` in minor units, the stage that of the first day."""

    owed: int
    stage: str
    band: int
    hand: int
    currency: str


@dataclass(frozen=True)
class Cell:
    """
    What one course of things costs and pays, in minor units.

    `gross` is what the creditor pays, of it `fee` to the platform, `quality` waits for the review,
    of which `back` returns to the creditor. `stage` is that of the month in which money came.
    """

    share: Fraction
    month: int
    stage: str
    recovered: int
    gross: int
    fee: int
    at_once: int
    quality: int
    back: int

    @property
    def cost(self) -> int:
        """Return what the creditor has paid in the end."""
        return self.gross - self.back

    @property
    def pay(self) -> int:
        """Return what the collector has got in the end."""
        return self.at_once + self.quality - self.back

    @property
    def rate(self) -> Fraction:
        """Return what was paid as a share of what came in."""
        return Fraction(self.cost, self.recovered) if self.recovered else Fraction(0)


def simulate(
    plan: Plan, case: Case, share: Fraction, month: int, fee: Fraction, score: Fraction
) -> Cell:
    """Return what follows when a share of the debt comes in at once, in a month after signing."""
    stage = later_stage(case.stage, month - 1)
    recovered, _rest = split(case.owed, share)
    gross = earned(
        plan,
        amount=recovered,
        before=0,
        owed=case.owed,
        rate=plan.base(stage, case.band, case.hand),
        currency=case.currency,
    )
    kept, net = split(gross, fee)
    quality, at_once = split(net, plan.quality_share)
    paid, back = split(quality, score)
    return Cell(share, month, stage, recovered, gross, kept, at_once, paid + back, back)


def table(plan: Plan, case: Case, fee: Fraction, score: Fraction) -> list[list[Cell]]:
    """Return one row per share recovered, one cell per month."""
    return [
        [simulate(plan, case, share, month, fee, score) for month in MONTHS] for share in SHARES
    ]


def qualities(plan: Plan, case: Case, fee: Fraction, scores: Sequence[Fraction]) -> list[Cell]:
    """Return what quality does when everything comes in the first month."""
    return [simulate(plan, case, Fraction(1), 1, fee, score) for score in scores]


def later_stage(stage: str, months: int) -> str:
    """Return the stage a claim has some months on; the last one is never left."""
    at = STAGES.index(stage) if stage in STAGES else 0
    return STAGES[min(at + months, len(STAGES) - 1)]
