"""What debits brought too much, or in vain, and what of it is on its way back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Account
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.bank_terms import GONE, SendBackState
from qinghe.settlement.debit_terms import UNDUE_DAYS, DebitState
from qinghe.settlement.models import Debit, SendBack
from qinghe.settlement.terms import PaymentState


@dataclass(frozen=True)
class BackDue:
    """Money of one debit that is to go back to its account; minor units."""

    id: UUID
    number: str
    claim_number: str
    amount: int
    currency: str
    state: str
    # The first day on which it may be sent: until then the bank may send it back itself.
    from_on: date
    ready: bool


@dataclass(frozen=True)
class Went:
    """What of a debit goes back to its debtor, and what went; the last day, where all of it did."""

    due: int = 0
    done: int = 0
    done_on: date | None = None


# Asked for, and not sent yet.
LIVE: Final = (SendBackState.WAITING, SendBackState.READY)
NONE_BACK: Final = Went()


def too_much() -> Q:
    """Return which debits brought money that pays nothing."""
    over = Q(state=DebitState.COLLECTED, payment__excess__gt=0, payment__state=PaymentState.POSTED)
    return over | Q(state=DebitState.UNDUE)


def brought(debit: Debit) -> int:
    """Return what a debit brought that pays nothing, in minor units, whatever went back of it."""
    if debit.state == DebitState.UNDUE:
        return debit.amount
    payment = debit.payment
    stands = debit.state == DebitState.COLLECTED and payment is not None
    return payment.excess if stands and payment.state == PaymentState.POSTED else 0  # type: ignore[union-attr]


def gone_of(debits: Collection[UUID]) -> dict[UUID, int]:
    """Return what of debits went back or is on its way, by debit."""
    rows = SendBack.objects.filter(debit__in=debits, state__in=GONE)
    return dict(rows.values_list("debit").annotate(total=Sum("amount")))


def from_on(debit: Debit) -> date:
    """Return the first day on which what a debit brought in vain may be sent back."""
    told = day_of(debit.answered_at) if debit.answered_at else debit.collects_on
    return told + timedelta(days=UNDUE_DAYS) if debit.state == DebitState.UNDUE else told


def to_give_back(*, actor: Actor, at: datetime) -> tuple[BackDue, ...]:
    """
    Return debits that brought too much and of which nothing is on its way yet, oldest first.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    return tuple(_due(at))


def unsent(at: datetime) -> dict[str, tuple[int, int]]:
    """Return by currency how many sums of debits have not gone back yet, and their total."""
    asked = SendBack.objects.filter(debit__isnull=False, state__in=LIVE)
    rows = [(each.currency, each.amount) for each in _due(at)]
    rows += list(asked.values_list("currency", "amount"))
    found: dict[str, tuple[int, int]] = {}
    for currency, amount in sorted(rows):
        count, total = found.get(currency, (0, 0))
        found[currency] = count + 1, total + amount
    return found


def _due(at: datetime) -> list[BackDue]:
    rows = Debit.objects.filter(too_much(), answered_at__lte=at).select_related(
        "payment", "mandate__claim"
    )
    found = list(rows.order_by("answered_at", "pk"))
    gone, today = gone_of([each.pk for each in found]), day_of(at)
    held = _held([each.mandate.person_id for each in found])
    dues = {each.pk: _capped(each, gone.get(each.pk, 0), held) for each in found}
    return [
        BackDue(
            each.pk,
            each.number,
            each.mandate.claim.number,
            due,
            each.currency,
            each.state,
            from_on(each),
            from_on(each) <= today,
        )
        for each in found
        if (due := dues[each.pk]) > 0
    ]


def _capped(debit: Debit, gone: int, held: dict[tuple[str, str], int]) -> int:
    """Return what is to go back, and take it from what is held: a charge-back may have had it."""
    purse = (accounts.refund(debit.mandate.person_id), debit.currency)
    due = min(brought(debit) - gone, held.get(purse, 0))
    held[purse] = held.get(purse, 0) - max(due, 0)
    return due


def _held(people: Collection[UUID]) -> dict[tuple[str, str], int]:
    found = Account.objects.filter(path__in={accounts.refund(each) for each in people})
    return {
        (path, currency): -balance
        for path, currency, balance in found.values_list("path", "currency", "balance")
    }


def went(debits: Collection[Debit]) -> dict[UUID, Went]:
    """Return what of debits goes back to their debtor, for the debtor's own page."""
    rows = SendBack.objects.filter(debit__in=debits, state=SendBackState.DONE)
    done: dict[UUID | None, list[tuple[int, datetime | None]]] = {}
    for debit_id, amount, at in rows.order_by("done_at").values_list("debit", "amount", "done_at"):
        done.setdefault(debit_id, []).append((amount, at))
    return {each.pk: _went(brought(each), done.get(each.pk, [])) for each in debits}


def _went(due: int, done: list[tuple[int, datetime | None]]) -> Went:
    total = sum(amount for amount, _at in done)
    last = done[-1][1] if done and total >= due else None
    return Went(due, total, day_of(last) if last else None)
