"""Money that a creditor reports beyond what is owed: booked only where the excess was named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import Sum

from qinghe.kernel.money import to_major
from qinghe.settlement.models import Payment
from qinghe.settlement.refusals import AboveOwed
from qinghe.settlement.terms import PaymentState


@contextmanager
def within(excess: int, claim_ids: Iterable[UUID], currency: str) -> Iterator[None]:
    """
    Refuse what is booked inside the block where it leaves more to give back than was named.

    It is judged by what came of the booking, interest and later payments included, on locked
    claims; the refusal takes the booking back with it.

    :raises AboveOwed: more than `excess` minor units beyond what is owed
    """
    ids = list(claim_ids)
    before = _given(ids)
    yield
    check(_given(ids) - before, excess, currency)


def check(found: int, named: int, currency: str) -> None:
    """
    Compare what is beyond the debts with what was named, in minor units.

    :raises AboveOwed: it is more
    """
    if found > named:
        words = f"{to_major(found, currency):,} {currency}"
        raise AboveOwed(excess=words, excess_minor=found)


def _given(claim_ids: list[UUID]) -> int:
    booked = Payment.objects.filter(claim__in=claim_ids, state=PaymentState.POSTED)
    return booked.aggregate(sum=Sum("excess"))["sum"] or 0
