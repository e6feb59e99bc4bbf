"""
Pay organisations out: prepared by one person, approved by another, then paid.

What is prepared leaves the organisation's account at once, so that nothing is paid twice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.models import Account
from qinghe.ledger.queries import balance, standing
from qinghe.ledger.services import lock_accounts, post_many, reverse_many
from qinghe.ledger.terms import Posting
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.queries.standing import below
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.settlement import accounts
from qinghe.settlement.models import Payout
from qinghe.settlement.refusals import AccountChanged, NoCash, NoSuchPayout, PayoutMoved, SamePerson
from qinghe.settlement.services.advancing import take_back
from qinghe.settlement.services.apart import check_apart
from qinghe.settlement.services.covering import cover, lock_books
from qinghe.settlement.services.reserves import release_reserves
from qinghe.settlement.terms import PayoutState

PAYABLE = r"^(creditor:[^:]+:collected|collector:[^:]+:payable)$"


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
    for account in _payable(at):
        payout = _draft(account, actor, at)
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
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout = _lock(payout_id, PayoutState.DRAFT)
    _check_payee(payout.organisation, at)
    if payout.prepared_by == actor.label or not independent(payout.prepared_by, actor.label):
        raise SamePerson
    check_apart(payout, actor)
    payout.state, payout.approved_by, payout.approved_at = PayoutState.APPROVED, actor.label, at
    payout.save(update_fields=["state", "approved_by", "approved_at"])
    _record("payout.approved", payout, actor, at)
    return payout


@verb("settlement.pay-payout")
def pay_payout(*, payout_id: UUID, actor: Actor, at: datetime) -> Payout:
    """
    Book that the bank has paid an approved payout.

    :raises NotPermitted: the role may not pay out
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: not approved, or paid before
    :raises NoCash: the platform's account does not hold the amount
    :raises NotAssured: the organisation's standing does not let it be paid
    :raises StandingLapsed: a licence, an authority or a review of it has ended
    :raises AccountChanged: its account was changed less than three days ago
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    payout = _lock(payout_id, PayoutState.APPROVED)
    _check_payee(payout.organisation, at)
    owed = accounts.payout(payout.pk)
    lock_accounts(keys={(owed, payout.currency), (accounts.BANK, payout.currency)})
    if balance(path=accounts.BANK, currency=payout.currency) < payout.amount:
        raise NoCash
    post_many(postings=[_move(owed, accounts.BANK, payout, "payout.paid", at)])
    payout.state, payout.paid_at = PayoutState.PAID, at
    payout.save(update_fields=["state", "paid_at"])
    _record("payout.paid", payout, actor, at)
    return payout


@verb("settlement.return-payout")
def return_payout(*, payout_id: UUID, reason: str, actor: Actor, at: datetime) -> Payout:
    """
    Give back what a payout had set aside: it was not approved, or the bank returned it.

    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchPayout: unknown
    :raises PayoutMoved: returned before
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout = _lock(payout_id, PayoutState.DRAFT, PayoutState.APPROVED, PayoutState.PAID)
    transfers = standing(subject=f"payout:{payout.pk}")
    reverse_many(transfer_ids=[transfer.pk for transfer in transfers], at=at)
    payout.state = PayoutState.FAILED
    payout.save(update_fields=["state"])
    _record("payout.returned", payout, actor, at, reason=reason)
    return payout


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
    rows = list(Account.objects.filter(path__regex=PAYABLE, balance__lt=0).order_by("pk"))
    owners = {_owner(row) for row in rows}
    waiting = below(owners, Act.WORK, at) | waiting_until(owners, at).keys()
    return [row for row in rows if _owner(row) not in waiting]


def _owner(account: Account) -> UUID:
    return UUID(account.path.split(":")[1])


def _draft(account: Account, actor: Actor, at: datetime) -> Payout:
    return Payout(
        pk=new_id(),
        number=f"PO-{day_of(at):%Y%m%d}-{digits(8)}",
        organisation_id=_owner(account),
        amount=-account.balance,
        currency=account.currency,
        prepared_by=actor.label,
        prepared_at=at,
    )


def _check_payee(organisation: Organisation, at: datetime) -> None:
    check_standing(organisation, Act.WORK, at)
    until = waiting_until([organisation.pk], at).get(organisation.pk)
    if until is not None:
        raise AccountChanged(
            organisation=organisation.name, until=until.isoformat(timespec="minutes")
        )


def _lock(payout_id: UUID, *states: PayoutState) -> Payout:
    payout = Payout.objects.filter(pk=payout_id).select_for_update().first()
    if payout is None:
        raise NoSuchPayout
    if payout.state not in states:
        raise PayoutMoved
    return payout


def _move(debit: str, credit: str, payout: Payout, kind: str, at: datetime) -> Posting:
    subject = f"payout:{payout.pk}"
    return Posting(debit, credit, payout.amount, payout.currency, kind, subject, at)


def _record(kind: str, payout: Payout, actor: Actor, at: datetime, reason: str = "") -> None:
    record(
        kind=kind,
        subject=f"payout:{payout.pk}",
        actor=actor,
        at=at,
        number=payout.number,
        amount=payout.amount,
        currency=payout.currency,
        reason=reason,
    )
