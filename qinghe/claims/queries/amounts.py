"""Reads about the amount: what was agreed and paid, and what the last check found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import get_language

from qinghe.claims.contract_terms import Missing, Outcome
from qinghe.claims.days import day_of
from qinghe.claims.models import (
    Claim,
    ContractFee,
    ContractPayment,
    ContractTerms,
    Line,
    Verification,
)
from qinghe.claims.queries.access import NoSuchClaim, visible
from qinghe.claims.recompute import Facts, verified
from qinghe.claims.terms import LineKind
from qinghe.kernel.actor import Actor
from qinghe.rules.recompute import Paid


@dataclass(frozen=True)
class Why:
    """One reason of a figure: the rule, where it stands, and a sentence."""

    rule: str
    source: str
    text: str


@dataclass(frozen=True)
class PartRow:
    """One part of a line: charged less paid is lawful; minor units."""

    name: str
    contract: int
    lawful: int
    charged: int
    paid: int


@dataclass(frozen=True)
class CheckedLine:
    """One line: claimed, agreed, lawful, and how much above (or below) the lawful amount."""

    component: str
    claimed: int
    contract: int
    lawful: int
    difference: int
    parts: tuple[PartRow, ...]
    why: tuple[Why, ...]


@dataclass(frozen=True)
class VerificationView:
    """What a check of the amount found, in the active language. Amounts are minor units."""

    claim_id: UUID
    computed_at: datetime
    as_of: date
    law: str
    outcome: str
    claimed: int
    contract: int | None
    lawful: int | None
    # The highest yearly rate at which the claim may go on to bear interest.
    late_rate_pct: Decimal | None
    not_due: int
    credit: int
    completeness: int
    lines: tuple[CheckedLine, ...]
    cautions: tuple[Why, ...]
    missing: tuple[str, ...]

    @property
    def outcome_label(self) -> str:
        """Return the outcome in words."""
        return str(Outcome(self.outcome).label)

    @property
    def missing_labels(self) -> list[str]:
        """Return what is missing in words."""
        return [str(Missing(each).label) for each in self.missing]

    @property
    def too_much(self) -> bool:
        """Tell whether more is claimed than the law permits."""
        return self.outcome == Outcome.MORE


def facts_of(claims: Sequence[Claim]) -> dict[UUID, Facts]:
    """Return what the calculation looks at for many claims (with creditors). Four queries."""
    ids = [claim.pk for claim in claims]
    current = ContractTerms.objects.filter(claim__in=ids, replaced_at__isnull=True)
    terms = {each.claim_id: each for each in current}
    fees: dict[UUID, list[ContractFee]] = defaultdict(list)
    for fee in ContractFee.objects.filter(terms__in=terms.values()).order_by("on", "id"):
        fees[fee.terms_id].append(fee)
    told: dict[UUID, list[ContractPayment]] = defaultdict(list)
    for paid in ContractPayment.objects.filter(claim__in=ids).order_by("on", "id"):
        told[paid.claim_id].append(paid)
    here = _paid_here(ids)
    return {
        claim.pk: Facts(
            claim=claim,
            terms=terms.get(claim.pk),
            fees=fees.get(terms[claim.pk].pk, []) if claim.pk in terms else [],
            told=told.get(claim.pk, []),
            paid_here=here.get(claim.pk, []),
        )
        for claim in claims
    }


def _paid_here(ids: Collection[UUID]) -> dict[UUID, list[Paid]]:
    """Return what was paid on the platform, by day; money that was undone is not among it."""
    kinds = (LineKind.PAID, LineKind.UNDONE)
    rows = Line.objects.filter(claim__in=ids, kind__in=kinds).order_by()
    sums = rows.values("claim_id", "facts__payment").annotate(total=-Sum("amount"))
    days = {
        (line.claim_id, line.facts.get("payment")): day_of(line.booked_at)
        for line in rows.filter(kind=LineKind.PAID)
    }
    found: dict[UUID, list[Paid]] = defaultdict(list)
    for row in sums:
        if row["total"] > 0:
            day = days[row["claim_id"], row["facts__payment"]]
            found[row["claim_id"]].append(Paid(day, row["total"]))
    return found


def verification_for(*, claim_id: UUID, actor: Actor) -> VerificationView | None:
    """
    Return the last check of a claim's amount; None when it was never checked.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    if not Claim.objects.filter(visible(actor), pk=claim_id).exists():
        raise NoSuchClaim
    return last_check(claim_id)


def last_check(claim_id: UUID) -> VerificationView | None:
    """Return the last check of a claim for a caller that has passed a guard above."""
    rows = Verification.objects.filter(claim=claim_id)
    last = rows.order_by("-computed_at", "-id").first()
    return None if last is None else view_of_check(last)


def recomputed(*, claim_id: UUID, actor: Actor, at: datetime) -> VerificationView:
    """
    Return the check of a claim's amount as it would come out now; nothing is kept.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    claim = Claim.objects.select_related("creditor").filter(visible(actor), pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    return view_of_check(verified(facts_of([claim])[claim.pk], at=at))


@dataclass(frozen=True)
class AgreedView:
    """
    The terms of a contract and the payments told with it, for a page.

    `from_file` tells that the terms came in the file of the claim and not as a contract's own.
    """

    terms: ContractTerms | None
    fees: tuple[ContractFee, ...]
    payments: tuple[ContractPayment, ...]
    pays_first: str
    security: str
    from_file: bool = False


def agreed_for(*, claim_id: UUID, actor: Actor) -> AgreedView:
    """
    Return what was delivered about a contract.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    claim = Claim.objects.select_related("creditor").filter(visible(actor), pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    facts = facts_of([claim])[claim.pk]
    fees, told = tuple(facts.fees), tuple(facts.told)
    # A file brings terms with the claim itself, at one instant; a contract comes afterwards.
    terms, made = facts.terms, claim.created_at
    from_file = bool(terms and claim.batch_id and terms.delivered_at == made)
    return AgreedView(terms, fees, told, claim.pays_first, claim.security, from_file)


def view_of_check(row: Verification) -> VerificationView:
    """Return a check as a view in the active language."""
    return VerificationView(
        claim_id=row.claim_id,
        computed_at=row.computed_at,
        as_of=row.as_of,
        law=row.law,
        outcome=row.outcome,
        claimed=row.claimed,
        contract=row.contract,
        lawful=row.lawful,
        late_rate_pct=row.late_rate_pct,
        not_due=row.not_due,
        credit=row.credit,
        completeness=row.completeness,
        lines=tuple(_line(each) for each in row.lines),
        cautions=_why(row.cautions),
        missing=tuple(row.missing),
    )


def _line(kept: dict[str, Any]) -> CheckedLine:
    parts = tuple(PartRow(**part) for part in kept["parts"])
    amounts = {name: kept[name] for name in ("claimed", "contract", "lawful", "difference")}
    return CheckedLine(kept["component"], **amounts, parts=parts, why=_why(kept["steps"]))


def _why(steps: Sequence[dict[str, str]]) -> tuple[Why, ...]:
    chinese = (get_language() or "en").startswith("zh")
    key = "text_zh" if chinese else "text"
    return tuple(Why(each["rule"], each["source"], each[key]) for each in steps)
