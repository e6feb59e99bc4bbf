"""
What was agreed behind a made-up claim, and what that comes to: more columns of a creditor's file.

The amounts of a row follow from its contract by the calculation of the law itself, so that most of
a market is calculated to agreement. Some creditors ask for less, and some do not tell the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from qinghe.rules.recompute import Claimed, Contract, Paid, compare

TERMS: Final = ("loan_principal", "handed_over", "paid_out_on", "agreed_rate", "repayments")
RATES: Final = ("6.0", "7.2")
# Of ten contracts one is not told, and of one less is asked than it comes to.
OF, UNTOLD, LESS = 10, 0, 1
# No cap is reached by these rates, whoever lent the money.
LENDER: Final = "bank"
# Repaid so far: at most twice, so many hundredths of what was lent, well before the due day.
MOST_TIMES: Final = 2
SHARES: Final = (2, 3, 4)
FIRST, EVERY = timedelta(days=60), timedelta(days=30)


def agreed(row: Mapping[str, str], as_of: date) -> dict[str, str]:
    """
    Return what a row says of its contract, and the amounts that are open by it on a day.

    The principal of the row counts as what was lent. The same number gives the same contract.
    """
    random = Random(row["contract_number"])  # noqa: S311  reproducible on purpose
    kind = random.randrange(OF)
    if kind == UNTOLD:
        return {}
    lent, rate = _minor(row["principal"]), random.choice(RATES)
    paid = _repaid(random, lent, date.fromisoformat(row["contract_date"]))
    principal, interest = _open(row, lent, rate, paid, as_of)
    return {
        "loan_principal": row["principal"],
        "handed_over": row["principal"],
        "paid_out_on": row["contract_date"],
        "agreed_rate": rate,
        "repayments": "; ".join(f"{each.on.isoformat()} {_major(each.amount)}" for each in paid),
        "principal": _major(principal),
        "interest": _major(interest * 9 // 10 if kind == LESS else interest),
    }


def _repaid(random: Random, lent: int, signed: date) -> list[Paid]:
    times = random.randint(0, MOST_TIMES)
    return [
        Paid(signed + FIRST + n * EVERY, lent * random.choice(SHARES) // 100) for n in range(times)
    ]


def _open(
    row: Mapping[str, str], lent: int, rate: str, paid: list[Paid], as_of: date
) -> tuple[int, int]:
    """Return the principal and the interest that are open, in minor units."""
    signed = date.fromisoformat(row["contract_date"])
    contract = Contract(
        lender_kind=LENDER,
        currency=row["currency"],
        signed_on=signed,
        principal=lent,
        disbursed_on=signed,
        matures_on=date.fromisoformat(row["due_date"]),
        rate_pct=Decimal(rate),
        overdue_rate_pct=Decimal(row["annual_overdue_rate"]),
        handed_over=lent,
    )
    lines = compare(contract, paid, Claimed(0, 0, 0), as_of).lines
    found = {line.component: line.lawful for line in lines}
    return found["principal"], found["interest"]


def _minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def _major(minor: int) -> str:
    return f"{minor / 100:.2f}"
