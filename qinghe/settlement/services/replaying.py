"""
Take back what payments of a claim paid, and apply them anew: one was undone, or one was told late.

What an account lacks meanwhile is lent from the platform's own money, and taken back at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.services import accrue_interest, undo_payment
from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.ledger.queries import available, balances, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting, side_of
from qinghe.market.models import Mandate
from qinghe.market.services import Undone
from qinghe.settlement import accounts
from qinghe.settlement.models import Allocation, CostRefund, Payment, Split
from qinghe.settlement.queries.costs import open_advances
from qinghe.settlement.queries.taxes import taxes_of
from qinghe.settlement.refusals import NoCash, NotReversible
from qinghe.settlement.services.advancing import check_own, lent, take_back
from qinghe.settlement.services.booking import (
    Grounds,
    allocations_of,
    decide,
    refunds_of,
    seen,
    settle,
    split_of,
    would_earn,
)
from qinghe.settlement.services.correcting import book_again
from qinghe.settlement.services.earning import course_then
from qinghe.settlement.splitting import UNTAXED
from qinghe.settlement.terms import PaymentSource, PaymentState


def applied_after(claim: Claim, payment: Payment) -> list[Payment]:
    """
    Return the booked payments of a claim that are applied after one, in their order: where interest
    runs what was paid on a later day too, whenever it was told.
    """
    after = Q(received_at__gt=payment.received_at) | Q(
        received_at=payment.received_at, pk__gt=payment.pk
    )
    order: tuple[str, ...] = ("received_at", "pk")
    if claim.overdue_rate_pct is not None:
        after, order = after | Q(paid_on__gt=payment.paid_on), ("paid_on", *order)
    return list(_standing(claim).filter(after).exclude(pk=payment.pk).order_by(*order))


def paid_after(claim: Claim, day: date) -> list[Payment]:
    """Return the booked payments of a claim that were made after a day, in the order of days."""
    return list(_standing(claim).filter(paid_on__gt=day).order_by("paid_on", "received_at", "pk"))


def _standing(claim: Claim) -> QuerySet[Payment]:
    # What paid nothing of the debt is not applied again either.
    found = Payment.objects.filter(claim=claim.pk, state=PaymentState.POSTED)
    return found.exclude(source=PaymentSource.WITHHELD).select_related("order")


def replay(
    payments: Sequence[Payment],
    claim: Claim,
    actor: Actor,
    at: datetime,
    undone: Undone | None = None,
) -> None:
    """
    Apply payments of a locked claim that were undone, each on its day.

    `undone` is the completion of its mandate that no longer counts: what came after it earns, too.
    """
    for each in payments:
        accrue_interest(claim_id=claim.pk, to=min(each.paid_on, day_of(at)), actor=actor, at=at)
        apply_again(each, actor, at, undone)


def undo(payment: Payment, actor: Actor, at: datetime, *, anew: bool) -> bool:
    """
    Undo one payment, `anew` to replay it; tell whether something of it had left and had to be lent.
    """
    transfers = standing(subject=f"payment:{payment.pk}")
    lent_some = cover_lacks(transfers, f"cover:payment:{payment.pk}", at)
    reverse_many(transfer_ids=[transfer.pk for transfer in transfers], at=at)
    _follow_title(transfers, payment, at)
    # What it gave back of advanced costs is open again.
    CostRefund.objects.filter(payment=payment).delete()
    parts = dict(Allocation.objects.filter(payment=payment).values_list("component", "amount"))
    if parts:
        undo_payment(
            claim_id=claim_of(payment),
            amounts=parts,
            actor=actor,
            at=at,
            reference=str(payment.pk),
            proven=seen(payment),
            paid_on=payment.paid_on,
            anew=anew,
        )
    return lent_some


def _follow_title(transfers: Sequence[Transfer], payment: Payment, at: datetime) -> None:
    """What is owed again is owed to the creditor of today, where the claim was assigned since."""
    claim = Claim.objects.get(pk=claim_of(payment))
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


def apply_again(payment: Payment, actor: Actor, at: datetime, undone: Undone | None) -> None:
    split = Split.objects.get(payment=payment)
    claim = Claim.objects.get(pk=claim_of(payment))
    mandate = _earning(payment, split, undone)
    booking = decide(payment, claim, mandate, _grounds_then(payment, claim, mandate, split.stage))
    payment.save(update_fields=["excess"])
    Allocation.objects.filter(payment=payment).delete()
    Allocation.objects.bulk_create(allocations_of(booking))
    split.delete()
    # The quality part starts to wait again: what had been released was taken back above.
    split_of(booking).save()
    CostRefund.objects.bulk_create(refunds_of(booking))
    settle([booking], actor, at)
    book_again(payment, at)


def _earning(payment: Payment, split: Split, undone: Undone | None) -> Mandate | None:
    """Return the mandate that earned by a payment, or would have, had it not been completed."""
    if split.mandate_id:
        return Mandate.objects.get(pk=split.mandate_id)
    if undone is None or payment.received_at < undone.over_since:
        return None
    return undone.mandate if would_earn(undone.mandate, payment) else None


def _grounds_then(payment: Payment, claim: Claim, mandate: Mandate | None, stage: str) -> Grounds:
    """Return what decided how a payment was divided when it came."""
    then = payment.received_at
    taxes = taxes_of([mandate.collector_id], day_of(then)) if mandate else {}
    return Grounds(
        course_then(mandate, claim, payment, stage) if mandate else None,
        taxes[mandate.collector_id] if mandate else UNTAXED,
        open_advances([claim.pk], at=then).get(claim.pk, ()),
    )


def cover_lacks(transfers: Sequence[Transfer], subject: str, at: datetime) -> bool:
    """
    Lend what an account lacks for the reversal; the loan is what its owner must give back.

    Tell whether anything was lent.
    """
    if not transfers:
        return False
    currency = transfers[0].currency
    effect: Counter[str] = Counter()
    for transfer in transfers:
        effect[transfer.debit.path] -= transfer.amount
        effect[transfer.credit.path] += transfer.amount
    paths = [*effect, accounts.BANK, accounts.OWN]
    lock_accounts(keys={(path, currency) for path in paths})
    have = balances(paths=paths, currency=currency)
    lacks = {path: _lack(path, have[path] + change) for path, change in sorted(effect.items())}
    loans = [
        posting
        for path, lack in lacks.items()
        if lack
        for posting in _loan(path, lack, currency, subject, at)
    ]
    taken = sum(each.amount for each in loans if each.credit == accounts.BANK)
    if taken > available(path=accounts.BANK, currency=currency):
        raise NoCash
    post_many(postings=loans)
    return bool(loans)


def _lack(path: str, balance: int) -> int:
    return max(balance, 0) if side_of(path) == "credit" else max(-balance, 0)


def _loan(path: str, lack: int, currency: str, subject: str, at: datetime) -> list[Posting]:
    if path.startswith(accounts.CASH):
        return [Posting(path, accounts.BANK, lack, currency, "payment.cover", subject, at)]
    return lent(path, lack, currency, subject, at)


def settle_loans(payments: Sequence[Payment], at: datetime) -> None:
    """Take back at once what the replay earned anew; what stays lent must be own money."""
    touched = {f"creditor:{each.creditor_id}:" for each in payments}
    splits = Split.objects.filter(payment__in=payments).exclude(collector=None)
    touched |= {f"collector:{pk}:" for pk in splits.values_list("collector", flat=True)}
    # What was refunded already is too much once more, and ends the loan that stood for it.
    debtors = Claim.objects.filter(pk__in=[each.claim_id for each in payments])
    touched |= {f"debtor:{pk}:" for pk in debtors.values_list("debtor", flat=True)}
    for under in sorted(touched):
        take_back(under=under, at=at)
    check_own(currency=payments[0].currency, at=at)


def claim_of(payment: Payment) -> UUID:
    if payment.claim_id is None:
        raise NotReversible
    return payment.claim_id
