"""How a person wants to be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from qinghe.contact.models import Wish


@dataclass(frozen=True)
class WishRow:
    """One live wish: not by these channels, or only in these local hours."""

    id: UUID
    kind: str
    channels: tuple[str, ...]
    window: tuple[time, time] | None
    at: datetime


def wishes(*, person_id: UUID) -> list[WishRow]:
    """Return a person's live wishes, the newest first."""
    rows = Wish.objects.filter(person=person_id, withdrawn_at__isnull=True).order_by("-at", "-id")
    return [_row(wish) for wish in rows]


def _row(wish: Wish) -> WishRow:
    window = None
    if wish.window_start is not None and wish.window_end is not None:
        window = (wish.window_start, wish.window_end)
    return WishRow(wish.pk, wish.kind, tuple(wish.channels), window, wish.at)
