"""
Book payments: allocate, split, post, and tell the floors below. One payment or thousands, one way.

Locks: claims in the order of their ids, then the accounts that claims share, then the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from qinghe.casework.queries.early import Asked, still_asked
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.services import Paid, accrue_interest, apply_payments
from qinghe.claims.terms import OPEN_STATES, PayOrder
from qinghe.journal.services import record_many
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.market.models import Mandate
from qinghe.market.services import extend_for_payments
from qinghe.market.terms import MandateState
from qinghe.settlement import accounts
from qinghe.settlement.allocation import Allocated, allocate
from qinghe.settlement.models import Allocation, CashierOrder, CostRefund, Payment, Split
from qinghe.settlement.queries.costs import open_advances, refund_paths
from qinghe.settlement.queries.taxes import taxes_of
from qinghe.settlement.services.earning import Course, courses
from qinghe.settlement.services.following import after_payments
from qinghe.settlement.services.suspended import sent_back
from qinghe.settlement.splitting import (
    UNTAXED,
    Advance,
    Back,
    Shares,
    Taxes,
    divide,
    refunded,
    undivided,
    with_costs,
    with_taxes,
)
from qinghe.settlement.terms import HERE, PaymentSource, PaymentState, fee_on


@dataclass(frozen=True)
class Item:
    """Money that came in for one claim; amount in minor units of the claim's currency."""

    claim_id: UUID
    amount: int
    paid_on: date
    source: str
    reference: str
    order: CashierOrder | None = None


@dataclass(frozen=True)
class Grounds:
    """
    What decides, besides its mandate, how money on a claim is divided.

    `course` is where a mandate under a commission plan stands; without one its single rate counts.
    `asked` is what an offer to settle for less still asks: what comes above it is not owed.
    """

    course: Course | None = None
    taxes: Taxes = UNTAXED
    advances: Sequence[Advance] = ()
    asked: Asked | None = None


BARE = Grounds()
# Money that the platform hears of days after it was paid.
TOLD_LATER = (PaymentSource.CREDITOR, PaymentSource.TRANSFER)


@dataclass(frozen=True)
class Booking:
    """One payment with the claim it pays, the mandate that earns by it, and how it is divided."""

    claim: Claim
    payment: Payment
    mandate: Mandate | None
    allocated: Allocated
    shares: Shares
    course: Course | None = None
    # Costs that go back to whoever advanced them, and the accounts they go to.
    backs: tuple[Back, ...] = ()
    refunds: Mapping[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> accounts.Facts:
        payment, order = self.payment, self.payment.order
        return accounts.Facts(
            payment_id=payment.pk,
            claim_id=self.claim.pk,
            # Money that came before an assignment stays the older creditor's.
            creditor_id=payment.creditor_id,
            owner_id=self.claim.creditor_id,
            debtor_id=self.claim.debtor_id,
            collector_id=self.mandate.collector_id if self.mandate else None,
            source=payment.source,
            provider=order.provider if order else _box(payment),
            currency=payment.currency,
            parts=self.allocated.parts,
            # What no debt takes up, and what may pay none: both are held for the debtor.
            excess=self.payment.excess,
            shares=self.shares,
            refunds=self.refunds,
            at=payment.received_at,
        )


def lock_claims(ids: Sequence[UUID]) -> dict[UUID, Claim]:
    """Lock claims in the order of their ids, so that two writers never wait for each other."""
    rows = Claim.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {claim.pk: claim for claim in rows}


def book(*, items: Sequence[Item], actor: Actor, at: datetime) -> list[Payment]:
    """
    Book payments that were not booked before, at most one per claim.

    A fixed number of statements for claims without agreed interest.
    """
    claims = lock_claims([item.claim_id for item in items])
    mandates = earning({item.claim_id: item for item in items}, at)
    drafts = {item.claim_id: _draft(item, claims[item.claim_id], at) for item in items}
    under = grounds_of(mandates, claims, at)

    def decided() -> list[Booking]:
        return [
            decide(each, claims[pk], mandates.get(pk), under[pk]) for pk, each in drafts.items()
        ]

    bookings = decided()
    _lock_shared(bookings)
    if _accrue(items, claims, actor, at):
        claims = lock_claims(list(claims))
        bookings = decided()
    _write(bookings)
    settle(bookings, actor, at)
    came = {each.claim.pk: each.payment.pk for each in bookings if each.allocated.parts}
    extend_for_payments(payments=came, actor=actor, at=at)
    evidence = [_evidence(each) for each in bookings]
    record_many(kind="payment.posted", rows=evidence, actor=actor, at=at)
    return [booking.payment for booking in bookings]


def seen(payment: Payment) -> bool:
    """Tell whether the platform itself saw the money, and need not believe who reports it."""
    return payment.source in HERE


def settle(bookings: Sequence[Booking], actor: Actor, at: datetime) -> None:
    """Post what bookings move, mirror it on the claims, and let promises and mandates follow."""
    moves = [accounts.postings(replace(each.facts, at=at)) for each in bookings]
    post_many(postings=[posting for each in moves for posting in each])
    paid = [
        Paid(
            each.claim.pk,
            each.allocated.parts,
            str(each.payment.pk),
            proven=seen(each.payment),
            paid_on=each.payment.paid_on,
        )
        for each in bookings
        if each.allocated.parts
    ]
    apply_payments(payments=paid, actor=actor, at=at)
    after_payments(claim_ids=[each.claim.pk for each in bookings], actor=actor, at=at)


def grounds_of(
    mandates: Mapping[UUID, Mandate], claims: Mapping[UUID, Claim], at: datetime
) -> dict[UUID, Grounds]:
    """Return by claim what decides how its money is divided now. At most four queries."""
    under = courses(mandates.values(), dict(claims))
    taxes = taxes_of({each.collector_id for each in mandates.values()}, day_of(at))
    # Only what pays costs can give costs back.
    advanced = open_advances([pk for pk, claim in claims.items() if claim.costs], at=at)
    asked = still_asked(list(claims), day_of(at))
    return {
        pk: Grounds(
            under.get(pk),
            taxes[mandates[pk].collector_id] if pk in mandates else UNTAXED,
            advanced.get(pk, ()),
            asked.get(pk),
        )
        for pk in claims
    }


def decide(
    payment: Payment, claim: Claim, mandate: Mandate | None, grounds: Grounds = BARE
) -> Booking:
    """
    Decide how a payment is applied to what its claim owes now, and who gets what.
    """
    owed = {"costs": claim.costs, "interest": claim.interest, "principal": claim.principal}
    open_now = claim.state in OPEN_STATES
    order = PayOrder(claim.pays_first).parts
    allocated = allocate(owed if open_now else {}, _applicable(payment, grounds.asked), order)
    payment.excess = payment.amount - allocated.total
    backs = refunded(allocated.parts.get("costs", 0), grounds.advances)
    rest = allocated.total - sum(each.amount for each in backs)
    shares = shares_of(rest, mandate, grounds, payment)
    shares = with_costs(shares, backs, payment.creditor_id)
    refunds = refund_paths(backs, payment.creditor_id)
    return Booking(
        claim, payment, mandate, allocated, shares, grounds.course, tuple(backs), refunds
    )


def _applicable(payment: Payment, asked: Asked | None) -> int:
    """Return how much of a payment may pay the debt at all."""
    here = payment.amount - sent_back(payment)
    return here if asked is None or payment.paid_on < asked.since else min(here, asked.amount)


def _box(payment: Payment) -> str:
    return accounts.DEBIT if payment.source == PaymentSource.DEBIT else ""


def split_of(booking: Booking) -> Split:
    """Return the row that keeps how a booking was divided."""
    shares, mandate, course = booking.shares, booking.mandate, booking.course
    rate = mandate.commission_rate if mandate else 0
    received_at = booking.payment.received_at
    return Split(
        payment=booking.payment,
        mandate=mandate,
        collector_id=mandate.collector_id if mandate else None,
        amount=booking.allocated.total,
        creditor_share=shares.creditor,
        commission=shares.commission,
        reserve=shares.reserve,
        platform_fee=shares.fee,
        costs_back=shares.back,
        costs_own=shares.own,
        commission_tax=shares.commission_tax,
        fee_tax=shares.fee_tax,
        rate=course.rate_kept if course else rate,
        at=received_at,
        stage=course.stage if course else booking.claim.stage,
        uncovered=0 if seen(booking.payment) else shares.borne,
        review_at=course.review_at(received_at) if course else None,
    )


def allocations_of(booking: Booking) -> list[Allocation]:
    """Return the rows that keep which component a booking paid."""
    return [
        Allocation(payment=booking.payment, component=component, amount=amount)
        for component, amount in booking.allocated.parts.items()
    ]


def refunds_of(booking: Booking) -> list[CostRefund]:
    """Return the rows that keep which costs a booking gave back."""
    return [
        CostRefund(payment=booking.payment, advance_id=back.advance_id, amount=back.amount)
        for back in booking.backs
    ]


def shares_of(amount: int, mandate: Mandate | None, grounds: Grounds, payment: Payment) -> Shares:
    """Return who gets what of an amount under a mandate, at the terms of the payment's day."""
    if mandate is None:
        return undivided(amount)
    fee = fee_on(day_of(payment.received_at))
    if grounds.course is not None:
        shares = grounds.course.shares(amount, fee)
    else:
        rate, quality = mandate.commission_rate, mandate.quality_share
        shares = divide(amount, rate=rate, quality_share=quality, fee_rate=fee)
    return with_taxes(shares, grounds.taxes)


def _draft(item: Item, claim: Claim, at: datetime) -> Payment:
    return Payment(
        claim=claim,
        creditor_id=claim.creditor_id,
        order=item.order,
        source=item.source,
        reference=item.reference,
        amount=item.amount,
        currency=claim.currency,
        paid_on=item.paid_on,
        state=PaymentState.POSTED,
        received_at=at,
    )


def earning(items: Mapping[UUID, Item], at: datetime) -> dict[UUID, Mandate]:
    """
    Return by claim the mandate that earns by a payment: the one that runs now; of money that is
    told later, the one that ran on the day it was paid. One query.
    """
    # A suspended mandate earns nothing: that is what suspension costs, completed since or not.
    stopped = Q(state=MandateState.SUSPENDED) | Q(closed_from=MandateState.SUSPENDED)
    ran = Mandate.objects.filter(claim__in=list(items), starts_at__lte=at).exclude(stopped)
    found: dict[UUID, Mandate] = {}
    for mandate in ran.order_by("starts_at", "pk"):
        if _ran_for(mandate, items[mandate.claim_id], at):
            found[mandate.claim_id] = mandate
    return found


def would_earn(mandate: Mandate, payment: Payment) -> bool:
    """Tell whether a mandate, as it stands in memory, earns by a payment that came before."""
    then = payment.received_at
    runs = mandate.state != MandateState.SUSPENDED and mandate.starts_at <= then
    return runs and _ran_for(mandate, payment, then)


def _ran_for(mandate: Mandate, item: Item | Payment, at: datetime) -> bool:
    runs = mandate.state == MandateState.ACTIVE and mandate.ends_at > at
    if item.source not in TOLD_LATER:
        return runs
    over = min(mandate.closed_at or mandate.ends_at, mandate.ends_at)
    return day_of(mandate.starts_at) <= item.paid_on <= day_of(over) or (
        runs and item.paid_on > day_of(at)
    )


def _lock_shared(bookings: Sequence[Booking]) -> None:
    lock_accounts(
        keys={
            (path, each.payment.currency)
            for each in bookings
            for path in accounts.shared(each.facts)
        }
    )


def _accrue(
    items: Sequence[Item], claims: Mapping[UUID, Claim], actor: Actor, at: datetime
) -> bool:
    """Book interest up to the day of each payment; tell whether any claim bears interest."""
    # A day to come bears no interest yet, whatever the payment says.
    days = {item.claim_id: min(item.paid_on, day_of(at)) for item in items}
    bearing = [
        (pk, day)
        for pk, day in days.items()
        if bears_interest(claims[pk]) and claims[pk].interest_to < day
    ]
    for claim_id, day in bearing:
        accrue_interest(claim_id=claim_id, to=day, actor=actor, at=at)
    return bool(bearing)


def bears_interest(claim: Claim) -> bool:
    """Tell whether interest for late payment runs on a claim."""
    return claim.overdue_rate_pct is not None and claim.state in OPEN_STATES


def _write(bookings: Sequence[Booking]) -> None:
    Payment.objects.bulk_create([each.payment for each in bookings], batch_size=2_000)
    Allocation.objects.bulk_create(
        [row for each in bookings for row in allocations_of(each)], batch_size=2_000
    )
    Split.objects.bulk_create([split_of(each) for each in bookings], batch_size=2_000)
    if back := [row for each in bookings for row in refunds_of(each)]:
        CostRefund.objects.bulk_create(back, batch_size=2_000)


def _evidence(booking: Booking) -> tuple[str, UUID | None, dict[str, object]]:
    payment, shares = booking.payment, booking.shares
    facts = {
        "payment": payment.pk,
        "source": PaymentSource(payment.source).value,
        "amount": payment.amount,
        "currency": payment.currency,
        "paid_on": payment.paid_on,
        "parts": booking.allocated.parts,
        "excess": payment.excess,
        "commission": shares.gross,
        "costs_back": shares.back + shares.own,
    }
    return f"claim:{booking.claim.pk}", booking.claim.debtor_id, facts
