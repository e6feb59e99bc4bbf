"""A commission plan: what it says, how it is written, and what makes it unlawful or senseless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.market.terms import BAND_BOUNDS, Measure

STAGES: Final = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
# The last number of hands stands for every later one too.
LAST_HAND: Final = 9
BY_SHARE, BY_AMOUNT = "share", "amount"
REVIEW_DAYS: Final = 30
LONGEST_REVIEW_DAYS: Final = 180
MOST_ROWS: Final = 200
# More than half of what is recovered is no commission but a purchase.
HIGHEST: Final = Fraction(1, 2)


class BadPlan(ValueError):
    """A plan that cannot stand; `field` says where, the text what to do."""

    def __init__(self, field: str, text: StrPromise) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


@dataclass(frozen=True)
class BaseRate:
    """A rate for some stages, amount bands and hands; an empty list means every one."""

    rate: Fraction
    stages: frozenset[str] = frozenset()
    bands: frozenset[int] = frozenset()
    hands: frozenset[int] = frozenset()

    def fits(self, stage: str, band: int, hand: int) -> bool:
        """Tell whether a case falls under this row."""
        return (
            (not self.stages or stage in self.stages)
            and (not self.bands or band in self.bands)
            and (not self.hands or min(hand, LAST_HAND) in self.hands)
        )


@dataclass(frozen=True)
class Step:
    """
    From a cumulative recovery on, so much is added to the base rate.

    `start` is a share of what was owed at the signing, or an amount in major units.
    """

    start: Fraction
    add: Fraction


@dataclass(frozen=True)
class Plan:
    """
    What a collector earns: the first base rate that fits, the ladder, and the quality part.

    `weights` say how much of the quality part each measure decides; together they are one.
    """

    rows: tuple[BaseRate, ...]
    quality_share: Fraction
    weights: Mapping[str, Fraction]
    steps: tuple[Step, ...] = ()
    ladder_by: str = BY_SHARE
    review_days: int = REVIEW_DAYS
    name: str = field(default="", compare=False)

    def base(self, stage: str, band: int, hand: int) -> Fraction:
        """Return the base rate of a case; the last row fits everything."""
        return next(row.rate for row in self.rows if row.fits(stage, band, hand))

    def by_band(self, stage: str, hand: int) -> list[Fraction]:
        """Return the base rate of each amount band, lowest band first."""
        return [self.base(stage, band, hand) for band in range(len(BAND_BOUNDS))]

    @property
    def highest(self) -> Fraction:
        """Return the highest rate that any cent can bear."""
        adds = (step.add for step in self.steps)
        return max(row.rate for row in self.rows) + max(adds, default=Fraction(0))


def one_row(rate: Decimal | Fraction, quality_share: Decimal | Fraction) -> Plan:
    """Return the plan of a mandate that has one rate and hangs its quality part on complaints."""
    weights = {Measure.COMPLAINTS.value: Fraction(1)}
    return Plan((BaseRate(Fraction(rate)),), Fraction(quality_share), weights)


def parse(content: Mapping[str, Any]) -> Plan:
    """
    Read a plan from JSON: rates are texts of decimals, shares of one (`"0.125"`).

    :raises BadPlan: a figure is missing or out of range; no complaint would cost anything (the
        rule against pay on recovered money alone, CN-INC-01)
    """
    ladder = content.get("ladder") or {}
    quality = content.get("quality") or {}
    plan = Plan(
        rows=_rows(content.get("rows") or ()),
        quality_share=_number(quality.get("share"), "quality.share"),
        weights=_weights(quality.get("weights") or {}),
        steps=_steps(ladder.get("steps") or ()),
        ladder_by=str(ladder.get("by", BY_SHARE)),
        review_days=_days(quality.get("review_days", REVIEW_DAYS)),
    )
    _check(plan)
    return plan


def as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON, in one way only: equal plans give equal text."""
    return {
        "rows": [
            {
                "rate": text(row.rate),
                "stages": sorted(row.stages),
                "bands": sorted(row.bands),
                "hands": sorted(row.hands),
            }
            for row in plan.rows
        ],
        "ladder": {
            "by": plan.ladder_by,
            "steps": [{"from": text(step.start), "add": text(step.add)} for step in plan.steps],
        },
        "quality": {
            "share": text(plan.quality_share),
            "review_days": plan.review_days,
            "weights": {name: text(weight) for name, weight in sorted(plan.weights.items())},
        },
    }


def text(value: Fraction) -> str:
    """Return a decimal share as text without trailing zeros."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _number(value: object, where: str) -> Fraction:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise BadPlan(where, _("write a decimal number")) from None
    if not found.is_finite() or -found.as_tuple().exponent > 6:  # type: ignore[operator]
        raise BadPlan(where, _("write a decimal number with at most six decimals"))
    return Fraction(found)


def _days(value: object) -> int:
    if not isinstance(value, int) or not 0 < value <= LONGEST_REVIEW_DAYS:
        raise BadPlan("quality.review_days", _("write whole days, 1 to 180"))
    return value


def _rows(rows: Sequence[Mapping[str, Any]]) -> tuple[BaseRate, ...]:
    if not 0 < len(rows) <= MOST_ROWS:
        raise BadPlan("rows", _("give 1 to 200 rates"))
    return tuple(
        BaseRate(
            rate=_number(row.get("rate"), f"rows.{at}.rate"),
            stages=frozenset(map(str, row.get("stages") or ())),
            bands=frozenset(row.get("bands") or ()),
            hands=frozenset(row.get("hands") or ()),
        )
        for at, row in enumerate(rows)
    )


def _steps(steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(
        Step(
            _number(each.get("from"), f"ladder.steps.{at}.from"),
            _number(each.get("add"), f"ladder.steps.{at}.add"),
        )
        for at, each in enumerate(steps)
    )


def _weights(weights: Mapping[str, Any]) -> dict[str, Fraction]:
    unknown = set(weights) - set(Measure.values)
    if unknown:
        raise BadPlan("quality.weights", _("unknown measure"))
    found = {name: _number(value, f"quality.weights.{name}") for name, value in weights.items()}
    return {name: weight for name, weight in found.items() if weight}


def _check(plan: Plan) -> None:
    _check_rows(plan)
    starts = [step.start for step in plan.steps]
    if plan.ladder_by not in (BY_SHARE, BY_AMOUNT):
        raise BadPlan("ladder.by", _("write share or amount"))
    if starts != sorted(set(starts)) or any(start <= 0 for start in starts):
        raise BadPlan("ladder.steps", _("begin each step above the one before"))
    if any(step.add < 0 for step in plan.steps):
        raise BadPlan("ladder.steps", _("a step adds to the base rate; it cannot be negative"))
    if plan.highest > HIGHEST:
        raise BadPlan("ladder.steps", _("base rate and step together exceed a half"))
    if not 0 < plan.quality_share <= 1:
        raise BadPlan("quality.share", _("a part of the commission must hang on quality"))
    if any(weight < 0 for weight in plan.weights.values()) or sum(plan.weights.values()) != 1:
        raise BadPlan("quality.weights", _("the weights must sum to 1"))
    if Measure.COMPLAINTS not in plan.weights:
        raise BadPlan("quality.weights", _("complaints must weigh something"))


def _check_rows(plan: Plan) -> None:
    last = plan.rows[-1]
    if last.stages or last.bands or last.hands:
        raise BadPlan(f"rows.{len(plan.rows) - 1}", _("the last rate must fit every case"))
    for at, row in enumerate(plan.rows):
        known = (
            row.stages <= set(STAGES)
            and row.bands <= set(range(len(BAND_BOUNDS)))
            and row.hands <= set(range(1, LAST_HAND + 1))
        )
        if not known:
            raise BadPlan(f"rows.{at}", _("unknown stage, band or hand"))
        if not 0 <= row.rate <= HIGHEST:
            raise BadPlan(f"rows.{at}.rate", _("a rate is between 0 and a half"))
