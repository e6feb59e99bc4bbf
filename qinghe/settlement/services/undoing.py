"""Undo a payment because its money went back, all or a part; what stayed is booked anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.redaction import redact
from qinghe.kernel.shown import ChangedMeanwhile
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.models import CashierOrder, Payment, Refund
from qinghe.settlement.provider_refusals import NotPaidHere
from qinghe.settlement.return_terms import RefundCause, RefundState
from qinghe.settlement.services.advancing import take_back
from qinghe.settlement.services.excess import given_back, note
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.reversal import (
    Undoing,
    agreed,
    asked_for,
    locked_payment,
    take_out,
)
from qinghe.settlement.terms import PaymentSource, PaymentState


def undo(
    payment: Payment, gone: int, mark: str, wish: Undoing, actor: Actor, at: datetime
) -> Payment:
    """
    Reverse a payment of which so many minor units left, and book the rest again.

    What a refund of ours gave back before has left its box already; it does not leave it twice.
    Return the payment: still booked where a second person must agree.
    """
    offset = min(given_back(payment), payment.amount - gone)
    if offset:
        _return_to_box(payment, offset, at)
    undone = take_out(locked_payment(payment.pk, actor, None), wish, actor, at)
    if undone.state != PaymentState.REVERSED:
        return undone
    _drop_queued(payment, actor, at)
    rest = payment.amount - gone - offset
    if rest > 0:
        _book_rest(payment, rest, mark, actor, at)
    return undone


@verb("settlement.give-back")
def give_back(
    *, payment_id: UUID, reason: str, actor: Actor, at: datetime, seen: str | None = None
) -> Payment:
    """
    Give a whole payment back that was made by mistake; the claim is owed as if it had never come.

    The first call asks and changes nothing; a second person, who stands apart, agrees to exactly
    this: the same reason, and that the money goes back.

    :param seen: the mark of the payment that was shown, `PaymentRow.shown`
    :raises NotPermitted: the role does not manage payments
    :raises NoSuchPayment: unknown
    :raises NotPaidHere: it did not come through a provider
    :raises NotReversible: not booked, or reversed before
    :raises ChangedMeanwhile: the payment, or what is asked for, is not what was shown
    :raises ReversalBySamePerson: asked by this very person, or one of the two made the other
    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    payment = locked_payment(payment_id, actor, seen)
    return send_all_back(payment, redact(reason.strip()), actor, at)


@verb("settlement.agree-reversal")
def agree_reversal(
    *, payment_id: UUID, actor: Actor, at: datetime, seen: str | None = None
) -> Payment:
    """
    Agree to undo a payment exactly as a colleague asked: why, and with or without a refund.

    :param seen: the mark of the payment that was shown, `PaymentRow.shown`
    :raises NotPermitted: the role does not manage payments
    :raises NoSuchPayment: unknown
    :raises NotReversible: not booked, or reversed before
    :raises ChangedMeanwhile: nobody asks for it any more, or something else than was shown
    :raises ReversalBySamePerson: asked by this very person, or one of the two made the other
    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    payment = locked_payment(payment_id, actor, seen)
    wish = asked_for(payment, at)
    if wish is None:
        raise ChangedMeanwhile
    if wish.back:
        return send_all_back(payment, wish.reason, actor, at)
    return take_out(payment, wish, actor, at)


def send_all_back(payment: Payment, reason: str, actor: Actor, at: datetime) -> Payment:
    """
    Undo a locked payment and send its money back, or ask for both.

    :raises NotPaidHere: it did not come through a provider
    """
    if payment.source != PaymentSource.CASHIER or payment.order is None:
        raise NotPaidHere
    left, wish = payment.amount - given_back(payment), Undoing(reason, back=True)
    if not agreed(payment, wish, actor, at):
        # Only asking must move nothing.
        return take_out(payment, wish, actor, at)
    undone = undo(payment, left, "given-back", wish, actor, at)
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
