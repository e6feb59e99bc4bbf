"""
Lend the platform's own money where shares went out before their payment was undone; take it back.

Only own money is lent: what is held for a creditor, a collector or a debtor stays theirs.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from qinghe.kernel.money import to_major
from qinghe.ledger.models import Account, Transfer
from qinghe.ledger.queries import balance
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.market.models import Introduction
from qinghe.market.quoting import IntroState
from qinghe.settlement import accounts
from qinghe.settlement.refusals import OwnMoneyShort

NETTED = "payout.netted"
HELD = {"collector": "payable", "creditor": "collected", "debtor": "refund"}


def lent(path: str, amount: int, currency: str, subject: str, at: datetime) -> list[Posting]:
    """Return the postings that lend an amount to an account; its owner must give it back."""
    if path.startswith((accounts.FEES, accounts.TAX)):
        return [Posting(accounts.OWN, path, amount, currency, "fees.returned", subject, at)]
    return [
        Posting(accounts.clawback(path), path, amount, currency, "payment.cover", subject, at),
        Posting(accounts.OWN, accounts.advanced(path), amount, currency, "own.lent", subject, at),
    ]


def take_back(*, at: datetime, under: str = "") -> None:
    """Keep what organisations must give back from what is held for them, for the own money."""
    debts = Account.objects.filter(path__startswith=under, path__endswith=":clawback")
    for debt in debts.filter(balance__gt=0).order_by("path"):
        post_many(postings=_returned(debt, at))


def check_own(*, currency: str, at: datetime) -> None:
    """
    Refuse an act that would lend more than the platform's own money. Fees earned are own money;
    what an agency still owes for an introduction is no money yet.

    :raises OwnMoneyShort: the rest would be others' money
    """
    absent = _not_arrived(currency)
    if balance(path=accounts.OWN, currency=currency) + absent <= 0:
        return
    _gather_fees(currency, at)
    short = balance(path=accounts.OWN, currency=currency) + absent
    if short > 0:
        raise OwnMoneyShort(amount=f"{to_major(short, currency):,}", currency=currency)


def _returned(debt: Account, at: datetime) -> list[Posting]:
    kind, owner, _name = debt.path.split(":")
    held = f"{kind}:{owner}:{HELD[kind]}"
    keys = (debt.path, held, accounts.advanced(held), accounts.OWN)
    lock_accounts(keys={(path, debt.currency) for path in keys})
    debt.refresh_from_db()
    amount = min(debt.balance, -balance(path=held, currency=debt.currency))
    if amount <= 0:
        return []
    subject, currency = f"netting:{owner}", debt.currency
    return [
        Posting(held, debt.path, amount, currency, NETTED, subject, at),
        Posting(
            accounts.advanced(held), accounts.OWN, amount, currency, "own.returned", subject, at
        ),
    ]


def _not_arrived(currency: str) -> int:
    """Return the fees of introductions that were booked and not paid yet, without their tax."""
    owing = Introduction.objects.filter(
        state=IntroState.MADE, fee_received_at__isnull=True, fee_currency=currency
    )
    subjects = [f"introduction:{pk}" for pk in owing.values_list("pk", flat=True)]
    booked = Transfer.objects.filter(subject__in=subjects, kind="introduction.fee")
    return int(booked.aggregate(sum=Sum("amount", default=0))["sum"])


def _gather_fees(currency: str, at: datetime) -> None:
    fees = Account.objects.filter(path__startswith=f"{accounts.FEES}:", currency=currency)
    lock_accounts(keys={(path, currency) for path in fees.values_list("path", flat=True)})
    post_many(
        postings=[
            Posting(
                debit=fee.path,
                credit=accounts.OWN,
                amount=-fee.balance,
                currency=currency,
                kind="fees.gathered",
                subject="settlement:own",
                at=at,
            )
            for fee in fees.filter(balance__lt=0).order_by("path")
        ]
    )
