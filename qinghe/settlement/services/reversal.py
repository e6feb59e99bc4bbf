"""
Undo a payment as if it had never come: later payments of the claim are applied anew.

Shares that were already paid out are not forgotten: they become money to give back, and are kept
from the next payout. Until then the platform's own money stands for them, never that of others.

One person undoes what nobody has been paid for; where a share has left, or a debtor would be asked
again who paid here or whose claim was settled, a second one who stands apart must agree. So too
where two officers found that money went past the platform: what two imposed two lift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from qinghe.claims.models import Claim
from qinghe.claims.services import accrue_interest, stop_refuted
from qinghe.claims.services.rewinding import rewind_interest
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.redaction import redact
from qinghe.kernel.shown import check_shown
from qinghe.market.services import end_extension
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Payment
from qinghe.settlement.queries.payments import payment_for
from qinghe.settlement.refusals import (
    NeedsTwo,
    NoSuchPayment,
    NoSuchReversalAsked,
    NotReversible,
    ReversalBySamePerson,
)
from qinghe.settlement.services.booking import lock_claims
from qinghe.settlement.services.following import (
    after_payments,
    forget,
    undo_completing,
    undo_settling,
)
from qinghe.settlement.services.replaying import (
    applied_after,
    claim_of,
    replay,
    settle_loans,
    undo,
)
from qinghe.settlement.services.suspended import wait_again
from qinghe.settlement.terms import PaymentSource, PaymentState, asked_until

ASKED: Final = ("reversal_asked_by", "reversal_reason", "reversal_back")


@dataclass(frozen=True)
class Undoing:
    """What is asked for: why, and whether the money goes back to the payer."""

    reason: str
    back: bool = False


@verb("settlement.reverse-payment")
def reverse_payment(
    *, payment_id: UUID, reason: str, actor: Actor, at: datetime, seen: str | None = None
) -> Payment:
    """
    Undo one payment, and apply the later ones of its claim again without it.

    Where one person is not enough, the first call asks and changes nothing: the payment stays
    booked. The second with the same reason, by somebody else within `ASKED_DAYS`, undoes it;
    another wish is asked anew. A machine asks nobody.

    :param seen: the mark of the payment that was shown, `PaymentRow.shown`
    :raises NotPermitted: the role may not reverse payments of this source
    :raises NoSuchPayment: unknown, or another creditor's
    :raises NotReversible: not booked, or reversed before
    :raises ChangedMeanwhile: the payment, or what is asked for, is not what was shown
    :raises ReversalBySamePerson: asked by this very person, or one of the two made the other
    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    payment = locked_payment(payment_id, actor, seen)
    return take_out(payment, Undoing(redact(reason.strip())), actor, at)


@verb("settlement.reverse-alone")
def reverse_alone(*, payment_id: UUID, reason: str, actor: Actor, at: datetime) -> Payment:
    """
    Undo one payment, if one person is enough: for a door that knows nobody by name.

    :raises NotPermitted, NoSuchPayment, NotReversible, NoCash, OwnMoneyShort: as `reverse_payment`
    :raises NeedsTwo: shares have left, or a debtor would be asked again
    """
    payment = locked_payment(payment_id, actor, None)
    try:
        _reverse(payment, False, Undoing(redact(reason.strip())), actor, at)
    except _OneIsNotEnough:
        raise NeedsTwo from None
    return payment


def take_out(payment: Payment, wish: Undoing, actor: Actor, at: datetime) -> Payment:
    """Undo a locked payment, or ask for it where one person is not enough."""
    second = agreed(payment, wish, actor, at)
    try:
        with transaction.atomic():
            _reverse(payment, second, wish, actor, at)
    except _OneIsNotEnough:
        payment.refresh_from_db()
        _ask(payment, wish, actor, at)
    return payment


class _OneIsNotEnough(Exception):
    """Shares have left, or a debtor would be asked again."""


def asked_for(payment: Payment, at: datetime) -> Undoing | None:
    """Return what somebody asked for and a second person may still agree to; None without."""
    until = asked_until(payment.reversal_asked_at)
    if until is None or at >= until:
        return None
    return Undoing(payment.reversal_reason, payment.reversal_back)


def agreed(payment: Payment, wish: Undoing, actor: Actor, at: datetime) -> bool:
    """
    Tell whether the actor is the second person, or a machine that acts on what persons did.

    Whoever wishes something else than was asked for does not agree to it: that is asked anew.
    """
    if actor.role is Role.SYSTEM:
        return True
    if asked_for(payment, at) != wish:
        return False
    # The own money pays for it: the platform's people agree, not the creditor's.
    require(actor, Permission.MANAGE_PAYMENTS)
    if not independent(payment.reversal_asked_by, actor.label):
        raise ReversalBySamePerson
    return True


@verb("settlement.withdraw-reversal")
def withdraw_reversal(
    *, payment_id: UUID, actor: Actor, at: datetime, seen: str | None = None
) -> Payment:
    """
    Withdraw the request to undo a payment; the payment stays booked, and may be asked for anew.

    Whoever asked may, and whoever manages payments.

    :param seen: the mark of the payment that was shown, `PaymentRow.shown`
    :raises NotPermitted: the actor neither asked nor manages payments
    :raises NoSuchPayment: unknown, or another creditor's
    :raises NotReversible: not booked, or reversed before
    :raises NoSuchReversalAsked: nobody asks for it any more
    :raises ChangedMeanwhile: the payment, or what is asked for, is not what was shown
    """
    payment = locked_payment(payment_id, actor, None)
    wish = asked_for(payment, at)
    if wish is None:
        raise NoSuchReversalAsked
    if payment.reversal_asked_by != actor.label:
        require(actor, Permission.MANAGE_PAYMENTS)
    _check_seen(payment, seen, actor)
    _note("withdrawn", payment, wish, actor, at)
    payment.reversal_asked_by, payment.reversal_asked_at = "", None
    payment.reversal_reason, payment.reversal_back = "", False
    payment.save(update_fields=[*ASKED, "reversal_asked_at"])
    return payment


def _ask(payment: Payment, wish: Undoing, actor: Actor, at: datetime) -> None:
    payment.reversal_asked_by, payment.reversal_asked_at = actor.label, at
    payment.reversal_reason, payment.reversal_back = wish.reason, wish.back
    payment.save(update_fields=[*ASKED, "reversal_asked_at"])
    _note("asked", payment, wish, actor, at)


def _note(what: str, payment: Payment, wish: Undoing, actor: Actor, at: datetime) -> None:
    record(
        kind=f"payment.reversal-{what}",
        subject=f"claim:{payment.claim_id}",
        actor=actor,
        at=at,
        payment=payment.pk,
        amount=payment.amount,
        currency=payment.currency,
        reason=wish.reason,
        back=wish.back,
    )


def _note_persons(
    payment: Payment, agreed: bool, wish: Undoing, actor: Actor, at: datetime
) -> None:
    """Keep who asked for what happened and who agreed; a machine agrees to no other wish."""
    payment.state, payment.reversed_at = PaymentState.REVERSED, at
    if agreed and asked_for(payment, at) == wish:
        payment.reversal_agreed_by = actor.label
    else:
        payment.reversal_asked_by = actor.label
        payment.reversal_reason, payment.reversal_back = wish.reason, wish.back
    payment.save(update_fields=["state", "reversed_at", *ASKED, "reversal_agreed_by"])


def _reverse(payment: Payment, agreed: bool, wish: Undoing, actor: Actor, at: datetime) -> None:
    claim = Claim.objects.get(pk=claim_of(payment))
    settled = claim.state == ClaimState.CLOSED
    later = applied_after(claim, payment)
    lent_any = [undo(each, actor, at, anew=True) for each in reversed(later)]
    lent_any.append(undo(payment, actor, at, anew=False))
    told = settled or payment.source != PaymentSource.CREDITOR
    if not agreed and (told or any(lent_any)):
        raise _OneIsNotEnough
    _note_persons(payment, agreed, wish, actor, at)
    end_extension(source=payment.pk, actor=actor, at=at)
    # Interest after the payment was accrued on too small a principal.
    since = min(each.paid_on for each in [payment, *later])
    rewind_interest(claim_id=claim.pk, since=since, actor=actor, at=at)
    undone = undo_settling(claim.pk, claim.closed_at, at) if claim.closed_at else None
    forget(payment)
    # What was waived for this money is owed again before later money is applied.
    after_payments(claim_ids=[claim.pk], actor=actor, at=at)
    replay(later, claim, actor, at, undone)
    undo_completing(claim.pk, at)
    accrue_interest(claim_id=claim.pk, to=claim.interest_to, actor=actor, at=at)
    settle_loans([payment, *later], at)
    wait_again([payment, *later])
    stop_refuted(claim_id=claim.pk, actor=actor, at=at)
    record(
        kind="payment.reversed",
        subject=f"claim:{payment.claim_id}",
        actor=actor,
        at=at,
        payment=payment.pk,
        amount=payment.amount,
        currency=payment.currency,
        reason=wish.reason,
        replayed=[each.pk for each in later],
    )


def locked_payment(payment_id: UUID, actor: Actor, seen: str | None) -> Payment:
    """
    Return a booked payment under the lock of its claim, as it was shown.

    :raises NotPermitted, NoSuchPayment, NotReversible, ChangedMeanwhile: as `reverse_payment`
    """
    found = Payment.objects.filter(pk=payment_id)
    if actor.role == Role.CREDITOR:
        found = found.filter(creditor=actor.org_id)
    payment = found.first()
    if payment is None:
        raise NoSuchPayment
    own = payment.source == PaymentSource.CREDITOR and actor.role == Role.CREDITOR
    require(actor, Permission.REPORT_PAYMENTS if own else Permission.MANAGE_PAYMENTS)
    if payment.claim_id is None:
        raise NotReversible
    lock_claims([payment.claim_id])
    payment.refresh_from_db()
    if payment.state != PaymentState.POSTED:
        raise NotReversible
    _check_seen(payment, seen, actor)
    return payment


def _check_seen(payment: Payment, seen: str | None, actor: Actor) -> None:
    if seen is not None:
        check_shown(seen, payment_for(payment_id=payment.pk, actor=actor).shown)
