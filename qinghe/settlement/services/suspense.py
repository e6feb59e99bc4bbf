"""
Persons say what money in suspense is: one proposes, another who stands apart agrees.

Locks: the claim, then the money, then the accounts.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import check_shown
from qinghe.ledger.queries import available
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.bank.refusals import (
    NoSuchBooking,
    NoSuchSuspense,
    NotPayable,
    SuspenseBySamePerson,
    SuspenseMoved,
)
from qinghe.settlement.bank_terms import Wish
from qinghe.settlement.models import Suspense
from qinghe.settlement.queries.suspense import suspense_row
from qinghe.settlement.reference import claim_number_in
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.services.booking import lock_claims
from qinghe.settlement.services.came_back import take_return
from qinghe.settlement.services.explaining import open_entry
from qinghe.settlement.services.knowing import bookings_of
from qinghe.settlement.services.matching import book_transfer, came_on, payable
from qinghe.settlement.services.posting import check_not_too_early
from qinghe.settlement.services.suspended import lock_suspense, one_at_a_time, tell_rest


@verb("settlement.propose-claim")
def propose_claim(*, suspense_id: UUID, claim_number: str, actor: Actor, at: datetime) -> Suspense:
    """
    Propose which claim money in suspense pays; a number or the reference of a transfer names it.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: somebody proposed something, or nothing waits
    :raises NotPayable: no open claim of this number in this currency
    :raises PaidTooEarly: the money came before the contract of the claim
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = _free(suspense_id)
    typed = claim_number.strip()
    numbers = {typed, typed.upper(), claim_number_in(typed)}
    claim = Claim.objects.filter(number__in=numbers, currency=suspense.currency).first()
    if claim is None or not payable(claim):
        raise NotPayable(currency=suspense.currency)
    check_not_too_early([claim], came_on(suspense.entry))
    return _propose(suspense, Wish.ASSIGN, claim, "", actor, at)


@verb("settlement.propose-known")
def propose_known(*, suspense_id: UUID, booking: str, actor: Actor, at: datetime) -> Suspense:
    """
    Propose that the money is in the books already, and which booking tells it.

    `booking` is the key of one of `known_bookings`: a receipt, or what a provider passed on.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: somebody proposed something, or nothing waits
    :raises NoSuchBooking: no booking of this amount near its day, or it explains another entry
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    one_at_a_time()
    suspense = _free(suspense_id)
    found = next((each for each in bookings_of(suspense) if each.key == booking), None)
    if found is None:
        raise NoSuchBooking
    suspense.booking = found.key
    suspense.save(update_fields=["booking"])
    # A number stands alone: the check by number reads it.
    words = found.words if found.key == found.words else f"{found.day} · {found.words}"
    return _propose(suspense, Wish.KNOWN, None, words, actor, at)


@verb("settlement.agree-suspense")
def agree(*, suspense_id: UUID, actor: Actor, at: datetime, seen: str | None = None) -> Suspense:
    """
    Agree to what a colleague proposed, and book it.

    :param seen: the mark of the proposal that was shown, `SuspenseRow.shown`
    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: nobody proposed anything
    :raises ChangedMeanwhile: something else is proposed than was shown
    :raises SuspenseBySamePerson: proposed by this very person, or one of the two made the other
    :raises NotPayable: the claim is no longer open
    :raises NoCash: in the books already, but what the bank holds here is on its way out
    :raises PayoutMoved: the payout that came back changed meanwhile
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    wished = Suspense.objects.filter(pk=suspense_id).values_list("wish_claim", flat=True)
    claims = lock_claims(list(wished))
    suspense = _locked(suspense_id)
    if suspense.wish == Wish.NONE or suspense.rest <= 0:
        raise SuspenseMoved
    if suspense.wish_claim_id is not None and suspense.wish_claim_id not in claims:
        raise SuspenseMoved
    if seen is not None:
        check_shown(seen, suspense_row(suspense_id=suspense_id, actor=actor).shown)
    if not independent(suspense.asked_by, actor.label):
        raise SuspenseBySamePerson
    suspense.agreed_by, suspense.agreed_at = actor.label, at
    if suspense.wish_claim_id is None:
        if suspense.wish == Wish.RETURN:
            take_return(suspense, actor, at)
        _book_known(suspense, at)
    else:
        claim = claims[suspense.wish_claim_id]
        if not payable(claim):
            raise NotPayable(currency=suspense.currency)
        book_transfer(suspense, claim, actor, at)
    _record("agreed", suspense, actor, at)
    _clear(suspense)
    return suspense


@verb("settlement.withdraw-suspense")
def withdraw(*, suspense_id: UUID, actor: Actor, at: datetime) -> Suspense:
    """
    Take a proposal back, one's own or a colleague's; the money waits on.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown
    :raises SuspenseMoved: nobody proposed anything
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = _locked(suspense_id)
    if suspense.wish == Wish.NONE:
        raise SuspenseMoved
    _record("withdrawn", suspense, actor, at)
    suspense.asked_by, suspense.asked_at, suspense.booking = "", None, ""
    suspense.save(update_fields=["asked_by", "asked_at", "booking"])
    _clear(suspense)
    return suspense


def open_words(*, suspense_id: UUID, actor: Actor, at: datetime) -> str:
    """
    Return who sent money and with which words, as JSON; who looked stays on record.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchSuspense: unknown, or nothing was written
    :raises MayNotReveal: the role has not this purpose
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    suspense = Suspense.objects.filter(pk=suspense_id).select_related("entry").first()
    if suspense is None or suspense.entry.words_id is None:
        raise NoSuchSuspense
    return open_entry(entry_id=suspense.entry_id, actor=actor, at=at)


def _propose(
    suspense: Suspense, wish: Wish, claim: Claim | None, note: str, actor: Actor, at: datetime
) -> Suspense:
    suspense.wish, suspense.wish_claim, suspense.wish_note = wish, claim, note
    suspense.asked_by, suspense.asked_at = actor.label, at
    suspense.agreed_by, suspense.agreed_at = "", None
    fields = ["wish", "wish_claim", "wish_note", "asked_by", "asked_at", "agreed_by", "agreed_at"]
    suspense.save(update_fields=fields)
    _record("proposed", suspense, actor, at)
    return suspense


def _book_known(suspense: Suspense, at: datetime) -> None:
    """Take the money out of suspense and the bank again: it was booked there before."""
    amount, subject = suspense.rest, f"suspense:{suspense.pk}"
    keys = {(path, suspense.currency) for path in (accounts.BANK, accounts.SUSPENSE)}
    lock_accounts(keys=keys)
    if available(path=accounts.BANK, currency=suspense.currency) < amount:
        raise NoCash
    post_many(
        postings=[
            Posting(
                debit=accounts.SUSPENSE,
                credit=accounts.BANK,
                amount=amount,
                currency=suspense.currency,
                kind="suspense.known",
                subject=subject,
                at=at,
            )
        ]
    )
    suspense.known += amount
    suspense.save(update_fields=["known"])
    tell_rest(suspense)


def _clear(suspense: Suspense) -> None:
    suspense.wish, suspense.wish_claim = Wish.NONE, None
    suspense.save(update_fields=["wish", "wish_claim", "agreed_by", "agreed_at"])


def _free(suspense_id: UUID) -> Suspense:
    suspense = _locked(suspense_id)
    if suspense.wish != Wish.NONE or suspense.rest <= 0:
        raise SuspenseMoved
    return suspense


def _locked(suspense_id: UUID) -> Suspense:
    found = lock_suspense([suspense_id]).get(suspense_id)
    if found is None:
        raise NoSuchSuspense
    return found


def _record(what: str, suspense: Suspense, actor: Actor, at: datetime) -> None:
    record(
        kind=f"suspense.{what}",
        subject=f"suspense:{suspense.pk}",
        actor=actor,
        at=at,
        wish=str(suspense.wish),
        claim=suspense.wish_claim_id,
        rest=suspense.rest,
        currency=suspense.currency,
        note=suspense.wish_note,
    )
