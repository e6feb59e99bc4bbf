"""What contract and law give for rows that are no claims yet. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from qinghe.claims.contract_terms import FeeKind, Outcome
from qinghe.claims.models import Batch, Claim, ContractFee, ContractPayment, ContractTerms
from qinghe.claims.queries.amounts import AgreedView, VerificationView, view_of_check
from qinghe.claims.recompute import Facts, verified
from qinghe.claims.services.told import OF_CLAIM, terms_columns

# About a second: a page waits for it.
MOST: Final = 400
RATES: Final = ("rate_pct", "overdue_rate_pct", "penalty_daily_pct")


@dataclass(frozen=True)
class Weighed:
    """One row whose terms are told, with its amount calculated; minor units."""

    row: int
    contract_number: str
    claimed: int
    lawful: int | None
    check: VerificationView
    agreed: AgreedView

    @property
    def excess(self) -> int:
        """Return how much more is claimed than the law permits, part by part."""
        return sum(max(line.difference, 0) for line in self.check.lines)


@dataclass(frozen=True)
class Amounts:
    """
    Rows with terms: how many there are, how many were calculated, and what came out.

    Of a large file only the first are calculated; all of them are, once they are claims.
    """

    told: int
    checked: int
    too_much: tuple[Weighed, ...]
    first: Weighed | None


class Weighing:
    """Calculates the rows of a file as they come, up to a limit."""

    def __init__(self, batch: Batch, at: datetime) -> None:
        self.batch, self.at = batch, at
        self._told = 0
        self._weighed: list[Weighed] = []

    def add(self, new: pl.DataFrame) -> None:
        """Take the new rows of a piece."""
        if "t_given" not in new.columns:
            return
        given = new.filter(pl.col("t_given"))
        self._told += given.height
        left = given.head(MOST - len(self._weighed))
        terms = left.select(terms_columns()).iter_rows(named=True)
        rows = zip(left.iter_rows(named=True), terms, strict=True)
        self._weighed += [self._one(row, agreed) for row, agreed in rows]

    @property
    def amounts(self) -> Amounts:
        """Return what came out so far."""
        more = tuple(each for each in self._weighed if each.check.outcome == Outcome.MORE)
        return Amounts(
            self._told, len(self._weighed), more, self._weighed[0] if self._weighed else None
        )

    def _one(self, row: dict[str, Any], agreed: dict[str, Any]) -> Weighed:
        claim = self._claim(row)
        facts = {name: agreed[name] for name in OF_CLAIM}
        facts |= {name: Decimal(facts[name]) for name in RATES if facts[name] is not None}
        lender = row["t_lender_kind"] or self.batch.creditor.lender_kind
        terms = ContractTerms(claim=claim, lender_kind=lender, **facts)
        fees = [
            ContractFee(
                terms=terms,
                kind=FeeKind.CHARGE,
                amount=each["amount"],
                on=each["on"] or terms.disbursed_on,
            )
            for each in row["t_service_charges"] or ()
        ]
        paid = [
            ContractPayment(claim=claim, on=each["on"], amount=each["amount"])
            for each in row["t_repayments"] or ()
        ]
        check = view_of_check(verified(Facts(claim, terms, fees, paid, ()), at=self.at))
        told = AgreedView(terms, tuple(fees), tuple(paid), claim.pays_first, claim.security)
        number = row["contract_number"]
        return Weighed(row["row"], number, check.claimed, check.lawful, check, told)

    def _claim(self, row: dict[str, Any]) -> Claim:
        rate = row["rate_applied"]
        return Claim(
            creditor=self.batch.creditor,
            currency=row["currency"],
            contract_on=row["contract_on"],
            due_on=row["due_on"],
            overdue_rate_pct=Decimal(rate) if rate else None,
            interest_to=max(self.batch.as_of, row["due_on"]),
            principal=row["minor_principal"],
            interest=row["minor_interest"],
            costs=row["minor_fees"],
        )
