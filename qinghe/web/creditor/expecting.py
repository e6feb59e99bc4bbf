"""What publishing would bring, in the words and numbers of the placing page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinghe.market.advice import Advice
from qinghe.market.commission import Plan, one_row
from qinghe.market.placing import Wish
from qinghe.market.queries.coarsened import Shape
from qinghe.market.queries.history import Days
from qinghe.market.queries.prospect import USUAL, Like, Money, Prospect
from qinghe.market.queries.reach import Span
from qinghe.market.queries.signed import PlanRow
from qinghe.market.terms import Mode
from qinghe.web.creditor.packages import USUAL as SIZES
from qinghe.web.formats import number
from qinghe.web.numbers import ids

# So many ways in which the hall would show the orders stand on the page.
SHOWN = 12


@dataclass(frozen=True)
class LikeRow:
    """The past of orders of one product and stage, in words."""

    like: Like
    taken: str
    paid: str


@dataclass(frozen=True)
class Outlook:
    """What the placing page says about some claims before they are published."""

    collectors: str
    nobody: int
    few: int
    money: list[Money]
    rate: Fraction
    like: list[LikeRow]
    shapes: list[tuple[Shape, int]]
    more_shapes: int
    advice: list[Advice]


def spoken(found: Prospect, plan: Plan) -> Outlook:
    """Return what was found as the page says it."""
    return Outlook(
        collectors=_between(found.least, found.most),
        nobody=found.nobody,
        few=found.few,
        money=found.money,
        rate=plan.rows[-1].rate,
        like=[
            LikeRow(each, _days(each.past.until_taken), _days(each.past.until_paid))
            for each in found.like
        ],
        shapes=found.shapes[:SHOWN],
        more_shapes=max(len(found.shapes) - SHOWN, 0),
        advice=found.advice,
    )


def plan_told(form: forms.Form, plans: Sequence[PlanRow]) -> Plan:
    """Return the rates that stand in the form, right or not yet; else usual ones."""
    chosen = str(form["plan"].value() or "")
    plan = next((row.plan for row in plans if str(row.id) == chosen), None)
    if plan is not None:
        return plan
    try:
        shares = [Decimal(str(form[name].value())) / 100 for name in ("commission", "quality")]
    except InvalidOperation:
        return USUAL
    inside = all(share.is_finite() and 0 <= share <= 1 for share in shares)
    return one_row(*shares) if inside else USUAL


def wished(form: forms.Form) -> Wish:
    """Return the way of placing that stands in the form, right or not yet."""
    least, most, rate = (_typed(form, name) for name in ("smallest", "largest", "commission"))
    return Wish(
        mode=str(form["mode"].value() or Mode.GRAB),
        reserve=rate / 100 if rate is not None else None,
        collector_id=next(iter(ids([str(form["collector"].value() or "")])), None),
        minimum=int(least or SIZES["smallest"]),
        maximum=int(most or SIZES["largest"]),
    )


def _typed(form: forms.Form, name: str) -> Decimal | None:
    try:
        value = Decimal(str(form[name].value()))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def span_words(span: Span) -> str:
    """Return a span of collectors in words: `fewer than 5`, `10–19`, `1,000 or more`."""
    if span.high == 0:
        return _("none")
    if not span.low:
        return _("fewer than 5")
    if span.high is None:
        return _("%(n)s or more") % {"n": number(span.low)}
    return f"{number(span.low)}–{number(span.high)}"


def _between(least: Span, most: Span) -> str:
    if least == most:
        return span_words(least)
    return _("from %(least)s to %(most)s") % {"least": span_words(least), "most": span_words(most)}


def _days(days: Days | None) -> str:
    if days is None:
        return ""
    spread = f"{days.low}–{days.high}" if days.low != days.high else f"{days.low}"
    return ngettext(
        "mostly %(spread)s days (%(n)s case)", "mostly %(spread)s days (%(n)s cases)", days.cases
    ) % {"spread": spread, "n": number(days.cases)}
