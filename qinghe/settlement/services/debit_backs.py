"""
Give back what a debit brought too much, or in vain, to the account it was taken from.

The same way as any money that goes back by bank: one person asks, another agrees, the bank sends.
Locks: the debit, its claim, what goes back, the accounts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.queries import balance
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import unseal
from qinghe.parties.terms import Purpose
from qinghe.settlement import accounts, payout_files
from qinghe.settlement.bank.refusals import NoSuchReturn, SuspenseMoved
from qinghe.settlement.bank_terms import SendBackState
from qinghe.settlement.debit_refusals import NoDebit, NothingGoesBack
from qinghe.settlement.debit_terms import DebitState
from qinghe.settlement.models import Debit, DebitMandate, SendBack
from qinghe.settlement.payout_refusals import NoOwnAccount
from qinghe.settlement.payout_terms import FileFormat
from qinghe.settlement.queries.debit_backs import brought, from_on, gone_of
from qinghe.settlement.services.bank_files import CHINESE_MONEY, BankFile
from qinghe.settlement.services.booking import lock_claims
from qinghe.settlement.services.sending_back import let_go, lock_back

PURPOSE: Final = "多扣退回"


@verb("settlement.give-debit-back")
def give_debit_back(*, debit_id: UUID, actor: Actor, at: datetime) -> SendBack:
    """
    Ask that what a debit brought too much goes back; it is set aside until a second person agreed.

    :raises NotPermitted: the role does not manage payments
    :raises NoDebit: unknown
    :raises NothingGoesBack: it pays the claim, is on its way back, or the bank may still send it
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    debit = _locked(debit_id)
    held = accounts.refund(debit.mandate.person_id)
    lock_accounts(keys={(held, debit.currency)})
    due = brought(debit) - gone_of([debit.pk]).get(debit.pk, 0)
    due = min(due, -balance(path=held, currency=debit.currency))
    if due <= 0 or from_on(debit) > day_of(at):
        raise NothingGoesBack
    back = SendBack.objects.create(
        pk=new_id(),
        number=f"RB-{day_of(at):%Y%m%d}-{digits(8)}",
        debit=debit,
        # No replay of the claim's payments may apply it any more.
        payment=debit.payment if debit.state == DebitState.COLLECTED else None,
        amount=due,
        currency=debit.currency,
        asked_by=actor.label,
        asked_at=at,
    )
    kind, aside = "send-back.aside", accounts.payout(back.pk)
    subject = f"send-back:{back.pk}"
    post_many(postings=[Posting(held, aside, due, back.currency, kind, subject, at)])
    _note("back-asked", back, debit, actor, at)
    return back


def open_back_file(*, back_id: UUID, actor: Actor, at: datetime) -> BankFile:
    """
    Return the bank's file of what goes back of a debit: one line, the same bytes every time.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchReturn: unknown, or not of a debit
    :raises SuspenseMoved: nobody agreed yet, or it was sent or dropped
    :raises NoOwnAccount: the format names the platform's account, and none is set
    """
    return _open(back_id=back_id, actor=actor.with_key(None), at=at)


@verb("settlement.open-back-file")
def _open(*, back_id: UUID, actor: Actor, at: datetime) -> BankFile:
    require(actor, Permission.PREPARE_PAYOUTS)
    back = lock_back(back_id)
    if back.debit_id is None:
        raise NoSuchReturn
    if back.state != SendBackState.READY or back.agreed_at is None:
        raise SuspenseMoved
    fmt = FileFormat.CHINESE if back.currency == CHINESE_MONEY else FileFormat.PAIN_09
    if fmt in payout_files.NEED_PAYER and not (settings.PAYOUT_NAME and settings.PAYOUT_ACCOUNT):
        raise NoOwnAccount(names="QINGHE_PAYOUT_NAME, QINGHE_PAYOUT_ACCOUNT")
    debit = Debit.objects.select_related("mandate__holder", "mandate__account").get(
        pk=back.debit_id
    )
    content = payout_files.write(fmt, _batch(back, back.agreed_at, debit.mandate))
    if back.file_at is None:
        back.file_at = at
        back.save(update_fields=["file_at"])
    _note("back-file-opened", back, debit, actor, at, purpose=str(Purpose.PAY_OUT))
    name = f"{back.number}.{payout_files.EXTENSIONS[fmt]}"
    return BankFile(name, payout_files.MEDIA_TYPES[fmt], content)


def stop_unsent(debit: Debit, actor: Actor, at: datetime) -> None:
    """
    Stop what goes back of a locked debit whose money the bank takes back itself.

    What may have left already stays: it is the debtor's to give back, and nobody asks twice.
    """
    stoppable = SendBack.objects.filter(debit=debit, file_at__isnull=True).select_for_update()
    for back in stoppable.filter(state__in=(SendBackState.WAITING, SendBackState.READY)):
        let_go(back, actor, at)


def _locked(debit_id: UUID) -> Debit:
    rows = Debit.objects.select_related("mandate").select_for_update(of=("self",))
    debit = rows.filter(pk=debit_id).first()
    if debit is None:
        raise NoDebit
    lock_claims([debit.mandate.claim_id])
    # Read under the claim's lock: a replay changes what it brought too much.
    if debit.payment is not None:
        debit.payment.refresh_from_db()
    return debit


def _batch(back: SendBack, at: datetime, mandate: DebitMandate) -> payout_files.Batch:
    line = payout_files.Line(
        end_to_end=back.number,
        amount=back.amount,
        purpose=PURPOSE,
        holder=unseal(mandate.holder),
        number=unseal(mandate.account),
        bank=mandate.bank,
    )
    payer = payout_files.Payer(settings.PAYOUT_NAME, settings.PAYOUT_ACCOUNT, settings.PAYOUT_BIC)
    return payout_files.Batch(back.number, at, day_of(at), back.currency, payer, (line,))


def _note(
    what: str, back: SendBack, debit: Debit, actor: Actor, at: datetime, **facts: Any
) -> None:
    record(
        kind=f"debit.{what}",
        subject=f"claim:{debit.mandate.claim_id}",
        actor=actor,
        at=at,
        person_id=debit.mandate.person_id,
        number=back.number,
        debit=debit.number,
        amount=back.amount,
        currency=back.currency,
        **facts,
    )
