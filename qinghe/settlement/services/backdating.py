"""
Book money from the day it came, however late it is told: interest that was accrued beyond that day
is taken back, and what was paid later is applied anew after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from qinghe.claims.models import Claim
from qinghe.claims.services import accrue_interest
from qinghe.claims.services.rewinding import rewind_interest
from qinghe.kernel.actor import Actor
from qinghe.settlement.models import Payment
from qinghe.settlement.refusals import NoCash, OwnMoneyShort
from qinghe.settlement.services.booking import Item, bears_interest, book, lock_claims
from qinghe.settlement.services.replaying import paid_after, replay, settle_loans, undo
from qinghe.settlement.services.suspended import wait_again


@dataclass(frozen=True)
class _Late:
    """A claim that money comes late for: the day it was paid, and how far interest had run."""

    claim: Claim
    paid_on: date
    accrued_to: date


def book_from_its_day(*, items: Sequence[Item], actor: Actor, at: datetime) -> list[Payment]:
    """
    Book payments that were not booked before, at most one per claim, each from the day it was paid.

    Where applying later payments anew would need money that is not there, they stand, and only the
    interest that is still owed is calculated anew. As `book` for claims without agreed interest.
    """
    claims = lock_claims([item.claim_id for item in items])
    late = [
        _Late(claim, item.paid_on, claim.interest_to)
        for item in items
        if bears_interest(claim := claims[item.claim_id]) and claim.interest_to > item.paid_on
    ]
    if not late:
        return book(items=items, actor=actor, at=at)
    try:
        with transaction.atomic():
            return _book(items, late, True, actor, at)
    except (NoCash, OwnMoneyShort):
        return _book(items, late, False, actor, at)


def _book(
    items: Sequence[Item], late: Sequence[_Late], anew: bool, actor: Actor, at: datetime
) -> list[Payment]:
    later = {each.claim.pk: paid_after(each.claim, each.paid_on) if anew else [] for each in late}
    for each in late:
        for payment in reversed(later[each.claim.pk]):
            undo(payment, actor, at, anew=True)
        rewind_interest(claim_id=each.claim.pk, since=each.paid_on, actor=actor, at=at)
    booked = book(items=items, actor=actor, at=at)
    for each in late:
        replay(later[each.claim.pk], each.claim, actor, at)
        accrue_interest(claim_id=each.claim.pk, to=each.accrued_to, actor=actor, at=at)
    if undone := [payment for payments in later.values() for payment in payments]:
        settle_loans(undone, at)
        wait_again(undone)
    return booked
