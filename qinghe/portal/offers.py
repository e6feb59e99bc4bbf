"""Monthly amounts to choose from: three of equal weight, none of them pressed."""

from __future__ import annotations

from django.template.loader import render_to_string

from qinghe.casework.fairness import smallest
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, STEEPEST
from qinghe.kernel.money import exponent

MONTHS = (24, 12, 6)
# Below so many whole units an amount is written to the unit, above it to the ten, and so on.
STEPS = ((100, 1), (10_000, 10), (100_000, 100))
WIDEST = 1_000


def monthly_offers(owed: int, currency: str) -> list[int]:
    """
    Return up to three monthly amounts in minor units, the smallest first.

    Each is rounded up to a number one can say, and none exceeds what is owed.
    """
    unit = 10 ** exponent(currency)
    found = {min(_round_up(-(-owed // months), unit), owed) for months in MONTHS}
    return sorted(amount for amount in found if amount > 0)


def offer_label(monthly: int, owed: int, currency: str) -> str:
    """Return an offer as words: how much a month, and how many months."""
    count = -(-owed // monthly)
    facts = {"monthly": monthly, "currency": currency, "count": count}
    return render_to_string("portal/parts/offer.html", facts)


def too_little(owed: int, currency: str) -> str:
    """Return what the smallest amount a month is, and what to do when that is too much."""
    return _said("too_little", owed, currency)


def least_hint(owed: int, currency: str) -> str:
    """Return the smallest amount a month as the hint beside the field."""
    return _said("least", owed, currency)


def too_slow(owed: int, currency: str, enough: int) -> str:
    """Return the first instalment with which a plan that varies ends in time."""
    return _said("too_slow", owed, currency, enough=enough)


def too_heavy(owed: int, currency: str, spare: int) -> str:
    """Return how much can be spared, and what to do where no plan is as small as that."""
    return _said("too_heavy", owed, currency, spare=spare)


def too_thin(owed: int, currency: str) -> str:
    """Return the least that an instalment may be where they differ."""
    return _said("too_thin", owed, currency, smallest=smallest(owed))


def too_steep(owed: int, currency: str, first: int) -> str:
    """Return how far instalments may rise, and the first one that would do."""
    more = {"smallest": smallest(owed), "first": first, "times": STEEPEST}
    return _said("too_steep", owed, currency, **more)


def _said(name: str, owed: int, currency: str, **more: int) -> str:
    facts = {"least": least(owed), "currency": currency, "months": LONGEST_PLAN_MONTHS, **more}
    return render_to_string(f"portal/parts/{name}.html", facts).strip()


def least(owed: int) -> int:
    """Return the smallest equal amount a month that pays what is owed within the longest plan."""
    return -(-owed // LONGEST_PLAN_MONTHS)


def _round_up(amount: int, unit: int) -> int:
    step = next((step for limit, step in STEPS if amount < limit * unit), WIDEST) * unit
    return -(-amount // step) * step
