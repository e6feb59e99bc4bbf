"""Notices that two persons of compliance let past a cap of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from qinghe.contact.models import Attempt, Override
from qinghe.contact.terms import OverrideState
from qinghe.contact.wording import wording
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may
from qinghe.rules.packs import overridable

LATEST = 100


@dataclass(frozen=True)
class OverrideRow:
    """One request and what became of it. `stage` is its state, or `expired`."""

    id: UUID
    claim_id: UUID
    claim_number: str
    channel: str
    title: str
    rules: tuple[str, ...]
    reason: str
    words: str
    stage: str
    asked_by: UUID
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    attempt_id: UUID | None

    @property
    def asked_label(self) -> str:
        """Return the account of the officer who asked, as a journal label without a role."""
        return f":{self.asked_by}"


def set_aside(override_id: UUID | None) -> frozenset[str]:
    """Return the rules an override lets an attempt pass: only those that still may be."""
    if override_id is None:
        return frozenset()
    rules = Override.objects.values_list("rules", flat=True).get(pk=override_id)
    return frozenset(rules) & overridable()


def overrides(*, actor: Actor, at: datetime) -> list[OverrideRow]:
    """Return the latest requests, the newest first; nothing without the permission."""
    if not may(actor, Permission.SET_RULES_ASIDE):
        return []
    rows = list(Override.objects.select_related("claim").order_by("-asked_at", "-pk")[:LATEST])
    used = Attempt.objects.filter(override__in=rows).values_list("override_id", "pk")
    attempts = dict(used)
    return [_row(each, attempts.get(each.pk), at) for each in rows]


def _row(found: Override, attempt_id: UUID | None, at: datetime) -> OverrideRow:
    known = wording(found.template)
    waits = found.state in (OverrideState.ASKED, OverrideState.APPROVED)
    return OverrideRow(
        id=found.pk,
        claim_id=found.claim_id,
        claim_number=found.claim.number,
        channel=found.channel,
        title=known.title(get_language() or "en") if known else found.template,
        rules=tuple(found.rules),
        reason=found.reason,
        words=found.words,
        stage="expired" if waits and found.expires_at <= at else found.state,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        expires_at=found.expires_at,
        decided_at=found.decided_at,
        attempt_id=attempt_id,
    )
