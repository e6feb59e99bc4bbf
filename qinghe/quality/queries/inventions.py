"""Findings that a claim never existed: those that wait, and those decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Value, When

from qinghe.quality.models import Invention
from qinghe.quality.terms import InventionState

LATEST = 200
_ROW = (
    "id", "claim_id", "claim__number", "creditor_id", "creditor__name", "state", "proof",
    "reason", "asked_by", "asked_at", "decided_at",
)  # fmt: skip


@dataclass(frozen=True)
class InventionRow:
    """One finding; `asked_by` is the journal's label of the officer who asked."""

    id: UUID
    claim_id: UUID
    claim_number: str
    creditor_id: UUID
    creditor_name: str
    state: str
    proof: list[str]
    reason: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None

    @property
    def asker(self) -> UUID | None:
        """Return the account of the officer who asked."""
        who = self.asked_by.partition(":")[2]
        return None if who == "-" else UUID(who)


def inventions() -> list[InventionRow]:
    """Return the findings, those that wait first, then the newest."""
    waits = Case(
        When(state=InventionState.ASKED, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = Invention.objects.annotate(waits=waits).order_by("-waits", "-asked_at", "-id")
    return [_row(row) for row in rows.values_list(*_ROW)[:LATEST]]


def invention_of(claim_id: UUID) -> InventionRow | None:
    """Return the latest finding about a claim."""
    rows = Invention.objects.filter(claim_id=claim_id).order_by("-asked_at", "-id")
    found = rows.values_list(*_ROW).first()
    return _row(found) if found else None


def _row(fields: tuple[Any, ...]) -> InventionRow:
    return InventionRow(*fields)
