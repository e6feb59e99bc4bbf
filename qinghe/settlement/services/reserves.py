"""
The quality part of commissions: it waits, then it is decided, released or given back.

Under a plan each measure decides its weight of it on the day of the review; without one it is paid
unless a complaint reached it. A justified complaint takes back all that still waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.market.commission import Plan, reviewed
from qinghe.market.queries.signed import plan_signed
from qinghe.settlement import accounts
from qinghe.settlement.models import Mark, Review, Split
from qinghe.settlement.queries.quality import Measured, quality_of
from qinghe.settlement.services.staying import lock_mandate, staying
from qinghe.settlement.terms import RESERVE_DAYS, PaymentState

RELEASED, BACK, FORFEITED = "reserve.released", "reserve.returned", "reserve.forfeited"


@dataclass(frozen=True)
class Decided:
    """What of one waiting quality part the collector gets; the rest goes back to the creditor."""

    split: Split
    paid: int
    back_as: str = BACK
    cause: str = ""

    @property
    def back(self) -> int:
        """Return what goes back."""
        return self.split.reserve - self.paid

    @property
    def asked_no_more(self) -> int:
        """Return what of it the creditor had not covered: it is covered last."""
        return min(self.split.uncovered, self.back)


def release_reserves(*, actor: Actor, at: datetime) -> int:
    """
    Decide the quality parts whose wait is over; return how many.

    What the creditor has not covered yet is decided when it has; what a complaint or an appeal may
    still change, when that is over.
    """
    waited = Q(review_at__isnull=True, at__lte=at - timedelta(days=RESERVE_DAYS))
    ready = _reserved().filter(waited | Q(review_at__lte=at), uncovered=0)
    ready = ready.exclude(mandate__in=staying(at).values("mandate"))
    due = list(ready.select_related("mandate"))
    measured = quality_of({each.mandate_id for each in due if each.mandate_id}, at)
    decided, reviews = [], []
    for split in due:
        plan = plan_signed(split.mandate) if split.mandate and split.review_at else None
        if plan is None or split.mandate_id is None:
            decided.append(Decided(split, split.reserve))
            continue
        review = _review(split, plan, measured[split.mandate_id], at)
        reviews.append(review)
        decided.append(Decided(split, review.paid))
    Review.objects.bulk_create(reviews, batch_size=2_000)
    return _settle(decided, RELEASED, actor, at)


@verb("settlement.forfeit-reserves")
def forfeit_reserves(*, mandate_id: UUID, actor: Actor, at: datetime, cause: str = "") -> int:
    """
    Give the waiting quality part of one mandate back to the creditor; return how many.

    The complaint stays in mind: what comes in later is measured by it too.
    """
    Mark.objects.create(mandate_id=mandate_id, at=at, cause=cause)
    lock_mandate(mandate_id)
    due = _reserved().filter(mandate=mandate_id)
    decided = [Decided(split, 0, FORFEITED, cause) for split in due]
    return _settle(decided, FORFEITED, actor, at)


def _reserved() -> QuerySet[Split]:
    waiting = Split.objects.filter(reserve__gt=0, reserve_settled_at__isnull=True)
    booked = waiting.filter(payment__state=PaymentState.POSTED, collector__isnull=False)
    return booked.select_related("payment").order_by("pk").select_for_update(of=("self",))


def _review(split: Split, plan: Plan, measured: dict[str, Measured], at: datetime) -> Review:
    values: dict[str, Fraction] = {name: each.value for name, each in measured.items()}
    paid, back = reviewed(split.reserve, plan.weights, values)
    return Review(
        payment_id=split.payment_id,
        mandate=split.mandate,
        reserve=split.reserve,
        paid=paid,
        back=back,
        measures={
            name: {
                "weight": str(weight),
                "good": measured[name].good,
                "of": measured[name].of,
            }
            for name, weight in plan.weights.items()
        },
        at=at,
    )


def _settle(decided: Sequence[Decided], kind: str, actor: Actor, at: datetime) -> int:
    moves = [posting for each in decided for posting in _postings(each, at)]
    post_many(postings=moves)
    for each in decided:
        each.split.reserve_settled_at, each.split.reserve_paid = at, each.paid
        each.split.uncovered -= each.asked_no_more
        each.split.forfeited_for = each.cause
    splits = [each.split for each in decided]
    changed = ["reserve_settled_at", "reserve_paid", "uncovered", "forfeited_for"]
    Split.objects.bulk_update(splits, changed, batch_size=2_000)
    if splits:
        back = sum(each.back for each in decided)
        record(
            kind=kind,
            subject="settlement:reserves",
            actor=actor,
            at=at,
            count=len(splits),
            back=back,
        )
    return len(splits)


def _postings(each: Decided, at: datetime) -> list[Posting]:
    split = each.split
    if split.collector_id is None:
        return []
    creditor, waiting = split.payment.creditor_id, accounts.reserve(split.collector_id)
    covered = each.back - each.asked_no_more
    due, uncovered = accounts.commission_due(creditor), accounts.uncovered(creditor)
    moves = [
        (waiting, accounts.payable(split.collector_id), each.paid, RELEASED),
        (waiting, accounts.collected(creditor), covered, each.back_as),
        (uncovered, due, each.asked_no_more, each.back_as),
    ]
    return [
        Posting(
            debit=debit,
            credit=credit,
            amount=amount,
            currency=split.payment.currency,
            kind=kind,
            subject=f"payment:{split.payment_id}",
            at=at,
        )
        for debit, credit, amount, kind in moves
        if amount
    ]
