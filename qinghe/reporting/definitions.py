"""
What every figure counts and what it divides by. A figure without a definition here cannot be made.

Ids are stable: a printed report names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class Unit(StrEnum):
    """How a value is written: minor units of a currency, a share of one, a plain number."""

    MONEY = "money"
    SHARE = "share"
    COUNT = "count"
    RATIO = "ratio"


@dataclass(frozen=True)
class Definition:
    """`denominator` is empty for figures that only count."""

    id: str
    title: StrPromise
    unit: Unit
    numerator: StrPromise
    denominator: StrPromise | str = ""
    # The numerator is counted per so many of the denominator.
    per: int = 1


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "K-01",
        _("Claimed amount"),
        Unit.MONEY,
        _("Amount of all claims at intake, without those rejected or withdrawn"),
    ),
    Definition(
        "K-02",
        _("Net recovered"),
        Unit.MONEY,
        _("Payments applied to claims, less reversals"),
    ),
    Definition(
        "K-04",
        _("Recovery rate"),
        Unit.SHARE,
        _("Payments applied to claims, less reversals"),
        _("Amount of the same claims at intake"),
    ),
    Definition(
        "K-06",
        _("Open claims"),
        Unit.COUNT,
        _("Claims that are neither settled nor withdrawn nor rejected"),
    ),
    Definition(
        "K-07",
        _("Orders in work"),
        Unit.COUNT,
        _("Mandates that are active or suspended"),
    ),
    Definition("K-08", _("Open orders"), Unit.COUNT, _("Listings a collector could take now")),
    Definition(
        "K-11",
        _("Promises kept, by amount"),
        Unit.SHARE,
        _("Amount of promises kept by their day and three days of grace"),
        _("Amount of promises that were due"),
    ),
    Definition(
        "K-12",
        _("Contacts per resolved case"),
        Unit.RATIO,
        _("Contact attempts that were not refused"),
        _("Claims settled"),
    ),
    Definition(
        "K-17",
        _("Justified complaints per 5,000"),
        Unit.RATIO,
        _("Complaints found justified, times 5,000"),
        _("Claims that ever had a mandate"),
        per=5_000,
    ),
    Definition(
        "K-18",
        _("Contact requests refused"),
        Unit.SHARE,
        _("Contact requests refused by a rule"),
        _("All contact requests"),
    ),
    Definition(
        "K-19",
        _("Open complaints"),
        Unit.COUNT,
        _("Complaints that wait for a decision"),
    ),
    Definition(
        "K-20",
        _("Effective commission rate"),
        Unit.SHARE,
        _("Commission with its quality part and the platform's part"),
        _("Payments that bore a commission"),
    ),
    Definition(
        "K-21",
        _("Commission earned"),
        Unit.MONEY,
        _("Commission without the platform's part; the quality part is included"),
    ),
    Definition(
        "K-22",
        _("Platform's part of commissions"),
        Unit.MONEY,
        _("Platform's part of the commission of all payments that stand"),
    ),
    Definition(
        "K-23",
        _("Money held for others"),
        Unit.MONEY,
        _(
            "Owed to creditors, collectors and debtors, with payouts, refunds and money sent back"
            " that were prepared and have not left yet"
        ),
    ),
    Definition(
        "K-24",
        _("Contacts during a hold"),
        Unit.COUNT,
        _("Messages about a claim that were sent while a hold stood; must be zero"),
    ),
    Definition(
        "K-26",
        _("In a plan or a pause"),
        Unit.SHARE,
        _("Claims in work with a running plan or a granted pause"),
        _("Claims in work"),
    ),
    Definition(
        "K-27",
        _("Recovery rate of own orders"),
        Unit.SHARE,
        _("Payments that came while the collector held the order, less reversals"),
        _("Amount at intake of the claims it ever held"),
    ),
)
BY_ID: dict[str, Definition] = {definition.id: definition for definition in DEFINITIONS}
