"""Which way of placing fits some claims, and why. Pure: rules of thumb that say what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrPromise

from qinghe.market.terms import SMALLEST_PACKAGE, Mode

# From this band on (50,000 in major units) a contest on price is worth its days.
LARGE: Final = 5
FEW: Final = 5
MANY: Final = 50


class Fit(TextChoices):
    GOOD = "good", pgettext_lazy("fit", "Fits well")
    POSSIBLE = "possible", pgettext_lazy("fit", "Possible")
    POOR = "poor", pgettext_lazy("fit", "Does not fit")


@dataclass(frozen=True)
class Facts:
    """
    What the advice rests on: how many claims, the highest band, and who comes into question.

    `least` and `most` count collectors that could take an order today, over all orders.
    """

    claims: int
    top_band: int
    least: int
    most: int
    registered: bool
    own_team: bool


@dataclass(frozen=True)
class Advice:
    """One mode, how well it fits, and the reason in a sentence."""

    mode: Mode
    fit: Fit
    why: StrPromise


def advise(facts: Facts) -> list[Advice]:
    """Return advice on every mode, the best first; among equals in the usual order."""
    made = [
        _grab(facts),
        _bid(facts),
        _dispatch(facts),
        _designated(facts),
        _package(facts),
        _team(facts),
    ]
    return sorted(made, key=lambda each: list(Fit).index(each.fit))


def _grab(facts: Facts) -> Advice:
    if facts.least >= FEW:
        return Advice(Mode.GRAB, Fit.GOOD, _("Enough collectors could take each order at once."))
    if facts.most >= FEW:
        why = _("For some orders fewer than five collectors come into question; they may wait.")
        return Advice(Mode.GRAB, Fit.POSSIBLE, why)
    why = _("Fewer than five collectors could take these orders today; they may stay open.")
    return Advice(Mode.GRAB, Fit.POOR, why)


def _bid(facts: Facts) -> Advice:
    if facts.least < FEW:
        why = _("With fewer than five possible bidders a contest settles no fair price.")
        return Advice(Mode.BID, Fit.POOR, why)
    if facts.top_band >= LARGE:
        why = _("Amounts from 50,000 on are worth a contest, and enough collectors could bid.")
        return Advice(Mode.BID, Fit.GOOD, why)
    why = _("A contest takes at least a day; with small amounts it seldom saves that much.")
    return Advice(Mode.BID, Fit.POSSIBLE, why)


def _dispatch(facts: Facts) -> Advice:
    if not facts.most:
        why = _("Nobody it could be offered to has a free place today.")
        return Advice(Mode.DISPATCH, Fit.POOR, why)
    if facts.claims >= MANY:
        why = _("Many at once: each order is offered to whom most is expected of.")
        return Advice(Mode.DISPATCH, Fit.GOOD, why)
    why = _("Works for few orders too; its strength is matching many at once.")
    return Advice(Mode.DISPATCH, Fit.POSSIBLE, why)


def _package(facts: Facts) -> Advice:
    if facts.claims < SMALLEST_PACKAGE:
        why = _("A package holds at least five orders.")
        return Advice(Mode.PACKAGE, Fit.POOR, why)
    if facts.claims >= MANY and facts.least >= FEW:
        why = _("Many at once for one collector: less to compare, one commission for all.")
        return Advice(Mode.PACKAGE, Fit.GOOD, why)
    why = _("Whoever takes it must be able to take every order of it.")
    return Advice(Mode.PACKAGE, Fit.POSSIBLE, why)


def _designated(facts: Facts) -> Advice:
    if not facts.registered:
        why = _("No collector is registered for these regions and amounts.")
        return Advice(Mode.DESIGNATED, Fit.POOR, why)
    if facts.most < FEW:
        why = _("Few come into question, so asking one of them directly is quicker.")
        return Advice(Mode.DESIGNATED, Fit.GOOD, why)
    why = _("If you know whom you want. The collector may decline.")
    return Advice(Mode.DESIGNATED, Fit.POSSIBLE, why)


def _team(facts: Facts) -> Advice:
    if not facts.own_team:
        why = _("No own team with free places is registered for all of these regions and amounts.")
        return Advice(Mode.OWN_TEAM, Fit.POOR, why)
    if facts.most < FEW:
        why = _("The own team could begin at once, and few others come into question.")
        return Advice(Mode.OWN_TEAM, Fit.GOOD, why)
    return Advice(Mode.OWN_TEAM, Fit.POSSIBLE, _("The own team could begin at once."))
