"""Turn the figures of reporting into what a page draws; every one links to its definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from qinghe.kernel.money import to_major
from qinghe.reporting.definitions import Unit
from qinghe.reporting.queries import Figure as Measured
from qinghe.reporting.queries import StageRow
from qinghe.web import formats
from qinghe.web.parts import Chart, Figure, Series

NONE = "–"
STAGES = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7")


def definition_href(definition_id: str) -> str:
    """Return the address of a definition."""
    return f"{reverse('web:definitions')}#{definition_id}"


def figures_of(measured: Iterable[Measured]) -> list[Figure]:
    """Return figures in words, in the order given."""
    return [_figure(each) for each in measured]


def _figure(each: Measured) -> Figure:
    return Figure(
        label=str(each.definition.title),
        value=value_words(each),
        note=_note(each),
        definition=each.definition_id,
        href=definition_href(each.definition_id),
    )


def value_words(each: Measured) -> str:
    """Return a value as people read it, by the unit of its definition."""
    if each.value is None:
        return NONE
    unit = each.definition.unit
    if unit is Unit.MONEY:
        return formats.money_short(int(each.value), each.currency)
    if unit is Unit.SHARE:
        return formats.percent(each.value)
    return formats.number(each.value, 1 if unit is Unit.RATIO else 0)


def _note(each: Measured) -> str:
    """Return from what a quotient was made: `127 of 942`."""
    if each.denominator is None:
        return ""
    parts = [_part(each, each.numerator), _part(each, each.denominator)]
    return _("%(part)s of %(whole)s") % {"part": parts[0], "whole": parts[1]}


def _part(each: Measured, value: int) -> str:
    return formats.money_short(value, each.currency) if each.currency else formats.number(value)


def stage_chart(rows: Sequence[StageRow], currency: str) -> Chart:
    """Return open amounts by stage in one currency as bars, with the table behind them."""
    by_stage = {row.stage: row for row in rows if row.currency == currency}
    owed = [_major(by_stage[s].owed, currency) if s in by_stage else 0 for s in STAGES]
    labels = [*STAGES[:-1], "M7+"]
    total = formats.money_short(sum(row.owed for row in by_stage.values()), currency)
    return Chart(
        id="stages",
        title=_("Open amounts by stage"),
        summary=_("Open amounts by stage, %(total)s in all.") % {"total": total},
        kind="bar",
        labels=labels,
        series=[Series(currency, owed)],
        note=_("principal, interest and costs, in %(currency)s") % {"currency": currency},
        definition="K-06",
        href=definition_href("K-06"),
        short=True,
        decimals=0,
    )


def _major(minor: int, currency: str) -> float:
    return float(round(to_major(minor, currency)))
