"""
Give money back the way it came: reserve, ask the provider, then book what it answered.

The network is never asked inside a transaction. A crash between leaves a refund reserved and due
again; the provider knows it by our number, so that asking again gives nothing back twice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.ledger.queries import available, balance, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.gateways import Event, GatewayFailed, gateway
from qinghe.settlement.models import CashierOrder, Refund
from qinghe.settlement.provider_refusals import NoSuchRefund, RefundBySamePerson, RefundMoved
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.return_terms import RefundCause, RefundState, wait_after
from qinghe.settlement.services.excess import BATCH, MACHINE, given_back, note, queue
from qinghe.settlement.services.placing import order_there
from qinghe.settlement.terms import PaymentState


@verb("settlement.approve-refund")
def approve_refund(*, refund_id: UUID, actor: Actor, at: datetime) -> Refund:
    """
    Agree as a second person to a refund over the threshold.

    :raises NotPermitted: the role does not approve what is paid out
    :raises NoSuchRefund: unknown
    :raises RefundMoved: it does not wait for anybody
    :raises RefundBySamePerson: asked for by this very person, or one of the two made the other
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    refund = _lock(refund_id, RefundState.WAITING)
    if not independent(refund.asked_by, actor.label):
        raise RefundBySamePerson
    refund.state, refund.next_at = RefundState.READY, at
    refund.agreed_by, refund.agreed_at = actor.label, at
    refund.save(update_fields=["state", "next_at", "agreed_by", "agreed_at"])
    note("approved", refund, actor, at)
    return refund


@verb("settlement.retry-refund")
def retry_refund(*, refund_id: UUID, actor: Actor, at: datetime) -> Refund:
    """
    Ask anew for what the provider refused, under a new number: the old one is spent there.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchRefund: unknown
    :raises RefundMoved: not refused
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    refund = _lock(refund_id, RefundState.FAILED)
    refund.state = RefundState.DROPPED
    refund.save(update_fields=["state"])
    return queue(refund.payment, refund.amount, refund.cause, actor, at)


def send_refunds(*, at: datetime) -> int:
    """Send, or ask again about, every refund whose time has come; return how many."""
    due = Refund.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk", flat=True)
    ids = list(due[:BATCH])
    for refund_id in ids:
        send_refund(refund_id=refund_id, at=at)
    return len(ids)


def send_refund(*, refund_id: UUID, at: datetime) -> None:
    """Send one refund, and book the answer. Safe to repeat."""
    refund = start_refund(refund_id=refund_id, actor=MACHINE, at=at)
    order = refund.payment.order
    if refund.state != RefundState.SENT or order is None:
        return
    event, fault = _asked(order, refund)
    end_refund(refund_id=refund_id, event=event, fault=fault, actor=MACHINE, at=at)


def _asked(order: CashierOrder, refund: Refund) -> tuple[Event, str]:
    try:
        return gateway(order.provider).refund(order_there(order), refund.pk, refund.amount), ""
    except GatewayFailed as failed:
        return Event.PENDING if failed.again else Event.REFUND_FAILED, str(failed)
    except DomainError as refusal:
        return Event.PENDING, refusal.code


@verb("settlement.start-refund")
def start_refund(*, refund_id: UUID, actor: Actor, at: datetime) -> Refund:
    """
    Set the money aside before the provider is asked; drop what is no longer due.

    :raises NoSuchRefund: unknown
    """
    refund = _lock(refund_id)
    if refund.state == RefundState.READY:
        _reserve(refund, actor, at)
    if refund.state == RefundState.SENT:
        refund.tries += 1
        refund.next_at = at + wait_after(refund.tries)
        refund.save(update_fields=["tries", "next_at"])
    return refund


@verb("settlement.end-refund")
def end_refund(*, refund_id: UUID, event: Event, fault: str, actor: Actor, at: datetime) -> Refund:
    """
    Book what the provider says of a refund; what it said before changes nothing.

    :raises NoSuchRefund: unknown
    """
    refund = _lock(refund_id)
    if event is Event.REFUNDED and refund.state == RefundState.SENT:
        _book(refund, at)
        refund.state, refund.done_at, refund.next_at, fault = RefundState.DONE, at, None, ""
        note("done", refund, actor, at)
    elif event is Event.REFUND_FAILED and refund.state in (RefundState.SENT, RefundState.DONE):
        _undo(refund, at)
        refund.state, refund.done_at, refund.next_at = RefundState.FAILED, None, None
        note("refused", refund, actor, at, fault=fault)
    elif not fault:
        return refund
    refund.fault = fault
    refund.save(update_fields=["state", "done_at", "next_at", "fault"])
    return refund


def _lock(refund_id: UUID, *states: str) -> Refund:
    """Lock the claim, then the refund."""
    claim_id = Refund.objects.filter(pk=refund_id).values_list("payment__claim", flat=True).first()
    if claim_id is None:
        raise NoSuchRefund
    Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    rows = Refund.objects.select_for_update(of=("self",)).select_related(
        "payment", "payment__order", "payment__claim"
    )
    refund = rows.get(pk=refund_id)
    if states and refund.state not in states:
        raise RefundMoved
    return refund


def _reserve(refund: Refund, actor: Actor, at: datetime) -> None:
    held = accounts.refund(_debtor(refund))
    aside = accounts.payout(refund.pk)
    lock_accounts(keys={(path, refund.currency) for path in (held, aside)})
    if not _due(refund) or -balance(path=held, currency=refund.currency) < refund.amount:
        refund.state, refund.next_at = RefundState.DROPPED, None
        refund.save(update_fields=["state", "next_at"])
        note("dropped", refund, actor, at)
        return
    post_many(postings=[_move(refund, held, aside, "refund.sent", at)])
    refund.state, refund.sent_at = RefundState.SENT, at
    refund.save(update_fields=["state", "sent_at"])
    note("sent", refund, actor, at)


def _due(refund: Refund) -> bool:
    """Tell whether an excess still stands: a payment that was undone since may have used it."""
    payment = refund.payment
    if refund.cause != RefundCause.EXCESS:
        return True
    stands = payment.state == PaymentState.POSTED
    return stands and payment.excess - given_back(payment) >= refund.amount


def _book(refund: Refund, at: datetime) -> None:
    """Let the money leave the box it came to; what was passed on to the bank comes back first."""
    order, claim = refund.payment.order, refund.payment.claim
    if order is None or claim is None:
        raise NoSuchRefund
    box = accounts.cash(order.provider, claim.pk)
    aside = accounts.payout(refund.pk)
    paths = (box, aside, accounts.BANK)
    lock_accounts(keys={(path, refund.currency) for path in paths})
    lack = refund.amount - balance(path=box, currency=refund.currency)
    moves = [_move(refund, aside, box, "refund.done", at)]
    if lack > 0:
        if available(path=accounts.BANK, currency=refund.currency) < lack:
            raise NoCash
        cover = _move(refund, box, accounts.BANK, "refund.cover", at, amount=lack)
        moves.insert(0, cover)
    post_many(postings=moves)


def _undo(refund: Refund, at: datetime) -> None:
    transfers = standing(subject=f"refund:{refund.pk}")
    reverse_many(transfer_ids=[each.pk for each in transfers], at=at)


def _move(
    refund: Refund, debit: str, credit: str, kind: str, at: datetime, *, amount: int | None = None
) -> Posting:
    subject, sum_ = f"refund:{refund.pk}", refund.amount if amount is None else amount
    return Posting(debit, credit, sum_, refund.currency, kind, subject, at)


def _debtor(refund: Refund) -> UUID:
    if refund.payment.claim is None:
        raise NoSuchRefund
    return refund.payment.claim.debtor_id
