"""
Cover commission on money that creditors received themselves: by their own money, oldest first.

Until then it is payable to nobody. So no creditor's money ever pays what another one owes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.ledger.models import Account
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.settlement import accounts
from qinghe.settlement.models import Split
from qinghe.settlement.queries.costs import paths_back
from qinghe.settlement.terms import PaymentState

COVERED, COSTS = "commission.covered", "costs.covered"


def lock_books() -> None:
    """Lock all that a payout may touch, in the one order of locks; payments meanwhile wait."""
    shared = Account.objects.filter(path__regex="^(platform|creditor|collector):")
    list(shared.order_by("pk").select_for_update().values_list("pk"))


def cover(*, at: datetime, creditor_id: UUID | None = None) -> int:
    """
    Keep what creditors owe from what is held for them; return how many payments it covers.

    Inside the caller's transaction. Of a payment, costs that others advanced come first, then the
    commission, then the fee, then the quality part, which waits anyhow.
    """
    path = accounts.commission_due(creditor_id) if creditor_id else None
    owing = Account.objects.filter(balance__gt=0, path__endswith=":commission_due")
    if path:
        owing = owing.filter(path=path)
    able = [found for due in owing.order_by("path") if (found := _able(due))]
    covered = [each for due, amount in able for each in _cover_one(due, amount, at)]
    Split.objects.bulk_update(covered, ["uncovered"], batch_size=2_000)
    return len(covered)


def touched_by(creditor_id: UUID, currency: str) -> set[str]:
    """Return the accounts that covering for a creditor may touch, to be locked before."""
    waiting = _open(creditor_id, currency).exclude(collector=None)
    paths = {
        path
        for pk in waiting.order_by().values_list("collector", flat=True).distinct()
        for path in (accounts.payable(pk), accounts.reserve(pk))
    }
    platform = Q(path__startswith=f"{accounts.FEES}:") | Q(path__startswith=f"{accounts.TAX}:")
    shards = Account.objects.filter(platform, currency=currency)
    paths |= set(shards.values_list("path", flat=True))
    costs = _open(creditor_id, currency).filter(costs_back__gt=0).values_list("payment", flat=True)
    paths |= {path for back in paths_back(list(costs)).values() for path in back}
    own = (accounts.collected, accounts.commission_due, accounts.uncovered)
    return paths | {path(creditor_id) for path in own}


def legs(split: Split, amount: int) -> list[tuple[str, int, str]]:
    """Return who gets an amount that a creditor covers of one payment: (account, amount, kind)."""
    shares = [(path, part, COSTS) for path, part in _costs(split).items()]
    shares += [(path, part, COVERED) for path, part in _earned(split)]
    done = sum(share for _path, share, _kind in shares) - split.uncovered
    found = []
    for path, share, kind in shares:
        open_ = share - min(share, done)
        done -= min(share, done)
        given = min(open_, amount)
        amount -= given
        found.append((path, given, kind))
    return [leg for leg in found if leg[1]]


def _costs(split: Split) -> dict[str, int]:
    if not split.costs_back:
        return {}
    return paths_back([split.payment_id]).get(split.payment_id, {})


def _earned(split: Split) -> list[tuple[str, int]]:
    if split.collector_id is None or split.payment.claim_id is None:
        return []
    claim_id = split.payment.claim_id
    # A quality part that was decided while nothing covered it is asked of nobody.
    reserve = split.reserve if split.reserve_settled_at is None else 0
    return [
        (accounts.payable(split.collector_id), split.commission),
        (accounts.fees(claim_id), split.platform_fee - split.fee_tax),
        (accounts.tax(claim_id), split.fee_tax),
        (accounts.reserve(split.collector_id), reserve),
    ]


def _able(due: Account) -> tuple[Account, int] | None:
    held = accounts.collected(_creditor(due))
    lock_accounts(keys={(due.path, due.currency), (held, due.currency)})
    balances = dict(
        Account.objects.filter(path__in=(due.path, held), currency=due.currency).values_list(
            "path", "balance"
        )
    )
    amount = min(balances[due.path], -balances[held])
    return (due, amount) if amount > 0 else None


def _cover_one(due: Account, amount: int, at: datetime) -> list[Split]:
    moves: list[Posting] = []
    covered: list[Split] = []
    for split in _waiting(_creditor(due), due.currency):
        if not amount:
            break
        part = min(split.uncovered, amount)
        moves += _postings(split, part, at)
        split.uncovered -= part
        amount -= part
        covered.append(split)
    post_many(postings=moves)
    return covered


def _waiting(creditor_id: UUID, currency: str) -> Iterator[Split]:
    rows = _open(creditor_id, currency).select_related("payment").order_by("at", "pk")
    return rows.select_for_update(of=("self",)).iterator(chunk_size=500)


def _open(creditor_id: UUID, currency: str) -> QuerySet[Split]:
    return Split.objects.filter(
        uncovered__gt=0,
        payment__creditor=creditor_id,
        payment__currency=currency,
        payment__state=PaymentState.POSTED,
    )


def _postings(split: Split, amount: int, at: datetime) -> Sequence[Posting]:
    creditor = split.payment.creditor_id
    given = legs(split, amount)
    costs = sum(part for _path, part, kind in given if kind == COSTS)
    held, due = accounts.collected(creditor), accounts.commission_due(creditor)
    moves = [(held, due, costs, COSTS), (held, due, amount - costs, COVERED)]
    # Under the payment, so that undoing it gives the creditor back what it covered.
    moves += [(accounts.uncovered(creditor), path, part, kind) for path, part, kind in given]
    subject, currency = f"payment:{split.payment_id}", split.payment.currency
    return [
        Posting(debit, to, part, currency, kind, subject, at)
        for debit, to, part, kind in moves
        if part
    ]


def _creditor(account: Account) -> UUID:
    return UUID(account.path.split(":")[1])
