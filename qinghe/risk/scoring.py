"""
How likely a claim is to be settled by agreement: points with reasons. Pure. Decides nothing.

It does not look at sex, age, marriage or schooling, and nobody loses a point for contesting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.terms import Stage
from qinghe.risk.facts import Facts

BASE: Final = 50
BANDS: Final = ((75, "A"), (50, "B"), (25, "C"))
STAGE_POINTS: Final = {
    Stage.M0: 20,
    Stage.M1: 15,
    Stage.M2: 8,
    Stage.M3: 0,
    Stage.M4: -5,
    Stage.M5: -10,
    Stage.M6: -15,
    Stage.M7: -25,
}


@dataclass(frozen=True)
class Reason:
    """One part of a score: its points and the sentence for it, with named facts."""

    points: int
    sentence: StrPromise
    facts: dict[str, int | str]

    @property
    def text(self) -> str:
        """Return the sentence in the active language."""
        return str(self.sentence).format(**self.facts)


@dataclass(frozen=True)
class Score:
    """
    Points from 0 to 100, their band (A best), and what they are made of.

    Base, reasons and `cut` (what goes beyond 0 or 100) add up to the points.
    """

    points: int
    band: str
    reasons: tuple[Reason, ...]
    base: int

    @property
    def cut(self) -> int:
        return self.points - self.base - sum(reason.points for reason in self.reasons)


def rate(facts: Facts) -> Score:
    """Return the score of a claim: a base and the points of its reasons, kept in bounds."""
    reasons = tuple(reason for reason in _reasons(facts) if reason.points)
    points = min(max(BASE + sum(reason.points for reason in reasons), 0), 100)
    band = next((name for least, name in BANDS if points >= least), "D")
    return Score(points, band, reasons, base=BASE)


def _reasons(facts: Facts) -> list[Reason]:
    percent = facts.paid * 100 // facts.claimed if facts.claimed else 0
    return [
        Reason(
            STAGE_POINTS[Stage(facts.stage)],
            _("Stage {stage}: the sooner after the due day, the better."),
            {"stage": Stage(facts.stage).label},
        ),
        Reason(
            min(15, 5 + percent // 5) if facts.paid else 0,
            _("{percent} % was paid already."),
            {"percent": percent},
        ),
        Reason(
            min(facts.channels, 3) * 4 if facts.channels else -20,
            _("{channels} of 5 channels reach the debtor: calls, SMS, e-mail, letters, visits."),
            {"channels": facts.channels},
        ),
        Reason(5 if facts.evidence else 0, _("The debt is documented."), {}),
        Reason(
            -5 * min(facts.hand - 1, 3),
            _("Placed before: this is placement {hand}."),
            {"hand": facts.hand},
        ),
    ]
