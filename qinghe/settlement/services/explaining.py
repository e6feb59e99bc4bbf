"""Explain what left the bank: payouts and money sent back by their numbers, the rest by a note."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.settlement.bank.refusals import NoSuchEntry, ReasonMissing
from qinghe.settlement.bank_terms import SendBackState
from qinghe.settlement.fee_refusals import FeeOpen
from qinghe.settlement.fee_terms import FeeState
from qinghe.settlement.models import Fee, Payout, SendBack, StatementEntry
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.entries import noted_ones
from qinghe.settlement.queries.named import numbers_in

AT_BANK: Final = (PayoutState.SENT, PayoutState.PAID, PayoutState.FAILED)
AGREED: Final = (SendBackState.READY, SendBackState.DONE)


def explain_outgoing() -> int:
    """Explain by the numbers of our own that entries carry; return how many stay unexplained."""
    left = 0
    for entry in _unexplained().select_related("words").order_by("booked_on", "pk"):
        entry.explained = _numbered(entry)
        if not entry.explained:
            left += 1
            continue
        entry.explained_by = "system:statement"
        entry.save(update_fields=["explained", "explained_by"])
    return left


@verb("settlement.explain-entry")
def explain_entry(*, entry_id: UUID, note: str, actor: Actor, at: datetime) -> StatementEntry:
    """
    Note where money that went out stands in the books; it moves nothing.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchEntry: unknown, or explained before
    :raises FeeOpen: somebody asked to book it as a charge of the bank
    :raises ReasonMissing: no words
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    entry = _unexplained().filter(pk=entry_id).select_for_update().first()
    if entry is None:
        raise NoSuchEntry
    if Fee.objects.filter(entry=entry, state=FeeState.ASKED).exists():
        raise FeeOpen
    if not (words := redact(note.strip())[:200]):
        raise ReasonMissing
    entry.explained, entry.explained_by = words, actor.label
    entry.save(update_fields=["explained", "explained_by"])
    record(
        kind="statement.explained",
        subject=f"statement-entry:{entry.pk}",
        actor=actor,
        at=at,
        amount=entry.amount,
        currency=entry.currency,
        note=words,
    )
    return entry


@verb("settlement.withdraw-note")
def withdraw_note(*, entry_id: UUID, actor: Actor, at: datetime) -> StatementEntry:
    """
    Take a note on money that went out back; it waits again to be explained, or booked as a fee.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchEntry: unknown, or no note alone explains it
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    entry = noted_ones().filter(pk=entry_id).select_for_update().first()
    if entry is None:
        raise NoSuchEntry
    was, entry.explained, entry.explained_by = entry.explained, "", ""
    entry.save(update_fields=["explained", "explained_by"])
    record(
        kind="statement.unexplained",
        subject=f"statement-entry:{entry.pk}",
        actor=actor,
        at=at,
        amount=entry.amount,
        currency=entry.currency,
        note=was,
    )
    return entry


def open_entry(*, entry_id: UUID, actor: Actor, at: datetime) -> str:
    """
    Return who an entry is from or to and with which words, as JSON; who looked stays on record.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchEntry: unknown, or nothing was written
    :raises MayNotReveal: the role has not this purpose
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    entry = StatementEntry.objects.filter(pk=entry_id, words__isnull=False).first()
    if entry is None or entry.words_id is None:
        raise NoSuchEntry
    return reveal(item_id=entry.words_id, purpose=Purpose.MATCH_PAYMENT, actor=actor, at=at)


def unfit_number(*, entry_id: UUID, actor: Actor) -> str:
    """
    Return the number of ours that unexplained money names though nobody had let it go, or nothing.

    :raises NotPermitted: the actor does not manage payments
    """
    return next((each for each in _names(entry_id, actor) if not _spent(each)), "")


def twice_number(*, entry_id: UUID, actor: Actor) -> str:
    """
    Return the number of ours that unexplained money names and that left once before, or nothing.

    :raises NotPermitted: the actor does not manage payments
    """
    return next((each for each in _names(entry_id, actor) if _spent(each)), "")


def times_left(*, number: str, amount: int, currency: str) -> int:
    """Return how often statements tell that an amount left under a number of ours."""
    rows = StatementEntry.objects.filter(credit=False, amount=amount, currency=currency)
    open_ = rows.filter(explained="").select_related("words")
    named = sum(
        number in _named(each, Payout.objects.all(), SendBack.objects.all()) for each in open_
    )
    return rows.filter(explained=number).count() + named


def _numbered(entry: StatementEntry) -> str:
    # What nobody let go, or was dropped, or left before: a person must look at it.
    payouts = Payout.objects.filter(state__in=AT_BANK)
    named = _named(entry, payouts, SendBack.objects.filter(state__in=AGREED))
    return next((each for each in named if not _spent(each)), "")


def _spent(number: str) -> bool:
    """Tell whether money left under a number already: it leaves once."""
    return StatementEntry.objects.filter(credit=False, explained=number).exists()


def _names(entry_id: UUID, actor: Actor) -> list[str]:
    require(actor, Permission.MANAGE_PAYMENTS)
    entry = _unexplained().filter(pk=entry_id).select_related("words").first()
    if entry is None:
        return []
    return list(_named(entry, Payout.objects.all(), SendBack.objects.all()))


def _named(
    entry: StatementEntry, payouts: QuerySet[Payout], backs: QuerySet[SendBack]
) -> Iterator[str]:
    for number in numbers_in(entry):
        same = {"number": number, "amount": entry.amount, "currency": entry.currency}
        found = payouts.filter(**same) if number.startswith("PO") else backs.filter(**same)
        if found.exists():
            yield number


def _unexplained() -> QuerySet[StatementEntry]:
    return StatementEntry.objects.filter(credit=False, explained="")
