"""
A few cents prove whose account it is.

The platform sends a random amount with a code; whoever reads the account's statement states it.
Three tries, then a day's wait and a new amount. A changed account must be proven anew before
anything is paid to it.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from secrets import randbelow
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.kernel.queue import enqueue
from qinghe.parties.gateways.transfers import Order, send
from qinghe.parties.models import (
    Application,
    MicroTransfer,
    Organisation,
    SettlementAccount,
    VaultItem,
)
from qinghe.parties.models.standing import MOST_TRIES
from qinghe.parties.pairs import independent, makers_of
from qinghe.parties.queries.payees import replaced_proven
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import keep_proof
from qinghe.parties.services.own import own_organisation
from qinghe.parties.services.secrets import seal, unseal
from qinghe.parties.services.settlement import account_of
from qinghe.parties.terms import (
    LIVE_TRANSFERS,
    ApplicationState,
    OrgKind,
    ProofKind,
    Secret,
    SettlementState,
    TransferState,
)
from qinghe.parties.vault import ring

MOST_CENTS: Final = 99
VALID: Final = timedelta(days=7)
WAIT: Final = timedelta(days=1)
AT_ONCE: Final = 1000
SENDER: Final = system("parties.transfers")


class SameHand(DomainError):
    code = "parties.same-hand"
    status = 403
    text = _(
        "This account was entered by you, or by somebody whose account here the same person made "
        "as yours. Somebody of your organisation who stands apart from that must state the amount. "
        "If there is nobody, ask the operator: once a colleague of whoever made your accounts has "
        "confirmed one of them (“I know this person”), that one can."
    )


class AccountProven(DomainError):
    code = "parties.account-proven"
    text = _("This account is proven already.")


class TransferRunning(DomainError):
    code = "parties.transfer-running"
    text = _("An amount is on its way already. State it when it has arrived.")


class TransferWait(DomainError):
    code = "parties.transfer-wait"
    text = _("The last amount was not stated right. A new one can be sent from {again_at} on.")


class NoSuchTransfer(DomainError):
    code = "parties.no-such-transfer"
    status = 404
    text = _("There is no amount to state, or its time is over. Ask for a new one.")


@verb("parties.start_transfer")
def start_transfer(*, org_id: UUID, actor: Actor, at: datetime) -> MicroTransfer:
    """
    Let a random amount of one to ninety-nine cents be sent to a party's account.

    :raises NoSuchOrganisation: unknown, or another's
    :raises NoSettlementAccount: none was declared
    :raises AccountProven: nothing is left to prove
    :raises TransferRunning: one is on its way
    :raises TransferWait: the last one failed less than a day ago
    """
    own_organisation(org_id, actor)
    account = account_of(org_id)
    if account.state == SettlementState.PROVEN:
        raise AccountProven
    _check_turn(account, at)
    amount = 1 + randbelow(MOST_CENTS)
    transfer = MicroTransfer(
        account=account,
        code=f"QH{digits(8)}",
        sealed=seal(kind=Secret.TEXT, value=str(amount), person_id=None, at=at),
        gateway=settings.TRANSFER_GATEWAY,
        asked_at=at,
        expires_at=at + VALID,
    )
    transfer.digest = _digest(transfer, amount)
    transfer.save(force_insert=True)
    _told("transfer-asked", transfer, actor, at)
    if transfer.gateway != "manual":
        enqueue("parties.transfer", transfer_id=str(transfer.pk))
    return transfer


def send_transfer(*, transfer_id: UUID, at: datetime) -> bool:
    """
    Hand a waiting transfer to its gateway; tell whether it was sent. Safe to repeat.

    :raises TransferFailed: the bank did not take it; the job tries again
    """
    waiting = MicroTransfer.objects.filter(pk=transfer_id, state=TransferState.WAITING)
    transfer = waiting.select_related("account__holder", "account__number", "sealed").first()
    if transfer is None or transfer.sealed is None:
        return False
    account = transfer.account
    order = Order(
        code=transfer.code,
        holder=unseal(account.holder),
        number=unseal(account.number),
        bank=account.bank,
        amount=int(unseal(transfer.sealed)),
    )
    reference = send(transfer.gateway, order)
    if reference is None:
        return False
    record_sent(transfer_id=transfer_id, reference=reference, actor=SENDER, at=at)
    return True


@verb("parties.open_transfer")
def _open_transfer(*, transfer_id: UUID, actor: Actor, at: datetime) -> dict[str, str]:
    require(actor, Permission.MANAGE_PAYMENTS)
    transfer = _waiting(transfer_id)
    assert transfer.sealed is not None
    _told("transfer-opened", transfer, actor, at)
    return {
        "code": transfer.code,
        "holder": unseal(transfer.account.holder),
        "number": unseal(transfer.account.number),
        "bank": transfer.account.bank,
        "amount": unseal(transfer.sealed),
    }


def open_transfer(*, transfer_id: UUID, actor: Actor, at: datetime) -> dict[str, str]:
    """
    Return what a clerk sends by hand, and put on record who looked; `amount` is in cents.

    :raises NotPermitted: the actor may not manage payments
    :raises NoSuchTransfer: unknown, or not waiting
    """
    # Each look is its own: the answer must not be kept for a repeated request.
    return _open_transfer(transfer_id=transfer_id, actor=actor.with_key(None), at=at)


@verb("parties.record_sent")
def record_sent(*, transfer_id: UUID, reference: str, actor: Actor, at: datetime) -> MicroTransfer:
    """
    Say that the bank sent the amount; where a clerk sent it, nobody can read it here any more.

    :raises NotPermitted: the actor may not manage payments
    :raises NoSuchTransfer: unknown, or not waiting
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    transfer = _waiting(transfer_id)
    transfer.state, transfer.sent_at, transfer.reference = TransferState.SENT, at, reference
    transfer.expires_at = at + VALID
    transfer.save(update_fields=["state", "sent_at", "reference", "expires_at"])
    if transfer.gateway != "sandbox":
        _wipe(transfer)
    _told("transfer-sent", transfer, actor, at)
    return transfer


@verb("parties.record_returned")
def record_returned(*, transfer_id: UUID, reason: str, actor: Actor, at: datetime) -> MicroTransfer:
    """
    Say that the bank did not deliver the amount; the party corrects its account or asks again.

    :raises NotPermitted: the actor may not manage payments
    :raises NoSuchTransfer: unknown, or over
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    transfer = _live(MicroTransfer.objects.filter(pk=transfer_id))
    _end(transfer, TransferState.RETURNED, at)
    _told("transfer-returned", transfer, actor, at, reason=reason)
    return transfer


@verb("parties.state_amount")
def state_amount(*, org_id: UUID, cents: int, actor: Actor, at: datetime) -> MicroTransfer:
    """
    State the amount that arrived. A wrong one is an answer, not an error: it is kept and counted.

    Right: the account is proven. The third wrong one ends it: a new amount after a day.

    :raises NoSuchOrganisation: unknown, or another's
    :raises NoSettlementAccount: none was declared
    :raises NoSuchTransfer: nothing was sent, or its time is over
    :raises SameHand: entered by this very person, or by one who does not stand apart from it
    """
    organisation = own_organisation(org_id, actor)
    account = account_of(org_id)
    _check_hand(organisation, account, actor)
    rows = MicroTransfer.objects.filter(account=account, state=TransferState.SENT)
    transfer = _live(rows.filter(expires_at__gt=at))
    transfer.tries += 1
    right = any(
        hmac.compare_digest(bytes(transfer.digest), each)
        for each in ring().blinds(f"micro:{transfer.pk}", str(cents))
    )
    transfer.save(update_fields=["tries"])
    _told("amount-stated", transfer, actor, at, right=right, tries=transfer.tries)
    if right:
        _prove(transfer, actor, at)
    elif transfer.tries >= MOST_TRIES:
        _end(transfer, TransferState.FAILED, at)
    return transfer


def may_state(*, org_id: UUID, actor: Actor) -> bool:
    """
    Tell whether an actor stands apart enough to state the amount on a party's present account.

    :raises NoSettlementAccount: none was declared
    """
    try:
        _check_hand(Organisation.objects.get(pk=org_id), account_of(org_id), actor)
    except SameHand:
        return False
    return True


def expire_transfers(*, at: datetime) -> int:
    """End the transfers nobody answered in time; return how many. Safe to repeat."""
    late = MicroTransfer.objects.filter(state__in=LIVE_TRANSFERS, expires_at__lte=at)
    ids = list(late.order_by("expires_at", "id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_expire(pk, at) for pk in ids)


@transaction.atomic
def _expire(transfer_id: UUID, at: datetime) -> bool:
    late = MicroTransfer.objects.filter(pk=transfer_id, expires_at__lte=at)
    found = late.filter(state__in=LIVE_TRANSFERS).select_for_update(of=("self",)).first()
    if found is not None:
        _end(found, TransferState.EXPIRED, at)
    return found is not None


def again_at(account_id: UUID) -> datetime | None:
    """Return from when on a new amount can be sent; None: at once."""
    rows = MicroTransfer.objects.filter(account=account_id, state=TransferState.FAILED)
    last = rows.order_by("-ended_at").first()
    return last.ended_at + WAIT if last and last.ended_at else None


def sandbox_statement(transfer: MicroTransfer) -> int | None:
    """Return what the account's statement would show; only in a demonstration, else None."""
    if not settings.DEMO or transfer.gateway != "sandbox" or transfer.sealed is None:
        return None
    return int(unseal(transfer.sealed))


def _prove(transfer: MicroTransfer, actor: Actor, at: datetime) -> None:
    _end(transfer, TransferState.PROVEN, at)
    account = transfer.account
    account.state, account.proven_at = SettlementState.PROVEN, at
    account.save(update_fields=["state", "proven_at"])
    keep_proof(
        org_id=account.organisation_id,
        kind=ProofKind.ACCOUNT,
        source=f"transfer:{transfer.pk}",
        actor=actor,
        at=at,
    )


def _check_hand(organisation: Organisation, account: SettlementAccount, actor: Actor) -> None:
    """
    Let nobody both say where a party's money goes and confirm it, nor one through two accounts.

    One hand is enough for a first account, and for a private creditor, who is one person: the name
    of the holder is compared, and payouts wait. But it must be a hand of its own, lest whoever
    makes accounts makes one that does both; before an application is decided, a reviewer looks.
    """
    if account.added_by is None or independent(f":{account.added_by}", actor.label):
        return
    changed = SettlementAccount.objects.filter(replaced_proven(organisation.pk)).exists()
    if changed and organisation.kind != OrgKind.PRIVATE_CREDITOR:
        raise SameHand
    if not changed and _reviewed_later(organisation):
        return
    mine = account.added_by == actor.user_id and actor.org_id == organisation.pk
    if not mine or makers_of([str(actor.user_id)]):
        raise SameHand


def _reviewed_later(organisation: Organisation) -> bool:
    decided = (ApplicationState.APPROVED, ApplicationState.REFUSED)
    applied = Application.objects.filter(organisation=organisation)
    return applied.exclude(state__in=decided).exists()


def _check_turn(account: SettlementAccount, at: datetime) -> None:
    if MicroTransfer.objects.filter(account=account, state__in=LIVE_TRANSFERS).exists():
        raise TransferRunning
    # A new account number opens no new guesses: all of the party's tries count.
    mine = SettlementAccount.objects.filter(organisation=account.organisation_id)
    moments = [again_at(pk) for pk in mine.values_list("pk", flat=True)]
    again = max((each for each in moments if each), default=None)
    if again is not None and again > at:
        raise TransferWait(again_at=again.isoformat(timespec="minutes"))


def _waiting(transfer_id: UUID) -> MicroTransfer:
    rows = MicroTransfer.objects.filter(pk=transfer_id, state=TransferState.WAITING)
    return _live(rows)


def _live(rows: object) -> MicroTransfer:
    found = rows.filter(state__in=LIVE_TRANSFERS)  # type: ignore[attr-defined]
    locked = found.select_for_update(of=("self",)).select_related(
        "account__holder", "account__number", "sealed"
    )
    transfer: MicroTransfer | None = locked.first()
    if transfer is None:
        raise NoSuchTransfer
    return transfer


def _end(transfer: MicroTransfer, state: TransferState, at: datetime) -> None:
    transfer.state, transfer.ended_at = state, at
    transfer.save(update_fields=["state", "ended_at"])
    _wipe(transfer)


def _wipe(transfer: MicroTransfer) -> None:
    """Forget the amount itself: from here on only its keyed hash is left."""
    sealed_id, transfer.sealed = transfer.sealed_id, None
    transfer.save(update_fields=["sealed"])
    if sealed_id is not None:
        VaultItem.objects.filter(pk=sealed_id).delete()


def _digest(transfer: MicroTransfer, amount: int) -> bytes:
    return ring().blind(f"micro:{transfer.pk}", str(amount))


def _told(what: str, transfer: MicroTransfer, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"organisation:{transfer.account.organisation_id}",
        actor=actor,
        at=at,
        transfer=transfer.code,
        about=facts,
    )
