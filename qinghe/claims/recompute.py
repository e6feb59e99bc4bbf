"""From the rows of a claim to the calculation of the law, and back to rows. No query of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from qinghe.claims.completeness import BUYERS
from qinghe.claims.contract_terms import Missing, Outcome
from qinghe.claims.intake.rates import STRICT_KINDS, STRICTEST
from qinghe.claims.interest import accrue
from qinghe.claims.models import Claim, ContractFee, ContractPayment, ContractTerms, Verification
from qinghe.claims.terms import PayOrder, Product
from qinghe.kernel.money import to_major
from qinghe.rules.explain import citation
from qinghe.rules.interest import NO_RATE
from qinghe.rules.lpr import StaleRate
from qinghe.rules.packs import pack_version
from qinghe.rules.recompute import (
    Claimed,
    Compared,
    Contract,
    ContractError,
    Fee,
    Line,
    Paid,
    compare,
    practice,
)
from qinghe.rules.steps import Step

LAW: Final = "CN"
FOUR_PLACES: Final = Decimal("0.0001")
# Facts that make a calculation complete; the first two are needed for any.
WANTED = (
    Missing.TERMS,
    Missing.SIGNED_ON,
    Missing.LENDER,
    Missing.PAYMENTS,
    Missing.HANDED_OVER,
    Missing.RATE,
    Missing.LATE_RATE,
)
NEEDED = (Missing.TERMS, Missing.SIGNED_ON)


@dataclass(frozen=True)
class Facts:
    """Everything about one claim that the calculation looks at; `claim` with its creditor."""

    claim: Claim
    terms: ContractTerms | None
    fees: Sequence[ContractFee]
    told: Sequence[ContractPayment]
    paid_here: Sequence[Paid]

    @property
    def missing(self) -> list[Missing]:
        """Return what is not known, the gravest first."""
        terms = self.terms
        known = {
            Missing.TERMS: terms is not None,
            Missing.SIGNED_ON: self.claim.contract_on is not None,
            Missing.LENDER: bool(lender_of(self.claim, terms)),
            Missing.PAYMENTS: bool(self.told),
            Missing.HANDED_OVER: terms is not None and terms.handed_over is not None,
            Missing.RATE: terms is not None and terms.rate_pct is not None,
            Missing.LATE_RATE: terms is not None
            and (terms.overdue_rate_pct is not None or terms.penalty_daily_pct is not None),
        }
        return [each for each in WANTED if not known[each]]


def lender_of(claim: Claim, terms: ContractTerms | None) -> str:
    """
    Return what kind of lender made the loan, as far as that is known; empty when it is not.

    The claimant's own kind is no answer when it only buys claims, nor for a loan between private
    people: without a word about the lender both are judged the stricter way.
    """
    own = claim.creditor.lender_kind
    told = (terms.lender_kind if terms is not None else "") or own
    bought = own in BUYERS or claim.product == Product.PRIVATE_LOAN
    return "" if bought and told == own and told not in STRICT_KINDS else told


def contract_of(facts: Facts) -> Contract | None:
    """Return the contract of a claim; None while a fact that is needed is missing."""
    claim, terms = facts.claim, facts.terms
    if terms is None or claim.contract_on is None:
        return None
    return Contract(
        lender_kind=lender_of(claim, terms) or STRICTEST,
        currency=claim.currency,
        signed_on=claim.contract_on,
        principal=terms.principal,
        disbursed_on=terms.disbursed_on,
        matures_on=terms.matures_on,
        schedule=terms.schedule,
        periods=terms.periods,
        period_months=terms.period_months,
        rate_pct=terms.rate_pct,
        day_count=terms.day_count,
        overdue_rate_pct=terms.overdue_rate_pct,
        penalty_daily_pct=terms.penalty_daily_pct,
        grace_days=terms.grace_days,
        handed_over=terms.handed_over,
        accelerated_on=terms.accelerated_on,
        sued_on=terms.sued_on,
        fees=tuple(Fee(fee.kind, fee.amount, fee.on) for fee in facts.fees),
        order=PayOrder(claim.pays_first).parts,
    )


def verified(facts: Facts, *, at: datetime) -> Verification:
    """
    Return the check of a claim's amount as an unsaved row, seen from the day its interest is at.

    What cannot be calculated is an answer too, with what is missing.
    """
    claim = facts.claim
    as_of, claimed = _claimed(facts)
    row = Verification(
        claim=claim,
        computed_at=at,
        as_of=as_of,
        law=pack_version(LAW),
        outcome=Outcome.CANNOT,
        claimed=claimed.principal + claimed.interest + claimed.costs,
        completeness=100 * (len(WANTED) - len(facts.missing)) // len(WANTED),
        missing=[each.value for each in facts.missing],
    )
    doubt = practice(claim.overdue_rate_pct or NO_RATE)
    row.cautions = _steps([doubt] if doubt else [])
    contract = contract_of(facts)
    if contract is None:
        return row
    paid = [*(Paid(each.on, each.amount) for each in facts.told), *facts.paid_here]
    try:
        found = compare(contract, paid, claimed, as_of)
    except StaleRate:
        row.missing = [Missing.LPR.value, *row.missing]
        return row
    except ContractError:
        row.missing = [Missing.CONTRADICTION.value, *row.missing]
        return row
    return _told(row, found)


def _claimed(facts: Facts) -> tuple[date, Claimed]:
    """Return the day up to which the claim and every payment speak, and what it demands then."""
    claim = facts.claim
    as_of = max([claim.interest_to, *(paid.on for paid in facts.paid_here)])
    since, rate = claim.interest_to, claim.overdue_rate_pct
    grown = accrue(claim.principal, rate, since, as_of)[0]
    return as_of, Claimed(claim.principal, claim.interest + grown, claim.costs)


def _told(row: Verification, found: Compared) -> Verification:
    row.outcome = Outcome(found.outcome)
    row.late_rate_pct = found.late_pct.quantize(FOUR_PLACES, ROUND_UP)
    if rate_above(row):
        row.outcome = Outcome.MORE
    row.contract, row.lawful = found.contract, found.lawful
    row.not_due, row.credit = found.not_due, found.credit
    row.lines = [_line(line) for line in found.lines]
    row.cautions = _steps(found.cautions)
    return row


def rate_above(row: Verification) -> bool:
    """Tell whether the claim would go on to bear more interest than is lawful."""
    agreed, most = row.claim.overdue_rate_pct, row.late_rate_pct
    return agreed is not None and most is not None and agreed > most


def excess_of(row: Verification) -> str:
    """Say by how much a claim is too high: a sum, a rate, or both."""
    sum_above = sum(max(line["difference"], 0) for line in row.lines)
    words = [f"{to_major(sum_above, row.claim.currency)} {row.claim.currency}"]
    if rate_above(row):
        words.append(f"{row.claim.overdue_rate_pct:f} % > {row.late_rate_pct:f} %")
    return ", ".join(words)


def _line(line: Line) -> dict[str, Any]:
    return {
        "component": line.component,
        "claimed": line.claimed,
        "contract": line.contract,
        "lawful": line.lawful,
        "difference": line.difference,
        "parts": [
            {
                "name": part.name,
                "contract": part.contract,
                "lawful": part.lawful,
                "charged": part.charged,
                "paid": part.paid,
            }
            for part in line.parts
        ],
        "steps": _steps(line.steps),
    }


def _steps(steps: Iterable[Step]) -> list[dict[str, str]]:
    return [
        {
            "rule": each.rule_id,
            "source": citation(each.rule_id),
            "text": each.text("en"),
            "text_zh": each.text("zh"),
        }
        for each in steps
    ]
