"""The bare cost of working an order, and the commission that just covers it, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Any, Final

import yaml

from qinghe import market
from qinghe.claims.terms import Product, Stage
from qinghe.kernel.money import to_minor
from qinghe.market.bands import bands

ACTIONS: Final = ("call", "message", "letter")
STEP: Final = Decimal("0.0001")


class BadFigures(ValueError):
    """Figures that cannot be used; the text names the place and what is expected there."""


@dataclass(frozen=True)
class Need:
    """What one stage takes: actions by kind, and the share that comes back."""

    actions: Mapping[str, Fraction]
    recovered: Fraction


@dataclass(frozen=True)
class Figures:
    """One version of the cost figures. Costs in minor units; why in Chinese and English."""

    version: str
    currency: str
    costs: Mapping[str, Fraction]
    minutes: Mapping[str, Fraction]
    stages: Mapping[str, Need]
    products: Mapping[str, Fraction]
    hands: tuple[Fraction, ...]
    bands: tuple[Fraction, ...]
    fee: Fraction
    highest: Fraction
    why: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """One line of the bill: what, how many of it, and what that costs in minor units."""

    what: str
    count: int
    cost: int


@dataclass(frozen=True)
class Floor:
    """
    The lowest commission that covers the bare cost of an order, and how it comes about.

    `recovered` is what is expected to come back, of the middle of the band. Minor units.
    """

    rate: Decimal
    lines: tuple[Line, ...]
    cost: int
    amount: int
    recovered: int
    fee: Decimal
    currency: str
    version: str


def floor(
    figures: Figures, *, product: str, stage: str, band: int, hand: int, currency: str
) -> Floor:
    """
    Return the floor of an order.

    In a currency for which there are no figures there is no floor: its rate is zero.
    """
    need, amount = figures.stages[stage], middle(band, currency)
    hands = figures.hands[min(hand, len(figures.hands)) - 1]
    recovered = int(amount * need.recovered * hands)
    if currency != figures.currency:
        nothing = Decimal(0).quantize(STEP)
        return Floor(nothing, (), 0, amount, recovered, _exact(figures.fee), currency, "")
    lines = _lines(figures, need, figures.products[product] * figures.bands[band])
    cost = sum(line.cost for line in lines)
    bare = Fraction(cost) / (Fraction(max(recovered, 1)) * (1 - figures.fee))
    rate = _exact(min(bare, figures.highest))
    fee = _exact(figures.fee)
    return Floor(rate, lines, cost, amount, recovered, fee, currency, figures.version)


def lowest(
    figures: Figures,
    *,
    product: str,
    stage: str,
    bands: Iterable[int],
    hand: int,
    currency: str,
) -> Floor:
    """
    Return the lowest floor that an order may have if all that is known of it is a span of bands.

    It is the same wherever in the span the order is, so that it tells no more than the span.
    """
    each = (
        floor(figures, product=product, stage=stage, band=band, hand=hand, currency=currency)
        for band in bands
    )
    return min(each, key=lambda found: found.rate)


def middle(band: int, currency: str) -> int:
    """Return the middle of an amount band in minor units; of the open one, half above its bound."""
    found = bands()[band]
    high = found.high if found.high is not None else found.low * 2
    return to_minor(Decimal(found.low + high) / 2, currency)


def _lines(figures: Figures, need: Need, factor: Fraction) -> tuple[Line, ...]:
    """Return the bill: actions are whole, and scarcer work still is one action."""
    counts = {kind: ceil(need.actions[kind] * factor) for kind in ACTIONS}
    minutes = figures.minutes["file"] + sum(
        figures.minutes[kind] * count for kind, count in counts.items()
    )
    spent = {**counts, "minute": ceil(minutes)}
    return tuple(
        Line(what, count, ceil(figures.costs[what] * count)) for what, count in spent.items()
    )


def _exact(share: Fraction) -> Decimal:
    """Return a share in the steps in which commissions are written, never too low."""
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return value.quantize(STEP, rounding=ROUND_UP)


def parse(text: str) -> Figures:
    """
    Return the figures a YAML text holds.

    :raises BadFigures: a figure is missing, is no number, or is out of range; its place is named
    """
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        raise BadFigures(f"line {place.line + 1 if place else '?'}: this is no YAML") from error
    if not isinstance(body, dict):
        raise BadFigures("the file must name its figures: version, currency, costs, …")
    return _figures(body)


def _figures(body: dict[str, Any]) -> Figures:
    rows = _map(body, "stages")
    stages = {
        name: Need(
            {kind: _number(row, f"{kind}s", f"stages.{name}") for kind in ACTIONS},
            _number(row, "recovered", f"stages.{name}", top=1),
        )
        for name, row in ((name, _map(rows, name)) for name in rows)
    }
    costs = _map(body, "costs")
    known = Figures(
        version=str(body.get("version", "")).strip(),
        currency=str(body.get("currency", "")).strip(),
        costs={k: _number(_map(costs, k), "amount", f"costs.{k}") for k in (*ACTIONS, "minute")},
        minutes={k: _number(_map(body, "minutes"), k, "minutes") for k in (*ACTIONS, "file")},
        stages=stages,
        products={
            k: _number(_map(body, "products"), k, "products") for k in _map(body, "products")
        },
        hands=_numbers(body, "hands"),
        bands=_numbers(body, "bands"),
        fee=_number(body, "fee", "", top=1),
        highest=_number(body, "highest_floor", "", top=1),
        why={k: _why(_map(costs, k)) for k in costs},
    )
    return _complete(known)


def _complete(figures: Figures) -> Figures:
    if not figures.version or len(figures.currency) != 3:
        raise BadFigures("version and currency (three letters) must be given")
    if len(figures.bands) != len(bands()) or not figures.hands:
        raise BadFigures(f"bands: {len(bands())} numbers are expected; hands: at least one")
    if figures.fee == 1:
        raise BadFigures("fee: a platform that keeps everything leaves no floor")
    known = (
        ("stages", set(Stage.values), figures.stages),
        ("products", set(Product.values), figures.products),
    )
    for name, wanted, found in known:
        if wanted - found.keys():
            raise BadFigures(f"{name}: {sorted(wanted - found.keys())[0]} is missing")
    silent = sorted(name for name in figures.costs if not all(figures.why[name]))
    if silent:
        raise BadFigures(f"costs.{silent[0]}: say in zh and en what the figure rests on")
    return figures


def _why(body: Mapping[str, Any]) -> tuple[str, str]:
    return str(body.get("zh", "")).strip(), str(body.get("en", "")).strip()


def _map(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    if not isinstance(found, dict):
        raise BadFigures(f"{name}: a block of named figures is expected")
    return found


def _number(body: Mapping[str, Any], name: str, place: str, top: int | None = None) -> Fraction:
    where = f"{place}.{name}".lstrip(".")
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFigures(f"{where}: a number is expected")
    exact = Fraction(str(value))
    if exact < 0 or (top is not None and exact > top):
        raise BadFigures(f"{where}: {value} is out of range")
    return exact


def _numbers(body: Mapping[str, Any], name: str) -> tuple[Fraction, ...]:
    values = body.get(name)
    if not isinstance(values, list):
        raise BadFigures(f"{name}: a list of numbers is expected")
    return tuple(_number({str(i): v}, str(i), name) for i, v in enumerate(values))


@cache
def built_in() -> str:
    """Return the figures that come with the product, as text."""
    return files(market).joinpath("costs.yaml").read_text("utf-8")
