"""Explain what left the bank: payouts and money sent back by their numbers, the rest by a note."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import secrets
from qinghe.settlement.bank.refusals import NoSuchEntry, ReasonMissing
from qinghe.settlement.models import Payout, SendBack, StatementEntry

NUMBER: Final = re.compile(r"\b(PO|RB)-?(\d{8})-?(\d{8})\b")


def explain_outgoing() -> int:
    """Explain by the numbers of our own that entries carry; return how many stay unexplained."""
    left = 0
    for entry in _unexplained().select_related("words"):
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
    :raises ReasonMissing: no words
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    entry = _unexplained().filter(pk=entry_id).select_for_update().first()
    if entry is None:
        raise NoSuchEntry
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


def words_of(entry: StatementEntry) -> dict[str, str]:
    """Return who and which words an entry has, for comparing inside this room only."""
    if entry.words is None:
        return {"payer": "", "account": "", "text": ""}
    told: dict[str, str] = json.loads(secrets.unseal(entry.words))
    return told


def _numbered(entry: StatementEntry) -> str:
    text = f"{entry.reference} {words_of(entry)['text']}".upper()
    for kind, day, digits in NUMBER.findall(text):
        number = f"{kind}-{day}-{digits}"
        rows = (Payout if kind == "PO" else SendBack).objects.filter(number=number)
        if rows.filter(amount=entry.amount, currency=entry.currency).exists():
            return number
    return ""


def _unexplained() -> QuerySet[StatementEntry]:
    return StatementEntry.objects.filter(credit=False, explained="")
