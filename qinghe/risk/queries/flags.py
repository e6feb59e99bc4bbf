"""Flags and scores of claims."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.risk.doubts import BY_CODE
from qinghe.risk.models import Flag
from qinghe.risk.queries.facts import facts
from qinghe.risk.scoring import Score, rate


class NoSuchFlag(DomainError):
    code = "risk.no-such-flag"
    status = 404
    text = _("There is no such flag.")


@dataclass(frozen=True)
class FlagRow:
    """One reason to doubt a claim, told in the active language."""

    id: UUID
    claim_id: UUID
    code: str
    title: str
    reason: str
    grave: bool
    state: str
    state_label: str
    raised_at: datetime
    decided_at: datetime | None
    proposed_by: str


def flags(claim_id: UUID) -> list[FlagRow]:
    """Return every flag of a claim, open ones first."""
    rows = Flag.objects.filter(claim_id=claim_id).order_by("-state", "raised_at", "id")
    return [_told(flag) for flag in rows]


def open_flags(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many open flags claims have; those without are absent."""
    rows = Flag.objects.filter(claim_id__in=claim_ids, state=Flag.State.OPEN)
    counts = rows.order_by().values("claim_id").annotate(n=Count("pk"))
    return dict(counts.values_list("claim_id", "n"))


def score(*, claim_id: UUID, on: date) -> Score | None:
    """Return the score of a claim on a day, with reasons; None for an unknown claim."""
    found = facts([claim_id], on=on)
    return rate(found[claim_id]) if claim_id in found else None


def _told(flag: Flag) -> FlagRow:
    doubt = BY_CODE[flag.code]
    return FlagRow(
        id=flag.pk,
        claim_id=flag.claim_id,
        code=flag.code,
        title=str(doubt.title),
        reason=str(doubt.sentence).format(**flag.facts),
        grave=doubt.grave,
        state=flag.state,
        state_label=str(Flag.State(flag.state).label),
        raised_at=flag.raised_at,
        decided_at=flag.decided_at,
        proposed_by=flag.proposed_by,
    )
