"""What a payment earns under the signed plan: the case of its day, and what came before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import F, Q, Sum

from qinghe.claims.models import Claim
from qinghe.market.bands import band_of
from qinghe.market.commission import Plan, earned
from qinghe.market.models import Mandate
from qinghe.market.queries.signed import plan_signed
from qinghe.market.services.signing import decimal
from qinghe.settlement.models import Payment, Split
from qinghe.settlement.splitting import Shares, divide_gross
from qinghe.settlement.terms import PaymentState


@dataclass(frozen=True)
class Course:
    """Where a mandate under a plan stands when a payment comes: its plan, stage, and sum so far."""

    plan: Plan
    mandate: Mandate
    currency: str
    stage: str
    before: int

    @property
    def rate(self) -> Fraction:
        """Return the base rate of the case on this day."""
        owed = self.mandate.owed or 0
        return self.plan.base(self.stage, band_of(owed, self.currency), self.mandate.hand)

    @property
    def rate_kept(self) -> Decimal:
        """Return the base rate as the tables keep it."""
        return decimal(self.rate)

    def shares(self, amount: int, fee: Fraction) -> Shares:
        """Return who gets what of an amount."""
        gross = earned(
            self.plan,
            amount=amount,
            before=self.before,
            owed=self.mandate.owed or 0,
            rate=self.rate,
            currency=self.currency,
        )
        return divide_gross(amount, gross, self.plan.quality_share, fee)

    def review_at(self, paid_at: datetime) -> datetime:
        """Return when the quality part of a payment is decided."""
        return paid_at + timedelta(days=self.plan.review_days)


def courses(mandates: Iterable[Mandate], claims: dict[UUID, Claim]) -> dict[UUID, Course]:
    """Return by claim where mandates under a plan stand now. At most one query; none without."""
    planned = {each.pk: each for each in mandates if plan_signed(each)}
    before = _recovered(Q(mandate__in=planned)) if planned else {}
    return {
        mandate.claim_id: _course(mandate, claims[mandate.claim_id], before.get(pk, 0))
        for pk, mandate in planned.items()
    }


def course_then(mandate: Mandate, claim: Claim, payment: Payment, stage: str) -> Course | None:
    """Return where a mandate stood when an older payment came, for a replay without another."""
    if plan_signed(mandate) is None:
        return None
    earlier = Q(payment__received_at__lt=payment.received_at) | Q(
        payment__received_at=payment.received_at, payment__pk__lt=payment.pk
    )
    before = _recovered(Q(mandate=mandate) & earlier)
    return _course(mandate, claim, before.get(mandate.pk, 0), stage)


def _course(mandate: Mandate, claim: Claim, before: int, stage: str = "") -> Course:
    plan = plan_signed(mandate)
    if plan is None:
        raise LookupError(mandate.pk)
    return Course(plan, mandate, claim.currency, stage or claim.stage, before)


def _recovered(which: Q) -> dict[UUID, int]:
    rows = Split.objects.filter(which, payment__state=PaymentState.POSTED).values("mandate")
    # Costs that went back to whoever advanced them are no success of anybody.
    earned_on = Sum(F("amount") - F("costs_back") - F("costs_own"))
    sums = rows.annotate(sum=earned_on).order_by()
    return {row["mandate"]: row["sum"] for row in sums}
