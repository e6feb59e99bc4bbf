"""
Book money at the bank that is no payment of a debtor: a creditor covers, the platform brings.

One person records what arrived; it counts when another finds it on the bank's statement too.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind
from qinghe.settlement import accounts
from qinghe.settlement.models import Receipt
from qinghe.settlement.reading import LARGEST
from qinghe.settlement.refusals import (
    BadAmount,
    NoSuchReceipt,
    NoSuchSender,
    ReceiptBySamePerson,
    ReceiptDiffers,
    ReferenceMissing,
)
from qinghe.settlement.services.covering import cover, touched_by

SENDERS = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)


@verb("settlement.receive-money")
def receive_money(
    *,
    creditor_id: UUID | None,
    amount: int,
    currency: str,
    reference: str,
    actor: Actor,
    at: datetime,
) -> Receipt:
    """
    Record what arrived at the bank, in minor units: from a creditor, to cover the commission it
    owes; without a creditor, own money of the platform. Nothing moves before it is confirmed.

    The same reference counts once: a repetition returns the receipt that stands.

    :raises NotPermitted: the actor does not manage payments
    :raises BadAmount: not above zero, or beyond all books
    :raises ReferenceMissing: no reference of the bank
    :raises NoSuchSender: not a creditor
    :raises ReceiptDiffers: booked before with another amount, currency or sender
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if not 0 < amount <= LARGEST:
        raise BadAmount
    if not (name := reference.strip()):
        raise ReferenceMissing
    _check_sender(creditor_id)
    told = {"creditor_id": creditor_id, "amount": amount, "currency": currency}
    receipt, new = Receipt.objects.get_or_create(
        reference=name, defaults={**told, "recorded_by": actor.label, "at": at}
    )
    if any(getattr(receipt, field) != value for field, value in told.items()):
        raise ReceiptDiffers
    if new:
        _record("recorded", receipt, actor, at)
    return receipt


@verb("settlement.confirm-receipt")
def confirm_receipt(*, receipt_id: UUID, actor: Actor, at: datetime) -> Receipt:
    """
    Confirm what a colleague recorded, and book it. What a creditor sent too much is paid back.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchReceipt: unknown, or confirmed before
    :raises ReceiptBySamePerson: recorded by this very person, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    receipt = _waiting(receipt_id)
    if not independent(receipt.recorded_by, actor.label):
        raise ReceiptBySamePerson
    receipt.confirmed_by, receipt.confirmed_at = actor.label, at
    receipt.save(update_fields=["confirmed_by", "confirmed_at"])
    _book(receipt, at)
    _record("booked", receipt, actor, at)
    return receipt


@verb("settlement.drop-receipt")
def drop_receipt(*, receipt_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Take back what was recorded by mistake and counts nowhere yet; its reference is free again.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchReceipt: unknown, or confirmed before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    receipt = _waiting(receipt_id)
    _record("dropped", receipt, actor, at)
    receipt.delete()


def _waiting(receipt_id: UUID) -> Receipt:
    rows = Receipt.objects.filter(pk=receipt_id, confirmed_at=None).select_for_update()
    receipt = rows.first()
    if receipt is None:
        raise NoSuchReceipt
    return receipt


def _record(what: str, receipt: Receipt, actor: Actor, at: datetime) -> None:
    record(
        kind=f"receipt.{what}",
        subject=f"receipt:{receipt.pk}",
        actor=actor,
        at=at,
        organisation=receipt.creditor_id,
        amount=receipt.amount,
        currency=receipt.currency,
    )


def _check_sender(creditor_id: UUID | None) -> None:
    if creditor_id is None:
        return
    if not Organisation.objects.filter(pk=creditor_id, kind__in=SENDERS).exists():
        raise NoSuchSender


def _touched(receipt: Receipt) -> set[str]:
    if receipt.creditor_id is None:
        return {accounts.OWN}
    return touched_by(receipt.creditor_id, receipt.currency)


def _book(receipt: Receipt, at: datetime) -> None:
    creditor = receipt.creditor_id
    to = accounts.collected(creditor) if creditor else accounts.OWN
    lock_accounts(keys={(path, receipt.currency) for path in [accounts.BANK, *_touched(receipt)]})
    post_many(
        postings=[
            Posting(
                debit=accounts.BANK,
                credit=to,
                amount=receipt.amount,
                currency=receipt.currency,
                kind="receipt.booked",
                subject=f"receipt:{receipt.pk}",
                at=at,
            )
        ]
    )
    if creditor:
        cover(at=at, creditor_id=creditor)
