"""
Send money back that nobody can place: set aside at once, agreed to by a second person, then sent.

The bank sends it; its next statement shows the number, and that explains the entry.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.queries import available, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.bank.refusals import (
    NoSuchReturn,
    NoSuchSuspense,
    SuspenseBySamePerson,
    SuspenseMoved,
)
from qinghe.settlement.bank_terms import SendBackState, Wish
from qinghe.settlement.models import SendBack, Suspense
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.services.suspended import lock_suspense, tell_rest
from qinghe.settlement.terms import PaymentState


@verb("settlement.send-back")
def send_back(*, suspense_id: UUID, actor: Actor, at: datetime) -> SendBack:
    """
    Ask that what waits goes back to who sent it; it is set aside until a second person agreed.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: somebody proposed something, or nothing waits
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = lock_suspense([suspense_id]).get(suspense_id)
    if suspense is None:
        raise NoSuchSuspense
    if suspense.wish != Wish.NONE or suspense.rest <= 0:
        raise SuspenseMoved
    back = _written(suspense, actor, at)
    post_many(postings=[_move(back, accounts.SUSPENSE, accounts.payout(back.pk), "aside", at)])
    tell_rest(suspense)
    _record("asked", back, actor, at)
    return back


@verb("settlement.approve-send-back")
def approve_send_back(*, back_id: UUID, actor: Actor, at: datetime) -> SendBack:
    """
    Agree as a second person that money goes back.

    :raises NotPermitted: the role does not approve what is paid out
    :raises NoSuchReturn: unknown
    :raises SuspenseMoved: it does not wait for anybody
    :raises SuspenseBySamePerson: asked for by this very person, or one of the two made the other
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    back = _lock(back_id, SendBackState.WAITING)
    if not independent(back.asked_by, actor.label):
        raise SuspenseBySamePerson
    back.state, back.agreed_by, back.agreed_at = SendBackState.READY, actor.label, at
    back.save(update_fields=["state", "agreed_by", "agreed_at"])
    _record("approved", back, actor, at)
    return back


@verb("settlement.sent-back")
def sent_at_bank(*, back_id: UUID, actor: Actor, at: datetime) -> SendBack:
    """
    Book that the bank has sent it.

    :raises NotPermitted: the role does not pay out
    :raises NoSuchReturn: unknown
    :raises SuspenseMoved: nobody agreed yet, or it was sent before
    :raises NoCash: the platform's account does not hold the amount
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    back = _lock(back_id, SendBackState.READY)
    aside = accounts.payout(back.pk)
    lock_accounts(keys={(path, back.currency) for path in (aside, accounts.BANK)})
    if available(path=accounts.BANK, currency=back.currency) < back.amount:
        raise NoCash
    post_many(postings=[_move(back, aside, accounts.BANK, "sent", at)])
    back.state, back.done_at = SendBackState.DONE, at
    back.save(update_fields=["state", "done_at"])
    _record("sent", back, actor, at)
    return back


@verb("settlement.drop-send-back")
def drop_send_back(*, back_id: UUID, actor: Actor, at: datetime) -> SendBack:
    """
    Let money wait again that was to go back. What the bank sent and got back arrives anew.

    :raises NotPermitted: the role does not approve what is paid out
    :raises NoSuchReturn: unknown
    :raises SuspenseMoved: dropped before, or sent
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    back = _lock(back_id, SendBackState.WAITING, SendBackState.READY)
    transfers = standing(subject=f"send-back:{back.pk}")
    reverse_many(transfer_ids=[each.pk for each in transfers], at=at)
    back.state = SendBackState.DROPPED
    back.save(update_fields=["state"])
    tell_rest(back.suspense)
    _record("dropped", back, actor, at)
    return back


def _written(suspense: Suspense, actor: Actor, at: datetime) -> SendBack:
    payment = suspense.payment
    stands = payment is not None and payment.state == PaymentState.POSTED
    return SendBack.objects.create(
        pk=new_id(),
        number=f"RB-{day_of(at):%Y%m%d}-{digits(8)}",
        suspense=suspense,
        payment=payment if stands else None,
        amount=suspense.rest,
        currency=suspense.currency,
        asked_by=actor.label,
        asked_at=at,
    )


def _lock(back_id: UUID, *states: SendBackState) -> SendBack:
    """Lock the money, then what goes back of it."""
    found = SendBack.objects.filter(pk=back_id).values_list("suspense", flat=True).first()
    if found is None:
        raise NoSuchReturn
    suspense = lock_suspense([found])[found]
    back = SendBack.objects.select_for_update().get(pk=back_id)
    back.suspense = suspense
    if back.state not in states:
        raise SuspenseMoved
    return back


def _move(back: SendBack, debit: str, credit: str, what: str, at: datetime) -> Posting:
    kind, subject = f"send-back.{what}", f"send-back:{back.pk}"
    return Posting(debit, credit, back.amount, back.currency, kind, subject, at)


def _record(what: str, back: SendBack, actor: Actor, at: datetime) -> None:
    record(
        kind=f"send-back.{what}",
        subject=f"suspense:{back.suspense_id}",
        actor=actor,
        at=at,
        number=back.number,
        amount=back.amount,
        currency=back.currency,
    )
