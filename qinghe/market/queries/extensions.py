"""Why a mandate lasts longer than was signed: for its two sides, and for the debtor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.market.models import Extension


@dataclass(frozen=True)
class ExtensionRow:
    """One thing the debtor did, and until when the mandate lasts by it."""

    mandate_id: UUID
    kind: str
    until: datetime
    at: datetime


def extensions(mandate_ids: Iterable[UUID]) -> dict[UUID, list[ExtensionRow]]:
    """Return what lengthened each of these mandates and was not undone, oldest first."""
    rows = Extension.objects.filter(mandate__in=list(mandate_ids), ended_at__isnull=True)
    found: dict[UUID, list[ExtensionRow]] = {}
    for row in rows.order_by("at", "pk"):
        made = ExtensionRow(row.mandate_id, row.kind, row.until, row.at)
        found.setdefault(row.mandate_id, []).append(made)
    return found
