"""
Send money back that nobody can place, or that a debit brought too much: set aside at once, agreed
to by a second person, then sent.

The bank sends it; its next statement shows the number, and that explains the entry.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.queries import available, balance, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import VaultItem
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import reveal, seal
from qinghe.parties.terms import Purpose, Secret
from qinghe.settlement import accounts
from qinghe.settlement.bank.refusals import (
    AccountUnknown,
    LeftAlready,
    NoSuchReturn,
    NoSuchSuspense,
    SuspenseBySamePerson,
    SuspenseMoved,
)
from qinghe.settlement.bank_terms import SendBackState, Wish
from qinghe.settlement.models import Debit, SendBack, StatementEntry, Suspense
from qinghe.settlement.queries.named import words_of
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.services.advancing import take_back
from qinghe.settlement.services.came_back import check_not_ours
from qinghe.settlement.services.suspended import lock_suspense, tell_rest
from qinghe.settlement.services.twins import check_no_twin
from qinghe.settlement.terms import PaymentState

STATEMENT: Final = system("settlement.statement")


@verb("settlement.send-back")
def send_back(
    *, suspense_id: UUID, actor: Actor, at: datetime, holder: str = "", account: str = ""
) -> SendBack:
    """
    Ask that what waits goes back to who sent it; it is set aside until a second person agreed.

    Where the statement tells no account, `holder` and `account` are what the bank says of it.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: somebody proposed something, or nothing waits
    :raises TwinStands: it may be told twice, and nobody has said yet whether it is
    :raises NamesOurs: it names a payout or a debit of ours
    :raises AccountUnknown: neither the statement nor the actor tells whose it is
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = lock_suspense([suspense_id]).get(suspense_id)
    if suspense is None:
        raise NoSuchSuspense
    if suspense.wish != Wish.NONE or suspense.rest <= 0:
        raise SuspenseMoved
    check_no_twin(suspense)
    check_not_ours(suspense)
    typed = _typed(suspense, holder.strip(), account.strip(), at)
    back = _written(suspense, typed, actor, at)
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
    :raises TwinStands: it may be told twice, and nobody has said yet whether it is
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    back = lock_back(back_id, SendBackState.WAITING)
    if back.suspense is not None:
        check_no_twin(back.suspense)
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
    return _book_sent(lock_back(back_id, SendBackState.READY), actor, at)


def hear_left(*, at: datetime) -> int:
    """
    Book as sent what a statement shows to have left under its number; return how many.

    Inside the caller's transaction. What the books do not hold waits for a person.
    """
    left = StatementEntry.objects.filter(credit=False, explained=OuterRef("number"))
    ready = SendBack.objects.filter(Exists(left), state=SendBackState.READY).order_by("pk")
    return sum(_heard(pk, at) for pk in list(ready.values_list("pk", flat=True)))


def _heard(back_id: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic():
            _book_sent(lock_back(back_id, SendBackState.READY), STATEMENT, at)
    except NoCash:
        return False
    return True


def _book_sent(back: SendBack, actor: Actor, at: datetime) -> SendBack:
    aside, box = accounts.payout(back.pk), _box(back)
    lock_accounts(keys={(path, back.currency) for path in (aside, box, accounts.BANK)})
    lack = back.amount - (0 if box == accounts.BANK else balance(path=box, currency=back.currency))
    if available(path=accounts.BANK, currency=back.currency) < lack:
        raise NoCash
    moves = [_move(back, aside, box, "sent", at)]
    if lack > 0 and box != accounts.BANK:
        cover = _move(back, box, accounts.BANK, "cover", at)
        moves.insert(0, replace(cover, amount=lack))
    post_many(postings=moves)
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
    :raises LeftAlready: a statement shows that it left
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    back = lock_back(back_id, SendBackState.WAITING, SendBackState.READY)
    if StatementEntry.objects.filter(credit=False, explained=back.number).exists():
        raise LeftAlready(number=back.number)
    let_go(back, actor, at)
    return back


def let_go(back: SendBack, actor: Actor, at: datetime) -> None:
    """Let locked money wait again that was set aside to go back."""
    transfers = standing(subject=f"send-back:{back.pk}")
    reverse_many(transfer_ids=[each.pk for each in transfers], at=at)
    back.state = SendBackState.DROPPED
    back.save(update_fields=["state"])
    if back.suspense is not None:
        tell_rest(back.suspense)
    elif back.debit is not None:
        # The bank took it back meanwhile, and the own money stood for it.
        take_back(under=f"debtor:{back.debit.mandate.person_id}:", at=at)
    _record("dropped", back, actor, at)


def open_back_account(*, back_id: UUID, actor: Actor, at: datetime) -> str:
    """
    Return holder and account that a person typed, as JSON; who looked stays on record.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchReturn: unknown, or the statement tells the account
    :raises MayNotReveal: the role has not this purpose
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    back = SendBack.objects.filter(pk=back_id, account__isnull=False).first()
    if back is None or back.account_id is None:
        raise NoSuchReturn
    return reveal(item_id=back.account_id, purpose=Purpose.MATCH_PAYMENT, actor=actor, at=at)


def _typed(suspense: Suspense, holder: str, account: str, at: datetime) -> VaultItem | None:
    """Seal what a person typed where the statement tells no account."""
    told = words_of(suspense.entry)
    if told["account"]:
        return None
    if not account:
        if told["payer"]:
            return None
        raise AccountUnknown
    value = json.dumps({"payer": holder or told["payer"], "account": account}, ensure_ascii=False)
    return seal(kind=Secret.TEXT, value=value, person_id=None, at=at)


def _written(suspense: Suspense, account: VaultItem | None, actor: Actor, at: datetime) -> SendBack:
    payment = suspense.payment
    stands = payment is not None and payment.state == PaymentState.POSTED
    return SendBack.objects.create(
        pk=new_id(),
        number=f"RB-{day_of(at):%Y%m%d}-{digits(8)}",
        suspense=suspense,
        payment=payment if stands else None,
        account=account,
        amount=suspense.rest,
        currency=suspense.currency,
        asked_by=actor.label,
        asked_at=at,
    )


def lock_back(back_id: UUID, *states: SendBackState) -> SendBack:
    """
    Lock the money, then what goes back of it.

    :raises NoSuchReturn: unknown
    :raises SuspenseMoved: in none of the states, where some are given
    """
    found = SendBack.objects.filter(pk=back_id).values_list("suspense", "debit").first()
    if found is None:
        raise NoSuchReturn
    suspense_id, debit_id = found
    # Of a debit the first finds nothing, of money in suspense the second.
    suspense = lock_suspense([suspense_id]).get(suspense_id)
    list(Debit.objects.filter(pk=debit_id).select_for_update().values_list("pk", flat=True))
    back = SendBack.objects.select_for_update().get(pk=back_id)
    back.suspense = suspense
    if states and back.state not in states:
        raise SuspenseMoved
    return back


def _box(back: SendBack) -> str:
    """Return where money leaves: the box of debits for what a debit brought, else the bank."""
    if back.debit is None:
        return accounts.BANK
    return accounts.cash(accounts.DEBIT, back.debit.mandate.claim_id)


def _move(back: SendBack, debit: str, credit: str, what: str, at: datetime) -> Posting:
    kind, subject = f"send-back.{what}", f"send-back:{back.pk}"
    return Posting(debit, credit, back.amount, back.currency, kind, subject, at)


def _record(what: str, back: SendBack, actor: Actor, at: datetime) -> None:
    record(
        kind=f"send-back.{what}",
        subject=f"suspense:{back.suspense_id}" if back.suspense_id else f"debit:{back.debit_id}",
        actor=actor,
        at=at,
        number=back.number,
        amount=back.amount,
        currency=back.currency,
    )
