"""The doubled part of interest for late performance of a judgment in China."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from qinghe.kernel.money import half_up
from qinghe.rules.packs import Rule, rule
from qinghe.rules.steps import Step, step

DAY = timedelta(days=1)
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Payment:
    """Money paid on a day, in minor units."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Stay:
    """Days that do not count, both ends included, unless the debtor asked for them."""

    from_on: date
    to_on: date
    at_debtor_request: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the judgment money, the days it was late, and the interest of these."""

    amount_minor: int
    days: int
    interest_minor: int


@dataclass(frozen=True, slots=True)
class DelayedInterest:
    """Segments in the order of payment, an unpaid rest last."""

    segments: tuple[Segment, ...]
    total_minor: int
    unpaid_minor: int
    steps: tuple[Step, ...] = ()


def delayed_interest(
    *,
    judgment_money_minor: int,
    term_ended_on: date,
    as_of: date,
    payments: tuple[Payment, ...] = (),
    stays: tuple[Stay, ...] = (),
) -> DelayedInterest:
    """Return the doubled interest on judgment money, seen from a day."""
    law = rule("CN-INT-11")
    daily = Fraction(Decimal(law.parameters["daily_pct"])) / PERCENT
    open_minor, segments = judgment_money_minor, []
    for payment in sorted(payments, key=lambda payment: payment.on):
        if payment.on <= as_of:
            part = min(payment.amount_minor, open_minor)
            open_minor -= part
            segments.append(_segment(part, term_ended_on, payment.on, stays, daily))
    if open_minor:
        segments.append(_segment(open_minor, term_ended_on, as_of, stays, daily))
    total = sum(part.interest_minor for part in segments)
    told = _steps(law, term_ended_on, stays, segments)
    return DelayedInterest(tuple(segments), total, open_minor, told)


def _steps(
    law: Rule, ended_on: date, stays: tuple[Stay, ...], segments: list[Segment]
) -> tuple[Step, ...]:
    rate = step(law.id, "delayed.rate", on=ended_on, daily=law.parameters["daily_pct"])
    days = [
        step(
            law.id,
            "delayed.asked_for" if stay.at_debtor_request else "delayed.left_out",
            first=stay.from_on,
            last=stay.to_on,
        )
        for stay in stays
    ]
    parts = [
        step(
            law.id,
            "delayed.segment",
            amount=part.amount_minor,
            days=part.days,
            interest=part.interest_minor,
        )
        for part in segments
    ]
    return (rate, *days, *parts)


def _segment(
    amount: int, ended_on: date, until: date, stays: tuple[Stay, ...], daily: Fraction
) -> Segment:
    days = late_days(ended_on, until, stays)
    return Segment(amount, days, half_up(amount * daily * days))


def late_days(ended_on: date, until: date, stays: tuple[Stay, ...]) -> int:
    """Return the days after the term up to and including a day, without the stays."""
    days = max(0, (until - ended_on).days)
    counted_to = ended_on
    for stay in sorted(stays, key=lambda stay: stay.from_on):
        if stay.at_debtor_request:
            continue
        first, last = max(stay.from_on, counted_to + DAY), min(stay.to_on, until)
        if first <= last:
            days -= (last - first).days + 1
            counted_to = last
    return days
