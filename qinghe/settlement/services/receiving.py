"""Book money at the bank that is no payment of a debtor: a creditor covers, the platform brings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind
from qinghe.settlement import accounts
from qinghe.settlement.models import Receipt
from qinghe.settlement.reading import LARGEST
from qinghe.settlement.refusals import (
    BadAmount,
    NoSuchSender,
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
    Book what arrived at the bank, in minor units: from a creditor, to cover the commission it owes;
    without a creditor, own money of the platform. What a creditor sent too much is paid back.

    The same reference books once: a repetition returns the receipt that stands.

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
        _book(receipt, at)
        record(
            kind="receipt.booked",
            subject=f"receipt:{receipt.pk}",
            actor=actor,
            at=at,
            organisation=creditor_id,
            amount=amount,
            currency=currency,
        )
    return receipt


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
