"""Take one payment in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.payments import earliest_payment
from qinghe.claims.queries import NoSuchClaim
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import CashierOrder, Payment
from qinghe.settlement.reading import LARGEST
from qinghe.settlement.refusals import (
    BadAmount,
    PaidLater,
    PaidTooEarly,
    PaymentDiffers,
    WrongCurrency,
)
from qinghe.settlement.services.backdating import book_from_its_day
from qinghe.settlement.services.beyond import within
from qinghe.settlement.services.booking import Item, lock_claims
from qinghe.settlement.terms import PaymentSource


@verb("settlement.post-payment")
def post_payment(
    *,
    claim_id: UUID,
    amount: int,
    currency: str,
    paid_on: date,
    source: str,
    reference: str,
    actor: Actor,
    at: datetime,
    order: CashierOrder | None = None,
    excess: int = 0,
) -> Payment:
    """
    Book money that came in for a claim, in minor units; what exceeds the debt waits for refund.

    The same reference books once: a repetition returns the payment that stands. What a creditor
    reports beyond the debt must be named in `excess`, in minor units: it is a slip of the hand
    more often than not.

    :raises NotPermitted: the role may not book payments of this source
    :raises NoSuchClaim: unknown, or another creditor's
    :raises BadAmount: not above zero, or beyond all books
    :raises PaidLater: a creditor reports money of a day to come
    :raises PaidTooEarly: a creditor reports money of a day before the contract, or before 1990
    :raises WrongCurrency: the claim is in another currency
    :raises AboveOwed: a creditor reports more beyond what is owed than it names
    :raises PaymentDiffers: the reference was booked with another amount or for another claim
    """
    require(actor, _permission(source))
    claim = lock_claims([claim_id]).get(claim_id)
    if claim is None or not _may_see(claim, actor):
        raise NoSuchClaim
    if not 0 < amount <= LARGEST:
        raise BadAmount
    if source == PaymentSource.CREDITOR and paid_on > day_of(at):
        raise PaidLater
    if currency != claim.currency:
        raise WrongCurrency(currency=claim.currency)
    # Also when an older creditor of this claim had told it already.
    told = Q(creditor=claim.creditor_id) | Q(claim=claim_id)
    known = Payment.objects.filter(told, source=source, reference=reference).first()
    if known is not None:
        if (known.claim_id, known.amount) != (claim_id, amount):
            raise PaymentDiffers
        return known
    item = Item(claim_id, amount, paid_on, source, reference, order)
    if source != PaymentSource.CREDITOR:
        return book_from_its_day(items=[item], actor=actor, at=at)[0]
    check_not_too_early([claim], paid_on)
    with within(excess, [claim_id], currency):
        return book_from_its_day(items=[item], actor=actor, at=at)[0]


def check_not_too_early(claims: Iterable[Claim], paid_on: date) -> None:
    """
    Refuse a day on which nobody can have paid one of some claims.

    :raises PaidTooEarly: before the contract, or before 1990 where its day is not known
    """
    earliest = max(earliest_payment(claim.contract_on) for claim in claims)
    if paid_on < earliest:
        raise PaidTooEarly(earliest=earliest.isoformat())


def _permission(source: str) -> Permission:
    reported = source == PaymentSource.CREDITOR
    return Permission.REPORT_PAYMENTS if reported else Permission.MANAGE_PAYMENTS


def _may_see(claim: Claim, actor: Actor) -> bool:
    return actor.role != Role.CREDITOR or claim.creditor_id == actor.org_id
