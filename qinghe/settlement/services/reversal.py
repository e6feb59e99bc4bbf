"""
Undo a payment as if it had never come: later payments of the claim are applied anew.

Shares that were already paid out are not forgotten: they become money to give back, and are kept
from the next payout. Until then the platform's own money stands for them, never that of others.

One person undoes what nobody has been paid for; where a share has left, or a debtor paid here and
would be asked again, a second one who stands apart must agree. So too where two officers found that
money went past the platform: what two imposed two lift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.services import accrue_interest, stop_refuted, undo_payment
from qinghe.claims.services.rewinding import rewind_interest
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.models import Transfer
from qinghe.ledger.queries import available, balances, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting, side_of
from qinghe.market.models import Mandate
from qinghe.market.services import end_extension
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.models import Allocation, CostRefund, Payment, Split
from qinghe.settlement.queries.costs import open_advances
from qinghe.settlement.queries.taxes import taxes_of
from qinghe.settlement.refusals import (
    NoCash,
    NoSuchPayment,
    NotReversible,
    ReversalBySamePerson,
)
from qinghe.settlement.services.advancing import check_own, lent, take_back
from qinghe.settlement.services.booking import (
    Grounds,
    allocations_of,
    decide,
    lock_claims,
    refunds_of,
    seen,
    settle,
    split_of,
)
from qinghe.settlement.services.earning import course_then
from qinghe.settlement.services.following import after_payments
from qinghe.settlement.services.suspended import wait_again
from qinghe.settlement.splitting import UNTAXED
from qinghe.settlement.terms import ASKED_DAYS, PaymentSource, PaymentState


@verb("settlement.reverse-payment")
def reverse_payment(*, payment_id: UUID, reason: str, actor: Actor, at: datetime) -> Payment:
    """
    Undo one payment, and apply the later ones of its claim again without it.

    Where one person is not enough, the first call asks and changes nothing: the payment stays
    booked. The second, by somebody else within `ASKED_DAYS`, undoes it. A machine asks nobody.

    :raises NotPermitted: the role may not reverse payments of this source
    :raises NoSuchPayment: unknown, or another creditor's
    :raises NotReversible: not booked, or reversed before
    :raises ReversalBySamePerson: asked by this very person, or one of the two made the other
    :raises NoCash: the money to give back is not on the platform's account
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    payment = _lock(payment_id, actor)
    second = agreed(payment, actor, at)
    try:
        with transaction.atomic():
            _reverse(payment, second, reason, actor, at)
    except _OneIsNotEnough:
        payment.refresh_from_db()
        _ask(payment, reason, actor, at)
    return payment


class _OneIsNotEnough(Exception):
    """Shares have left, or a debtor would be asked again."""


def agreed(payment: Payment, actor: Actor, at: datetime) -> bool:
    """Tell whether the actor is the second person, or a machine that acts on what persons did."""
    if actor.role is Role.SYSTEM:
        return True
    asked_at = payment.reversal_asked_at
    if asked_at is None or at - asked_at >= timedelta(days=ASKED_DAYS):
        return False
    # The own money pays for it: the platform's people agree, not the creditor's.
    require(actor, Permission.MANAGE_PAYMENTS)
    if not independent(payment.reversal_asked_by, actor.label):
        raise ReversalBySamePerson
    return True


def _ask(payment: Payment, reason: str, actor: Actor, at: datetime) -> None:
    payment.reversal_asked_by, payment.reversal_asked_at = actor.label, at
    payment.save(update_fields=["reversal_asked_by", "reversal_asked_at"])
    record(
        kind="payment.reversal-asked",
        subject=f"claim:{payment.claim_id}",
        actor=actor,
        at=at,
        payment=payment.pk,
        amount=payment.amount,
        currency=payment.currency,
        reason=reason,
    )


def _mark(payment: Payment, agreed: bool, actor: Actor, at: datetime) -> None:
    payment.state, payment.reversed_at = PaymentState.REVERSED, at
    if agreed and payment.reversal_asked_at:
        payment.reversal_agreed_by = actor.label
    else:
        payment.reversal_asked_by = actor.label
    payment.save(update_fields=["state", "reversed_at", "reversal_asked_by", "reversal_agreed_by"])


def _reverse(payment: Payment, agreed: bool, reason: str, actor: Actor, at: datetime) -> None:
    later = _later(payment)
    claim = Claim.objects.get(pk=_claim_of(payment))
    lent_any = [_undo(each, actor, at) for each in [*reversed(later), payment]]
    if not agreed and (any(lent_any) or payment.source != PaymentSource.CREDITOR):
        raise _OneIsNotEnough
    _mark(payment, agreed, actor, at)
    end_extension(source=payment.pk, actor=actor, at=at)
    # Interest after the payment was accrued on too small a principal.
    rewind_interest(claim_id=claim.pk, since=payment.paid_on, actor=actor, at=at)
    # What was waived for this money is owed again before later money is applied.
    after_payments(claim_ids=[claim.pk], actor=actor, at=at)
    for each in later:
        accrue_interest(claim_id=claim.pk, to=min(each.paid_on, day_of(at)), actor=actor, at=at)
        _apply_again(each, actor, at)
    accrue_interest(claim_id=claim.pk, to=claim.interest_to, actor=actor, at=at)
    _settle_loans([payment, *later], at)
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
        reason=reason,
        replayed=[each.pk for each in later],
    )


def _lock(payment_id: UUID, actor: Actor) -> Payment:
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
    return payment


def _later(payment: Payment) -> list[Payment]:
    after = Q(received_at__gt=payment.received_at) | Q(
        received_at=payment.received_at, pk__gt=payment.pk
    )
    same = Payment.objects.filter(after, claim=payment.claim_id, state=PaymentState.POSTED)
    # What paid nothing of the debt is not applied again either.
    same = same.exclude(source=PaymentSource.WITHHELD)
    return list(same.select_related("order").order_by("received_at", "pk"))


def _undo(payment: Payment, actor: Actor, at: datetime) -> bool:
    """Undo one payment; tell whether something of it had left and had to be lent."""
    transfers = standing(subject=f"payment:{payment.pk}")
    lent_some = _cover(transfers, payment, at)
    reverse_many(transfer_ids=[transfer.pk for transfer in transfers], at=at)
    _follow_title(transfers, payment, at)
    # What it gave back of advanced costs is open again.
    CostRefund.objects.filter(payment=payment).delete()
    parts = dict(Allocation.objects.filter(payment=payment).values_list("component", "amount"))
    if parts:
        undo_payment(
            claim_id=_claim_of(payment),
            amounts=parts,
            actor=actor,
            at=at,
            reference=str(payment.pk),
            proven=seen(payment),
        )
    return lent_some


def _follow_title(transfers: Sequence[Transfer], payment: Payment, at: datetime) -> None:
    """What is owed again is owed to the creditor of today, where the claim was assigned since."""
    claim = Claim.objects.get(pk=_claim_of(payment))
    back: Counter[str] = Counter()
    for transfer in transfers:
        if transfer.credit.path.startswith(f"claim:{claim.pk}:"):
            back[transfer.debit.path] += transfer.amount
    now = accounts.claimed(claim.creditor_id)
    post_many(
        postings=[
            Posting(path, now, amount, payment.currency, "claim.assigned", f"claim:{claim.pk}", at)
            for path, amount in sorted(back.items())
            if path != now
        ]
    )


def _apply_again(payment: Payment, actor: Actor, at: datetime) -> None:
    split = Split.objects.get(payment=payment)
    claim = Claim.objects.get(pk=_claim_of(payment))
    mandate = Mandate.objects.get(pk=split.mandate_id) if split.mandate_id else None
    booking = decide(payment, claim, mandate, _grounds_then(payment, claim, mandate, split.stage))
    payment.save(update_fields=["excess"])
    Allocation.objects.filter(payment=payment).delete()
    Allocation.objects.bulk_create(allocations_of(booking))
    split.delete()
    # The quality part starts to wait again: what had been released was taken back above.
    split_of(booking).save()
    CostRefund.objects.bulk_create(refunds_of(booking))
    settle([booking], actor, at)


def _grounds_then(payment: Payment, claim: Claim, mandate: Mandate | None, stage: str) -> Grounds:
    """Return what decided how a payment was divided when it came."""
    then = payment.received_at
    taxes = taxes_of([mandate.collector_id], day_of(then)) if mandate else {}
    return Grounds(
        course_then(mandate, claim, payment, stage) if mandate else None,
        taxes[mandate.collector_id] if mandate else UNTAXED,
        open_advances([claim.pk], at=then).get(claim.pk, ()),
    )


def _cover(transfers: Sequence[Transfer], payment: Payment, at: datetime) -> bool:
    """
    Lend what an account lacks for the reversal; the loan is what its owner must give back.

    Tell whether anything was lent.
    """
    effect: Counter[str] = Counter()
    for transfer in transfers:
        effect[transfer.debit.path] -= transfer.amount
        effect[transfer.credit.path] += transfer.amount
    paths = [*effect, accounts.BANK, accounts.OWN]
    lock_accounts(keys={(path, payment.currency) for path in paths})
    have = balances(paths=paths, currency=payment.currency)
    lacks = {path: _lack(path, have[path] + change) for path, change in sorted(effect.items())}
    loans = [
        posting
        for path, lack in lacks.items()
        if lack
        for posting in _loan(path, lack, payment, at)
    ]
    taken = sum(each.amount for each in loans if each.credit == accounts.BANK)
    if taken > available(path=accounts.BANK, currency=payment.currency):
        raise NoCash
    post_many(postings=loans)
    return bool(loans)


def _lack(path: str, balance: int) -> int:
    return max(balance, 0) if side_of(path) == "credit" else max(-balance, 0)


def _loan(path: str, lack: int, payment: Payment, at: datetime) -> list[Posting]:
    subject = f"cover:payment:{payment.pk}"
    if path.startswith(accounts.CASH):
        kind = "payment.cover"
        return [Posting(path, accounts.BANK, lack, payment.currency, kind, subject, at)]
    return lent(path, lack, payment.currency, subject, at)


def _settle_loans(payments: Sequence[Payment], at: datetime) -> None:
    """Take back at once what the replay earned anew; what stays lent must be own money."""
    touched = {f"creditor:{each.creditor_id}:" for each in payments}
    splits = Split.objects.filter(payment__in=payments).exclude(collector=None)
    touched |= {f"collector:{pk}:" for pk in splits.values_list("collector", flat=True)}
    for under in sorted(touched):
        take_back(under=under, at=at)
    check_own(currency=payments[0].currency, at=at)


def _claim_of(payment: Payment) -> UUID:
    if payment.claim_id is None:
        raise NotReversible
    return payment.claim_id
