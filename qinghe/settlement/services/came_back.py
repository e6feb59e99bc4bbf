"""
Money that came to the bank under a number of our own: a payout that came back, or a debit.

It is in the books already, or belongs there under that number; it never goes to "the sender".
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import (
    LeftTwice,
    NamesOurs,
    NoReturnHere,
    NoSuchSuspense,
    SuspenseMoved,
)
from qinghe.settlement.bank_terms import Wish
from qinghe.settlement.models import Debit, Payout, StatementEntry, Suspense
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.named import words_of
from qinghe.settlement.return_codes import code_of
from qinghe.settlement.services.explaining import times_left
from qinghe.settlement.services.payouts import Word, take_payout_back
from qinghe.settlement.services.suspended import lock_suspense

NUMBER: Final = re.compile(r"(?<![A-Z0-9])(PO|DD)-?(\d{8})-?(\d{8})(?!\d)")
AT_BANK: Final = (PayoutState.SENT, PayoutState.PAID)


@verb("settlement.propose-return")
def propose_return(*, suspense_id: UUID, actor: Actor, at: datetime) -> Suspense:
    """
    Propose that the money is a payout which the bank returned; its words name the payout.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: somebody proposed something, or part of it is gone
    :raises NoReturnHere: it names no payout of this amount
    :raises LeftTwice: the payout left twice, and this may be what was too much
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = lock_suspense([suspense_id]).get(suspense_id)
    if suspense is None:
        raise NoSuchSuspense
    if suspense.wish != Wish.NONE or suspense.rest != suspense.amount:
        raise SuspenseMoved
    number = number_in(suspense.entry)
    if not number.startswith("PO"):
        raise NoReturnHere
    _check_left_once(number, suspense)
    suspense.wish, suspense.wish_claim, suspense.wish_note = Wish.RETURN, None, number
    suspense.asked_by, suspense.asked_at = actor.label, at
    suspense.agreed_by, suspense.agreed_at = "", None
    fields = ["wish", "wish_claim", "wish_note", "asked_by", "asked_at", "agreed_by", "agreed_at"]
    suspense.save(update_fields=fields)
    _record(suspense, actor, at)
    return suspense


def take_return(suspense: Suspense, actor: Actor, at: datetime) -> None:
    """
    Return the payout that locked money names, unless the bank's answer did so before.

    :raises NotPermitted: the role may not approve payouts
    """
    payout = Payout.objects.get(number=suspense.wish_note)
    require(actor, Permission.APPROVE_PAYOUTS)
    if payout.state in AT_BANK:
        code = code_of(words_of(suspense.entry)["text"])
        word, plain = Word("statement", code), actor.with_key(None)
        take_payout_back(payout_id=payout.pk, word=word, actor=plain, at=at)


def named_number(*, suspense_id: UUID, actor: Actor) -> str:
    """
    Return the number of a payout or debit of ours that money in suspense names, or nothing.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    found = Suspense.objects.filter(pk=suspense_id).select_related("entry__words").first()
    return number_in(found.entry) if found is not None else ""


def number_in(entry: StatementEntry) -> str:
    """Return the number of a payout or debit of ours, of this amount, that an entry names."""
    text = f"{entry.reference} {words_of(entry)['text']}".upper()
    for kind, day, digits in NUMBER.findall(text):
        number = f"{kind}-{day}-{digits}"
        same = {"number": number, "amount": entry.amount, "currency": entry.currency}
        returned = Payout.objects.filter(**same, state__in=(*AT_BANK, PayoutState.FAILED))
        if (returned if kind == "PO" else Debit.objects.filter(**same)).exists():
            return number
    return ""


def check_not_ours(suspense: Suspense) -> None:
    """
    Refuse what would send our own money to a stranger.

    :raises NamesOurs: its words name a payout or a debit of ours
    """
    if number := number_in(suspense.entry):
        raise NamesOurs(number=number)


def _check_left_once(number: str, suspense: Suspense) -> None:
    left = times_left(number=number, amount=suspense.amount, currency=suspense.currency)
    back = Suspense.objects.filter(wish_note=number, known=suspense.amount).count()
    if left - back > 1:
        raise LeftTwice(number=number)


def _record(suspense: Suspense, actor: Actor, at: datetime) -> None:
    record(
        kind="suspense.proposed",
        subject=f"suspense:{suspense.pk}",
        actor=actor,
        at=at,
        wish=str(suspense.wish),
        rest=suspense.rest,
        currency=suspense.currency,
        note=suspense.wish_note,
    )
