"""
Do the sums of a lender's file add up? Every loan is computed anew, to the cent. Pure.

What was received must be the parts it went to; what was repaid, is open and was written off must be
what was lent; a fee for collecting comes out of what was recovered; and where the terms are given,
the instalment must be that of an annuity. Each difference is told by loan, with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from qinghe.kernel.money import ungrouped

# What a mapping's `waterfall` names; the first three are needed.
NEEDED: Final = ("loan", "received", "principal")
PARTS: Final = ("principal", "interest", "late_fees", "recoveries")
MONEY: Final = ("received", *PARTS, "collection_fee", "funded", "outstanding", "instalment")
FIELDS: Final = ("loan", "status", *MONEY, "term", "rate")
AMOUNT: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,18})?")
CENT: Final = Decimal("0.01")
# A yearly rate in percent with two decimals may be this much off.
HALF_A_POINT: Final = Decimal("0.005")
WRITTEN_OFF: Final = re.compile(r"charged\s*off|default|written\s*off|核销|呆账", re.IGNORECASE)
PAID: Final = re.compile(r"fully\s*paid|settled|paid\s*off|结清", re.IGNORECASE)


class Reason(StrEnum):
    """Why a figure of the file is not the one computed."""

    UNREADABLE = "unreadable"
    PARTS_ROUNDED = "parts-rounded"
    PARTS_DIFFER = "parts-differ"
    REPAID_TOO_MUCH = "repaid-too-much"
    PAID_BUT_OPEN = "paid-but-open"
    RECOVERED_WITHOUT_LOSS = "recovered-without-loss"
    FEE_ABOVE_RECOVERIES = "fee-above-recoveries"
    INSTALMENT_ROUNDED = "instalment-rounded"
    RATE_ROUNDED = "rate-rounded"
    INSTALMENT_DIFFERS = "instalment-differs"


# What rounding explains is told, but is no fault of the file.
EXPLAINED: Final = frozenset({Reason.PARTS_ROUNDED, Reason.INSTALMENT_ROUNDED, Reason.RATE_ROUNDED})


@dataclass(frozen=True)
class Difference:
    """One figure of one loan: as the file has it and as it was computed, in major units."""

    loan: str
    figure: str
    in_file: Decimal | None
    computed: Decimal | None
    reason: Reason

    @property
    def explained(self) -> bool:
        """Tell whether rounding accounts for it."""
        return self.reason in EXPLAINED


@dataclass(frozen=True)
class Loan:
    """One row: its amounts in major units, exact as written; what no column gives is absent."""

    number: str
    status: str
    money: Mapping[str, Decimal]
    months: int | None
    rate_pct: Decimal | None

    @property
    def written_off(self) -> bool:
        """Tell whether the lender gave the loan up."""
        return WRITTEN_OFF.search(self.status) is not None

    @property
    def balance(self) -> Decimal:
        """Return what was lent and neither repaid nor is open: for a lost loan, the loss."""
        held = self.money
        return _cents(
            held.get("funded", Decimal(0)) - held["principal"] - held.get("outstanding", Decimal(0))
        )


@dataclass(frozen=True)
class Reconciliation:
    """The sums of a file beside those computed, all in cents, and every difference."""

    loans: int
    equal: int
    written_off: int
    totals: Mapping[str, Decimal]
    received_computed: Decimal
    written_off_balance: Decimal
    recovered: Decimal
    collection_fees: Decimal
    differences: tuple[Difference, ...]

    @property
    def open_differences(self) -> tuple[Difference, ...]:
        """Return the differences that no rounding explains."""
        return tuple(each for each in self.differences if not each.explained)

    def by_reason(self) -> dict[str, int]:
        """Return how many differences there are of each reason."""
        return dict(sorted(Counter(each.reason.value for each in self.differences).items()))


def reconcile(rows: Iterable[Mapping[str, str]], columns: Mapping[str, str]) -> Reconciliation:
    """
    Return what adds up and what does not; `columns` is field to column, as in a mapping.

    :raises KeyError: a needed field has no column
    """
    for name in NEEDED:
        columns[name]
    loans: list[Loan] = []
    found: list[Difference] = []
    count = 0
    for row in rows:
        count += 1
        loan = _loan(row, columns)
        if isinstance(loan, Difference):
            found.append(loan)
        else:
            loans.append(loan)
            found += _differences(loan)
    lost = [loan for loan in loans if loan.written_off]
    open_ = {each.loan for each in found if not each.explained}
    return Reconciliation(
        loans=count,
        equal=count - len(open_),
        written_off=len(lost),
        totals={name: _total(loans, name) for name in MONEY if name in columns},
        received_computed=sum((_received(loan) for loan in loans), Decimal(0)),
        written_off_balance=sum((loan.balance for loan in lost), Decimal(0)),
        recovered=_total(lost, "recoveries"),
        collection_fees=_total(lost, "collection_fee"),
        differences=tuple(found),
    )


def annuity(principal: Decimal, rate_pct: Decimal, months: int) -> Decimal:
    """Return the equal monthly instalment, not rounded; the rate is in percent a year."""
    monthly = rate_pct / 1200
    if not monthly:
        return principal / months
    return principal * monthly / (1 - (1 + monthly) ** -months)


def _loan(row: Mapping[str, str], columns: Mapping[str, str]) -> Loan | Difference:
    number = row.get(columns["loan"], "")
    money: dict[str, Decimal] = {}
    for name in MONEY:
        text = row.get(columns.get(name, ""), "").strip()
        if not text:
            continue
        amount = _amount(text)
        if amount is None:
            return Difference(number, name, None, None, Reason.UNREADABLE)
        money[name] = amount
    if not {"received", "principal"} <= money.keys():
        return Difference(number, "received", None, None, Reason.UNREADABLE)
    months = re.search(r"\d{1,3}", row.get(columns.get("term", ""), ""))
    rate = re.search(r"\d{1,3}(?:\.\d{1,6})?", row.get(columns.get("rate", ""), ""))
    return Loan(
        number=number,
        status=row.get(columns.get("status", ""), ""),
        money=money,
        months=int(months.group()) if months else None,
        rate_pct=Decimal(rate.group()) if rate else None,
    )


def _amount(text: str) -> Decimal | None:
    try:
        plain = ungrouped(text)
    except ValueError:
        return None
    return Decimal(plain) if AMOUNT.fullmatch(plain) else None


def _differences(loan: Loan) -> list[Difference]:
    found = [_parts(loan), _repaid(loan), _fee(loan), _recovered(loan), _instalment(loan)]
    return [each for each in found if each is not None]


def _received(loan: Loan) -> Decimal:
    return sum((_cents(loan.money.get(name, Decimal(0))) for name in PARTS), Decimal(0))


def _parts(loan: Loan) -> Difference | None:
    in_file, computed = _cents(loan.money["received"]), _received(loan)
    if in_file == computed:
        return None
    exact = sum((loan.money.get(name, Decimal(0)) for name in PARTS), Decimal(0))
    # Each of the parts and the sum itself may hide half a cent.
    slack = CENT / 2 * (len(PARTS) + 1)
    rounded = abs(loan.money["received"] - exact) < slack
    reason = Reason.PARTS_ROUNDED if rounded else Reason.PARTS_DIFFER
    return Difference(loan.number, "received", in_file, computed, reason)


def _repaid(loan: Loan) -> Difference | None:
    if "funded" not in loan.money:
        return None
    funded, repaid = _cents(loan.money["funded"]), _cents(loan.money["principal"])
    if loan.balance < -CENT:
        return Difference(loan.number, "principal", repaid, funded, Reason.REPAID_TOO_MUCH)
    if PAID.search(loan.status) and loan.balance > CENT:
        return Difference(loan.number, "principal", repaid, funded, Reason.PAID_BUT_OPEN)
    return None


def _fee(loan: Loan) -> Difference | None:
    fee = _cents(loan.money.get("collection_fee", Decimal(0)))
    recovered = _cents(loan.money.get("recoveries", Decimal(0)))
    if fee <= recovered:
        return None
    return Difference(loan.number, "collection_fee", fee, recovered, Reason.FEE_ABOVE_RECOVERIES)


def _recovered(loan: Loan) -> Difference | None:
    recovered = _cents(loan.money.get("recoveries", Decimal(0)))
    if not recovered or not loan.status or loan.written_off:
        return None
    nothing = Decimal(0)
    return Difference(loan.number, "recoveries", recovered, nothing, Reason.RECOVERED_WITHOUT_LOSS)


def _instalment(loan: Loan) -> Difference | None:
    given = (loan.money.get("instalment"), loan.money.get("funded"), loan.rate_pct, loan.months)
    in_file, funded, rate, months = given
    if in_file is None or funded is None or rate is None or not months:
        return None
    exact = annuity(funded, rate, months)
    # Lenders round up, so that the last instalment is the smaller one.
    computed = exact.quantize(CENT, ROUND_CEILING)
    if _cents(in_file) == computed:
        return None
    return Difference(
        loan.number, "instalment", _cents(in_file), computed, _why(in_file, funded, rate, months)
    )


def _why(in_file: Decimal, funded: Decimal, rate: Decimal, months: int) -> Reason:
    if abs(in_file - annuity(funded, rate, months)) <= CENT:
        return Reason.INSTALMENT_ROUNDED
    low = annuity(funded, max(rate - HALF_A_POINT, Decimal(0)), months)
    high = annuity(funded, rate + HALF_A_POINT, months)
    if low - CENT <= in_file <= high + CENT:
        return Reason.RATE_ROUNDED
    return Reason.INSTALMENT_DIFFERS


def _total(loans: Sequence[Loan], name: str) -> Decimal:
    return sum((_cents(loan.money.get(name, Decimal(0))) for loan in loans), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
