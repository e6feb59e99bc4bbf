"""
Book what a provider or the bank kept for itself: one person asks, another who stands apart agrees.

The platform's own money pays for it; what is held for others stays whole.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.redaction import redact
from qinghe.ledger.models import Account
from qinghe.ledger.queries import available
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.bank.refusals import NoSuchEntry, ReasonMissing
from qinghe.settlement.fee_refusals import (
    EntryNoted,
    FeeAsked,
    FeeBySamePerson,
    NoFeeLeft,
    NoSuchFee,
)
from qinghe.settlement.fee_terms import FeeState
from qinghe.settlement.models import Fee, ProviderLine, ProviderReport, StatementEntry
from qinghe.settlement.refusals import NoCash
from qinghe.settlement.services.advancing import check_own

LONGEST = 200
KIND = "fee.kept"


@verb("settlement.ask-provider-fee")
def ask_provider_fee(*, provider: str, currency: str, day: date, actor: Actor, at: datetime) -> Fee:
    """
    Ask for the fees to be booked that a provider reported for a day, less what is booked or asked.

    :raises NotPermitted: the actor does not manage payments
    :raises NoFeeLeft: nothing is open
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    # Two who ask at once ask one after the other.
    list(ProviderReport.objects.filter(provider=provider).select_for_update().order_by("pk"))
    of = {"provider": provider, "currency": currency, "day": day}
    told = ProviderLine.objects.filter(**of).aggregate(sum=Sum("fee", default=0))["sum"]
    live = Fee.objects.filter(**of).exclude(state=FeeState.DROPPED)
    left = told - live.aggregate(sum=Sum("amount", default=0))["sum"]
    if left <= 0 or live.filter(state=FeeState.ASKED).exists():
        raise NoFeeLeft
    fee = Fee.objects.create(**of, amount=left, asked_by=actor.label, asked_at=at)
    _note("asked", fee, actor, at)
    return fee


@verb("settlement.ask-bank-fee")
def ask_bank_fee(*, entry_id: UUID, note: str, actor: Actor, at: datetime) -> Fee:
    """
    Ask for a charge to be booked that the bank's statement tells and nothing explains yet.

    :raises NotPermitted: the actor does not manage payments
    :raises ReasonMissing: no words
    :raises NoSuchEntry: unknown, no money that went out, or explained before
    :raises FeeAsked: asked for before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if not (words := redact(note.strip())[:LONGEST]):
        raise ReasonMissing
    entry = _entry(entry_id)
    if Fee.objects.filter(entry=entry).exclude(state=FeeState.DROPPED).exists():
        raise FeeAsked
    fee = Fee.objects.create(
        entry=entry,
        day=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        note=words,
        asked_by=actor.label,
        asked_at=at,
    )
    _note("asked", fee, actor, at)
    return fee


@verb("settlement.book-fee")
def book_fee(*, fee_id: UUID, actor: Actor, at: datetime) -> Fee:
    """
    Agree to a fee that somebody else asked for, and book it from the platform's own money.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchFee: unknown, booked or dropped before
    :raises FeeBySamePerson: asked by this very person, or one of the two made the other
    :raises EntryNoted: the charge was explained otherwise meanwhile
    :raises NoCash: neither the bank nor the provider holds so much in the books
    :raises OwnMoneyShort: the platform's own money does not reach
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    fee = _waiting(fee_id)
    if not independent(fee.asked_by, actor.label):
        raise FeeBySamePerson
    if fee.entry_id is not None:
        entry = StatementEntry.objects.select_for_update().get(pk=fee.entry_id)
        if entry.explained:
            raise EntryNoted(note=entry.explained)
        entry.explained, entry.explained_by = fee.note, actor.label
        entry.save(update_fields=["explained", "explained_by"])
    _post(fee, at)
    fee.state, fee.agreed_by, fee.agreed_at = FeeState.BOOKED, actor.label, at
    fee.save(update_fields=["state", "agreed_by", "agreed_at"])
    _note("booked", fee, actor, at)
    return fee


@verb("settlement.drop-fee")
def drop_fee(*, fee_id: UUID, actor: Actor, at: datetime) -> Fee:
    """
    Take back that a fee was to be booked, while nobody has agreed.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchFee: unknown, booked or dropped before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    fee = _waiting(fee_id)
    fee.state = FeeState.DROPPED
    fee.save(update_fields=["state"])
    _note("dropped", fee, actor, at)
    return fee


def _waiting(fee_id: UUID) -> Fee:
    asked = Fee.objects.filter(pk=fee_id, state=FeeState.ASKED)
    fee = asked.select_for_update().first()
    if fee is None:
        raise NoSuchFee
    return fee


def _entry(entry_id: UUID) -> StatementEntry:
    out = StatementEntry.objects.filter(pk=entry_id, credit=False, explained="")
    entry = out.select_for_update().first()
    if entry is None:
        raise NoSuchEntry
    return entry


def _post(fee: Fee, at: datetime) -> None:
    """Take it from the bank; what was not passed on to the bank yet, from the provider's boxes."""
    start = f"{accounts.CASH}:{fee.provider}:"
    found = Account.objects.filter(path__startswith=start, currency=fee.currency, balance__gt=0)
    boxes = list(found.order_by("pk").values_list("path", flat=True)) if fee.provider else []
    paths = [accounts.BANK, *boxes]
    lock_accounts(keys={(path, fee.currency) for path in [*paths, accounts.OWN]})
    left, moves = fee.amount, []
    for path in paths:
        part = min(left, available(path=path, currency=fee.currency))
        left -= part
        moves.append(Posting(accounts.OWN, path, part, fee.currency, KIND, f"fee:{fee.pk}", at))
    if left > 0:
        raise NoCash
    post_many(postings=[move for move in moves if move.amount > 0])
    check_own(currency=fee.currency, at=at)


def _note(what: str, fee: Fee, actor: Actor, at: datetime) -> None:
    record(
        kind=f"fee.{what}",
        subject=f"fee:{fee.pk}",
        actor=actor,
        at=at,
        provider=fee.provider or "bank",
        day=fee.day.isoformat(),
        amount=fee.amount,
        currency=fee.currency,
        note=fee.note,
    )
