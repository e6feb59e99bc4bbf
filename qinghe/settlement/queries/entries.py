"""One entry of a bank statement, whoever it came from or went to, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import NoSuchEntry
from qinghe.settlement.fee_terms import FeeState
from qinghe.settlement.models import Fee, StatementEntry

BY_THE_MACHINE = "system:"
MOST = 50


@dataclass(frozen=True)
class EntryRow:
    """An entry in minor units; `explained` is a number of ours or a note, by a journal label."""

    id: UUID
    booked_on: date
    amount: int
    currency: str
    credit: bool
    reference: str
    written: bool
    explained: str
    explained_by: str
    # A person's note, which a person may take back; no number of ours and no fee.
    noted: bool


def entry_row(*, entry_id: UUID, actor: Actor) -> EntryRow:
    """
    Return one entry.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchEntry: unknown
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    found = StatementEntry.objects.filter(pk=entry_id).first()
    if found is None:
        raise NoSuchEntry
    return _row(found, noted=noted_ones().filter(pk=entry_id).exists())


def noted(*, actor: Actor) -> list[EntryRow]:
    """
    Return what left the bank and is explained by a note alone, the latest first. One query.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    return [_row(each, noted=True) for each in noted_ones().order_by("-booked_on", "-pk")[:MOST]]


def noted_ones() -> QuerySet[StatementEntry]:
    """Return the entries that only a person's note explains."""
    booked = Fee.objects.filter(entry=OuterRef("pk"), state=FeeState.BOOKED)
    rows = StatementEntry.objects.filter(~Exists(booked), credit=False).exclude(explained="")
    return rows.exclude(explained_by__startswith=BY_THE_MACHINE)


def _row(entry: StatementEntry, *, noted: bool) -> EntryRow:
    return EntryRow(
        id=entry.pk,
        booked_on=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        credit=entry.credit,
        reference=entry.reference,
        written=entry.words_id is not None,
        explained=entry.explained,
        explained_by=entry.explained_by,
        noted=noted,
    )
