"""
Play a contract day by day: what falls due, what it bears, what payments take away.

Interest is kept as an exact fraction and rounded half up once: term interest per period, late
interest over the whole time. An additional payment can therefore never raise what is owed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from qinghe.kernel.money import half_up
from qinghe.rules.allocation import Agreement, OwedDebt, Payment, allocate
from qinghe.rules.recompute.caps import Rates
from qinghe.rules.recompute.schedule import YEAR_DAYS, count, due_days, principal_parts
from qinghe.rules.recompute.terms import INSTALMENTS, Contract, Paid

PARTS = ("principal", "interest", "late", "charges", "costs")
ACTUAL = "act/365"
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What each part came to, what was paid on it, and what is due; in minor units.

    `not_due` is principal that falls due later, `credit` money nothing could take yet,
    `refused` charges for which the cap left no room.
    """

    charged: dict[str, int]
    paid: dict[str, int]
    not_due: int
    credit: int
    refused: int

    @property
    def owed(self) -> dict[str, int]:
        """Return what is due per part."""
        return {part: self.charged[part] - self.paid[part] for part in PARTS}


@dataclass
class _Due:
    """One part of the principal that fell due, and the day from which it is late."""

    amount: int
    late_from: date


@dataclass
class _Book:
    contract: Contract
    rates: Rates
    ahead: list[tuple[date, int]]
    instalments: dict[date, int]
    due: list[_Due] = field(default_factory=list)
    period: Fraction = Fraction(0)
    posted: int = 0
    late: Fraction = Fraction(0)
    ceiling: Fraction = Fraction(0)
    bearing: Fraction = Fraction(0)
    charges: int = 0
    held: int = 0
    charged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    paid: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))

    @property
    def undue(self) -> int:
        return sum(amount for _day, amount in self.ahead)

    @property
    def overdue(self) -> int:
        return sum(part.amount for part in self.due)


def replay(
    contract: Contract, principal: int, rates: Rates, payments: Iterable[Paid], as_of: date
) -> Outcome:
    """Return what a contract comes to on a day (which bears no interest any more)."""
    days = due_days(contract)
    parts = principal_parts(contract, principal, rates.term_on(contract.disbursed_on))
    ahead = list(zip(days, parts, strict=True))
    book = _Book(contract, rates, ahead, dict(ahead))
    money: dict[date, int] = defaultdict(int)
    for payment in payments:
        if payment.on <= as_of:
            money[max(payment.on, contract.disbursed_on)] += payment.amount
    stops = _stops(contract, rates, days, money, as_of)
    for since, until in pairwise(stops):
        _reach(book, since, money.get(since, 0))
        _bear(book, since, until)
    _reach(book, stops[-1], money.get(stops[-1], 0))
    return _outcome(book)


def _stops(
    contract: Contract, rates: Rates, days: list[date], money: dict[date, int], as_of: date
) -> list[date]:
    grace = timedelta(days=contract.grace_days)
    called = [contract.accelerated_on] if contract.accelerated_on else []
    found = {contract.disbursed_on, as_of, *days, *called, *money, *rates.changes}
    found |= {day + grace for day in (*days, *called)} | {fee.on for fee in contract.fees}
    return sorted(day for day in found if contract.disbursed_on <= day <= as_of)


def _bear(book: _Book, since: date, until: date) -> None:
    """Let everything open bear what it bears from a day to another."""
    contract, rates = book.contract, book.rates
    term_days = count(until, contract.day_count) - count(since, contract.day_count)
    term = _simple(book.undue, rates.term_on(since), term_days, YEAR_DAYS[contract.day_count])
    days = (until - since).days
    late_on = sum(part.amount for part in book.due if part.late_from <= since)
    late = _simple(late_on, rates.late_on(since), days, YEAR_DAYS[ACTUAL])
    book.period += term
    book.late += late
    cap = rates.cap_on(since)
    if cap is not None:
        book.ceiling += _simple(book.undue + book.overdue, cap, days, YEAR_DAYS[ACTUAL])
        book.bearing += term + late


def _simple(principal: int, rate_pct: Decimal | Fraction, days: int, year: int) -> Fraction:
    return principal * Fraction(rate_pct) * days / (year * PERCENT)


def _reach(book: _Book, day: date, money: int) -> None:
    """Do what happens on a day: parts fall due, charges arise, money is applied."""
    contract = book.contract
    called = contract.accelerated_on is not None and contract.accelerated_on <= day
    falls = [row for row in book.ahead if called or row[0] <= day]
    if falls:
        late_from = day + timedelta(days=contract.grace_days)
        book.due += [_Due(amount, late_from) for _on, amount in falls if amount]
        book.ahead = [row for row in book.ahead if row not in falls]
        _post(book)
        book.period, book.posted = Fraction(0), 0
        money, book.held = money + book.held, 0
    for fee in contract.fees:
        if max(fee.on, contract.disbursed_on) == day:
            if fee.kind == "enforcement":
                book.charged["costs"] += fee.amount
            else:
                book.charges += fee.amount
    book.charged["late"] = half_up(book.late)
    room = max(_room(book), book.paid["charges"])
    book.charged["charges"] = min(book.charges, room)
    if money:
        _early(book, day, _apply(book, day, money))


def _post(book: _Book) -> None:
    """Make the interest of the running period payable."""
    whole = half_up(book.period)
    book.charged["interest"] += whole - book.posted
    book.posted = whole


def _room(book: _Book) -> int:
    """Return what the cap leaves for charges beside interest; everything where there is no cap."""
    if all(cap is None for _day, cap in book.rates.caps):
        return book.charges
    return max(int(book.ceiling - book.bearing), 0)


def _apply(book: _Book, day: date, money: int) -> int:
    """Apply money in the order agreed, else that of the law; return what is left."""
    open_parts = {part: book.charged[part] - book.paid[part] for part in PARTS}
    interest = ("interest", "late", "charges")
    debt = OwedDebt(
        id="contract",
        currency=book.contract.currency,
        due_on=day,
        owed={
            "costs": open_parts["costs"],
            "interest": sum(open_parts[part] for part in interest),
            "principal": book.overdue,
        },
    )
    given = allocate(
        payment=Payment(money, book.contract.currency, day),
        debts=(debt,),
        agreement=Agreement(component_order=book.contract.order),
    )
    share = given.allocations["contract"]
    book.paid["costs"] += share["costs"]
    rest = share["interest"]
    for part in interest:
        taken = min(rest, open_parts[part])
        book.paid[part] += taken
        rest -= taken
    _repay(book, share["principal"])
    return given.unapplied_minor


def _repay(book: _Book, money: int) -> None:
    """Repay principal that is due, the oldest part first."""
    book.paid["principal"] += money
    for part in book.due:
        taken = min(money, part.amount)
        part.amount -= taken
        money -= taken
    book.due = [part for part in book.due if part.amount]


def _early(book: _Book, day: date, money: int) -> None:
    """Keep early money for the next instalment; what is above it repays principal at once."""
    if not money:
        return
    if not book.ahead:
        book.held += money
        return
    limit = 0
    if book.contract.schedule in INSTALMENTS:
        limit = _next_instalment(book)
    kept = min(money, max(limit - book.held, 0))
    book.held += kept
    money -= kept
    if not money:
        return
    _post(book)
    money = _apply(book, day, money)
    for place in range(len(book.ahead) - 1, -1, -1):
        on, amount = book.ahead[place]
        taken = min(money, amount)
        book.ahead[place] = (on, amount - taken)
        book.paid["principal"] += taken
        money -= taken
    book.held += money


def _next_instalment(book: _Book) -> int:
    """Return what the next due day will ask for, were nothing repaid before it."""
    contract = book.contract
    on, amount = book.ahead[0]
    earlier = [day for day in book.instalments if day < on]
    since = max(earlier, default=contract.disbursed_on)
    days = count(on, contract.day_count) - count(since, contract.day_count)
    rate = book.rates.term_on(since)
    return amount + half_up(_simple(book.undue, rate, days, YEAR_DAYS[contract.day_count]))


def _outcome(book: _Book) -> Outcome:
    book.charged["principal"] = book.paid["principal"] + book.overdue
    return Outcome(
        charged=dict(book.charged),
        paid=dict(book.paid),
        not_due=book.undue,
        credit=book.held,
        refused=book.charges - book.charged["charges"],
    )
