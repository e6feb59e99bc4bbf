"""
Pay organisations out: prepared by one person, approved by another, then paid.

What is prepared leaves the organisation's account at once, so that nothing is paid twice. What is
with the bank is set aside there until the bank answers: posted as paid, or let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.claims.days import day_of, local
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.models import Account
from qinghe.ledger.queries import available, standing
from qinghe.ledger.services import (
    lock_accounts,
    post_many,
    post_pending,
    reverse_many,
    void_pending,
)
from qinghe.ledger.terms import Posting
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.queries.standing import below
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.settlement import accounts
from qinghe.settlement.models import Payout, PayoutReturn, PayoutRun, StatementEntry
from qinghe.settlement.payout_refusals import (
    AccountBounced,
    InRun,
    PayoutContradicted,
    PayoutLeft,
    UnknownReturnCode,
)
from qinghe.settlement.payout_terms import PayoutState, RunState
from qinghe.settlement.queries.apart import why_not_approve
from qinghe.settlement.queries.contradicted import contradicted
from qinghe.settlement.queries.payable import accounts_now, bounced
from qinghe.settlement.refusals import AccountChanged, NoCash, NoSuchPayout, PayoutMoved
from qinghe.settlement.return_codes import CODES
from qinghe.settlement.services.advancing import take_back
from qinghe.settlement.services.covering import cover, lock_books
from qinghe.settlement.services.reserves import release_reserves
from qinghe.settlement.services.runs import check_limits, paying

AT_BANK: Final = (PayoutState.SENT, PayoutState.PAID)
LIVE: Final = (PayoutState.DRAFT, PayoutState.APPROVED, *AT_BANK)


@dataclass(frozen=True)
class Word:
    """Why a payout is given back: words, the bank's reason, who said so, the bank's answers."""

    reason: str
    code: str = ""
    said_by: str = ""
    answers: str = ""


@verb("settlement.prepare-payouts")
def prepare_payouts(*, actor: Actor, at: datetime) -> list[Payout]:
    """
    Keep what is to be given back and what creditors owe, release the quality parts that waited
    long enough and are covered, and draft one payout per organisation and currency for the rest.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    lock_books()
    _gather_cash(at)
    take_back(at=at)
    cover(at=at)
    release_reserves(actor=actor, at=at)
    payouts, moves = [], []
    found = _payable(at)
    owners = {_owner(account) for account in found}
    known, earlier = accounts_now(owners), _earlier(owners)
    for account in found:
        owner = _owner(account)
        again = earlier.pop((owner, account.currency), None)
        payout = _draft(account, known.get(owner), again, actor, at)
        payouts.append(payout)
        moves.append(
            Posting(
                debit=account.path,
                credit=accounts.payout(payout.pk),
                amount=payout.amount,
                currency=payout.currency,
                kind="payout.prepared",
                subject=f"payout:{payout.pk}",
                at=at,
            )
        )
    Payout.objects.bulk_create(payouts)
    post_many(postings=moves)
    for payout in payouts:
        _record("payout.prepared", payout, actor, at)
    return payouts


@verb("settlement.approve-payout")
def approve_payout(*, payout_id: UUID, actor: Actor, at: datetime) -> Payout:
    """
    Approve a prepared payout; never by the one who prepared it.

    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: not waiting for approval
    :raises SamePerson: prepared by this very person, or one of the two gave the other the role
    :raises NotApart: it also brought about what is paid: it recorded the money, or undid a payment
    :raises NotAssured: the organisation's standing does not let it be paid
    :raises StandingLapsed: a licence, an authority or a review of it has ended
    :raises AccountChanged: its account was changed less than three days ago
    :raises AccountBounced: the bank returned money from its account, and none was proven since
    :raises PayoutContradicted: the bank says of an earlier payout that it did not come back
    :raises InRun: it goes with a run, which is approved as a whole
    :raises OverLimit: above the limit of a payout, or of what one organisation gets in a day
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout = _alone(_lock(payout_id, PayoutState.DRAFT))
    _check_payee(payout.organisation, at)
    reason = why_not_approve([payout], actor).get(payout.pk)
    if reason is not None:
        raise reason
    check_limits([payout], at)
    payout.state, payout.approved_by, payout.approved_at = PayoutState.APPROVED, actor.label, at
    payout.save(update_fields=["state", "approved_by", "approved_at"])
    _record("payout.approved", payout, actor, at)
    return payout


@verb("settlement.pay-payout")
def pay_payout(*, payout_id: UUID, actor: Actor, at: datetime) -> Payout:
    """
    Book that the bank has paid a payout: one approved alone, or one handed in with its run.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: not approved, or paid before
    :raises InRun: its run is not with the bank yet
    :raises NoCash: the platform's account does not hold the amount
    :raises NotAssured: the organisation's standing does not let it be paid
    :raises StandingLapsed: a licence, an authority or a review of it has ended
    :raises AccountChanged: its account was changed less than three days ago
    :raises AccountBounced: the bank returned money from its account, and none was proven since
    :raises PayoutContradicted: the bank says of an earlier payout that it did not come back
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    payout, run = _with_run(payout_id, PayoutState.APPROVED, PayoutState.SENT)
    if payout.state != PayoutState.SENT:
        # What is with the bank is paid, whatever became of its payee since.
        _check_payee(_alone(payout).organisation, at)
    _settle(payout, run, actor, at)
    return payout


def settle_sent(*, payout_id: UUID, actor: Actor, at: datetime) -> Payout:
    """
    Book as paid what is with the bank, on the word of a statement; in the caller's transaction.

    :raises NoSuchPayout: unknown
    :raises PayoutMoved: not with the bank any more
    """
    payout, run = _with_run(payout_id, PayoutState.SENT)
    _settle(payout, run, actor, at)
    return payout


@verb("settlement.return-payout")
def return_payout(*, payout_id: UUID, reason: str, actor: Actor, at: datetime) -> Payout:
    """
    Give back what a payout had set aside that nobody let go with a run.

    What the bank has, or had, comes back by the bank's own word, or by two persons (`ask_return`).

    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: returned before
    :raises InRun: its run is not with the bank yet
    :raises PayoutLeft: with the bank, booked as paid, or a statement shows that it left
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout, run = _with_run(payout_id, *LIVE)
    if payout.state in AT_BANK or has_left(payout):
        raise PayoutLeft(number=payout.number)
    _give_back(_alone(payout), run, Word(reason), actor, at)
    return payout


def take_payout_back(*, payout_id: UUID, word: Word, actor: Actor, at: datetime) -> Payout:
    """
    Give back what the bank has or had, on its own word or that of two; in their transaction.

    With a code that finds fault with the account, nothing more is paid there until the
    organisation has proven an account anew.

    :raises NoSuchPayout: unknown
    :raises PayoutMoved: neither with the bank nor paid
    """
    payout, run = _with_run(payout_id, *AT_BANK)
    _give_back(payout, run, word, actor, at)
    return payout


def has_left(payout: Payout) -> bool:
    """Tell whether a payout is booked as paid, or left on a statement under its number."""
    left = StatementEntry.objects.filter(credit=False, explained=payout.number)
    return payout.state == PayoutState.PAID or left.exists()


def check_code(code: str) -> None:
    """
    Refuse what is no reason of a bank; none is one.

    :raises UnknownReturnCode: not one of the bank's reasons
    """
    if code and code not in CODES:
        raise UnknownReturnCode


def _settle(payout: Payout, run: PayoutRun | None, actor: Actor, at: datetime) -> None:
    _book_paid(payout, at)
    payout.state, payout.paid_at = PayoutState.PAID, at
    payout.save(update_fields=["state", "paid_at"])
    _end_run(run, at)
    _record("payout.paid", payout, actor, at)


def _give_back(
    payout: Payout, run: PayoutRun | None, word: Word, actor: Actor, at: datetime
) -> None:
    at_the_bank = payout.state in AT_BANK
    _take_back(payout, at)
    payout.state = PayoutState.FAILED if at_the_bank else PayoutState.DROPPED
    payout.return_code, payout.answers_sha256 = word.code, word.answers
    payout.dropped_why = "" if at_the_bank else word.reason.strip()
    payout.returned_by, payout.returned_at = word.said_by or actor.label, at
    told = ["state", "return_code", "answers_sha256", "dropped_why", "returned_by", "returned_at"]
    payout.save(update_fields=told)
    asked = PayoutReturn.objects.filter(payout=payout, agreed_at=None, dropped_at=None)
    asked.update(dropped_by=actor.label, dropped_at=at)
    _end_run(run, at)
    _record("payout.returned", payout, actor, at, reason=word.reason)


def _book_paid(payout: Payout, at: datetime) -> None:
    """Post what was set aside for it at the bank; one paid alone must find its money there."""
    if payout.held_id is not None:
        post_pending(pending_id=payout.held_id, at=at)
        return
    move = paying(payout, at)
    lock_accounts(keys={(move.debit, move.currency), (move.credit, move.currency)})
    if available(path=accounts.BANK, currency=payout.currency) < payout.amount:
        raise NoCash
    post_many(postings=[move])


def _take_back(payout: Payout, at: datetime) -> None:
    """Let go of what is set aside at the bank, and undo what was booked of a payout."""
    transfers = standing(subject=f"payout:{payout.pk}")
    paths = {path for each in transfers for path in (each.debit.path, each.credit.path)}
    lock_accounts(keys={(path, payout.currency) for path in {*paths, accounts.BANK}})
    if payout.state == PayoutState.SENT and payout.held_id is not None:
        void_pending(pending_id=payout.held_id, at=at)
    reverse_many(transfer_ids=[transfer.pk for transfer in transfers], at=at)


def _gather_cash(at: datetime) -> None:
    """Book that cashiers have passed on to the bank what they took."""
    cash = Account.objects.filter(path__startswith=f"{accounts.CASH}:", balance__gt=0)
    post_many(
        postings=[
            Posting(
                debit=accounts.BANK,
                credit=box.path,
                amount=box.balance,
                currency=box.currency,
                kind="cash.gathered",
                subject="settlement:cash",
                at=at,
            )
            for box in cash.exclude(path=accounts.BANK).order_by("pk")
        ]
    )


def _payable(at: datetime) -> list[Account]:
    """Return what is payable to parties that may be paid to their account; the rest waits."""
    rows = list(Account.objects.filter(path__regex=accounts.PAYABLE, balance__lt=0).order_by("pk"))
    owners = {_owner(row) for row in rows}
    waiting = below(owners, Act.WORK, at) | waiting_until(owners, at).keys() | bounced(owners)
    waiting |= contradicted(owners)
    return [row for row in rows if _owner(row) not in waiting]


def _owner(account: Account) -> UUID:
    return UUID(account.path.split(":")[1])


def _earlier(owners: set[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Return the payout that the bank returned last and that none stands for yet, per purse."""
    back = Payout.objects.filter(organisation__in=owners, state=PayoutState.FAILED)
    stood_for = Payout.objects.filter(retry_of__isnull=False).values("retry_of")
    rows = back.exclude(pk__in=stood_for).order_by("returned_at", "pk")
    return {
        (owner, c): pk for owner, c, pk in rows.values_list("organisation_id", "currency", "pk")
    }


def _draft(
    account: Account,
    paid_to: SettlementAccount | None,
    retry_of: UUID | None,
    actor: Actor,
    at: datetime,
) -> Payout:
    return Payout(
        pk=new_id(),
        number=f"PO-{day_of(at):%Y%m%d}-{digits(8)}",
        organisation_id=_owner(account),
        amount=-account.balance,
        currency=account.currency,
        account=paid_to,
        retry_of_id=retry_of,
        prepared_by=actor.label,
        prepared_at=at,
    )


def _check_payee(organisation: Organisation, at: datetime) -> None:
    check_standing(organisation, Act.WORK, at)
    until = waiting_until([organisation.pk], at).get(organisation.pk)
    if until is not None:
        raise AccountChanged(organisation=organisation.name, until=f"{local(until):%Y-%m-%d %H:%M}")
    if bounced([organisation.pk]):
        raise AccountBounced(organisation=organisation.name)
    if contradicted([organisation.pk]):
        raise PayoutContradicted(organisation=organisation.name)


def _with_run(payout_id: UUID, *states: PayoutState) -> tuple[Payout, PayoutRun | None]:
    """Lock a payout after the run it is with; who keeps it out meanwhile is seen."""
    run_id = Payout.objects.filter(pk=payout_id).values_list("run_id", flat=True).first()
    run = PayoutRun.objects.select_for_update().get(pk=run_id) if run_id else None
    payout = _lock(payout_id, *states)
    if payout.run_id != run_id:
        raise PayoutMoved
    return payout, run


def _alone(payout: Payout) -> Payout:
    if payout.run is not None:
        raise InRun(number=payout.run.number)
    return payout


def _end_run(run: PayoutRun | None, at: datetime) -> None:
    """End a run when the bank has answered for the last of its payouts."""
    if run is None or run.state != RunState.SENT:
        return
    if not Payout.objects.filter(run=run, state=PayoutState.SENT).exists():
        run.state, run.done_at = RunState.DONE, at
        run.save(update_fields=["state", "done_at"])


def _lock(payout_id: UUID, *states: PayoutState) -> Payout:
    payout = Payout.objects.filter(pk=payout_id).select_for_update(of=("self",)).first()
    if payout is None:
        raise NoSuchPayout
    if payout.state not in states:
        raise PayoutMoved
    return payout


def _record(kind: str, payout: Payout, actor: Actor, at: datetime, reason: str = "") -> None:
    record(
        kind=kind,
        subject=f"payout:{payout.pk}",
        actor=actor,
        at=at,
        number=payout.number,
        amount=payout.amount,
        currency=payout.currency,
        code=payout.return_code,
        reason=reason,
    )
