"""Undo a payment because its money went back, all or a part; what stayed is booked anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.settlement import accounts
from qinghe.settlement.models import CashierOrder, Payment, Refund
from qinghe.settlement.provider_refusals import NotPaidHere
from qinghe.settlement.refusals import NoSuchPayment
from qinghe.settlement.return_terms import RefundCause, RefundState
from qinghe.settlement.services.advancing import take_back
from qinghe.settlement.services.excess import given_back, note
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.reversal import agreed, reverse_payment
from qinghe.settlement.terms import PaymentSource, PaymentState


def undo(
    payment: Payment, gone: int, mark: str, reason: str, actor: Actor, at: datetime
) -> Payment:
    """
    Reverse a payment of which so many minor units left, and book the rest again.

    What a refund of ours gave back before has left its box already; it does not leave it twice.
    Return the payment: still booked where a second person must agree.
    """
    offset = min(given_back(payment), payment.amount - gone)
    if offset:
        _return_to_box(payment, offset, at)
    undone = reverse_payment(payment_id=payment.pk, reason=reason, actor=actor, at=at)
    if undone.state != PaymentState.REVERSED:
        return undone
    _drop_queued(payment, actor, at)
    rest = payment.amount - gone - offset
    if rest > 0:
        _book_rest(payment, rest, mark, actor, at)
    return undone


@verb("settlement.give-back")
def give_back(*, payment_id: UUID, reason: str, actor: Actor, at: datetime) -> Payment:
    """
    Give a whole payment back that was made by mistake; the claim is owed as if it had never come.

    The first call asks and changes nothing; a second person, who stands apart, agrees.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchPayment: unknown
    :raises NotPaidHere: it did not come through a provider
    :raises NotReversible: not booked, or reversed before
    :raises ReversalBySamePerson: asked by this very person, or one of the two made the other
    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    payment = Payment.objects.select_related("claim", "order").filter(pk=payment_id).first()
    if payment is None or payment.claim_id is None:
        raise NoSuchPayment
    if payment.source != PaymentSource.CASHIER or payment.order is None:
        raise NotPaidHere
    Claim.objects.select_for_update(no_key=True).get(pk=payment.claim_id)
    left = payment.amount - given_back(payment)
    if not agreed(payment, actor, at):
        # Only asking must move nothing.
        return reverse_payment(payment_id=payment_id, reason=reason, actor=actor, at=at)
    undone = undo(payment, left, "given-back", reason, actor, at)
    if left > 0:
        _queue(payment, left, undone.reversal_asked_by, actor, at)
    return undone


def _queue(payment: Payment, amount: int, asked_by: str, actor: Actor, at: datetime) -> None:
    """Hold the money for the payer, and send it: two persons have agreed to it."""
    _return_to_box(payment, amount, at)
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        currency=payment.currency,
        cause=RefundCause.MISTAKE,
        state=RefundState.READY,
        asked_by=asked_by or actor.label,
        asked_at=at,
        agreed_by="" if asked_by in ("", actor.label) else actor.label,
        agreed_at=at,
        next_at=at,
    )
    note("queued", refund, actor, at)


def _return_to_box(payment: Payment, amount: int, at: datetime) -> None:
    """Book an amount as held for the payer in the box it came to."""
    order = _order(payment)
    claim = Claim.objects.get(pk=order.claim_id)
    held = accounts.refund(claim.debtor_id)
    box = accounts.cash(order.provider, claim.pk)
    subject = f"payment-undone:{payment.pk}"
    post_many(postings=[Posting(box, held, amount, payment.currency, "payment.held", subject, at)])
    take_back(under=f"debtor:{claim.debtor_id}:", at=at)


def _drop_queued(payment: Payment, actor: Actor, at: datetime) -> None:
    """What was to go back of a payment that is undone is no longer owed to the payer."""
    queued = (RefundState.WAITING, RefundState.READY, RefundState.FAILED)
    for refund in Refund.objects.filter(payment=payment, state__in=queued).select_for_update():
        refund.state, refund.next_at = RefundState.DROPPED, None
        refund.save(update_fields=["state", "next_at"])
        note("dropped", refund, actor, at)


def _book_rest(payment: Payment, rest: int, mark: str, actor: Actor, at: datetime) -> None:
    order = _order(payment)
    post_payment(
        claim_id=order.claim_id,
        amount=rest,
        currency=payment.currency,
        paid_on=payment.paid_on,
        source=PaymentSource.CASHIER,
        reference=f"{order.pk}:{mark}",
        order=order,
        actor=actor,
        at=at,
    )


def _order(payment: Payment) -> CashierOrder:
    if payment.order is None:
        raise NotPaidHere
    return payment.order
