"""A mandate lasts longer by what its debtor did; the floors above tell what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.market.extending import latest, wanted
from qinghe.market.models import Extension, Mandate
from qinghe.market.services.listings import lock_claims
from qinghe.market.terms import ExtensionKind, MandateState


def extend_for(
    *, claim_id: UUID, kind: ExtensionKind, source: UUID, day: date, actor: Actor, at: datetime
) -> Extension | None:
    """
    Let the live mandate of a claim last longer, within its bound; nothing ever makes it shorter.

    `day` is the promised day, the day of the payment, or that of a plan's last part; `source` the
    promise, payment or plan, which counts once. Part of the caller's transaction, so that it
    stands or falls with what happened. None: no active mandate, or it lasts long enough already.
    """
    mandate = _active(claim_id, at)
    if mandate is None or mandate.agreed_ends_at is None:
        return None
    until = min(wanted(kind, day), latest(mandate.starts_at, mandate.agreed_ends_at))
    if until <= mandate.ends_at or _counted(mandate, kind, source):
        return None
    made = Extension.objects.create(mandate=mandate, kind=kind, source=source, until=until, at=at)
    _move_end(mandate, until, actor, at, cause=kind.value, source=source)
    return made


def extend_for_payments(*, payments: Mapping[UUID, UUID], actor: Actor, at: datetime) -> None:
    """
    Let mandates last longer by money that came today; payments by claim.

    One query for those that last long enough already, which are nearly all.
    """
    today, kind = day_of(at), ExtensionKind.PAYMENT
    short = Mandate.objects.filter(
        claim__in=list(payments),
        state=MandateState.ACTIVE,
        ends_at__lt=wanted(kind, today),
        agreed_ends_at__isnull=False,
    )
    for claim_id in short.order_by("claim_id").values_list("claim_id", flat=True):
        source = payments[claim_id]
        extend_for(claim_id=claim_id, kind=kind, source=source, day=today, actor=actor, at=at)


def end_extension(*, source: UUID, actor: Actor, at: datetime) -> None:
    """Take back the days of what is undone: a payment reversed, a promise not kept."""
    for made in Extension.objects.filter(source=source, ended_at__isnull=True):
        lock_claims(Claim.objects.all(), [made.mandate.claim_id])
        mandate = Mandate.objects.select_for_update().get(pk=made.mandate_id)
        made.ended_at = at
        made.save(update_fields=["ended_at"])
        end = end_of(mandate)
        if mandate.state == MandateState.ACTIVE and end < mandate.ends_at:
            _move_end(mandate, end, actor, at, cause="undone", source=source)


def end_of(mandate: Mandate) -> datetime:
    """Return when a mandate ends by what was agreed, and by what its debtor did that stands."""
    rest = Extension.objects.filter(mandate=mandate, ended_at__isnull=True)
    longest: datetime | None = rest.aggregate(until=Max("until"))["until"]
    return max(filter(None, [mandate.agreed_ends_at or mandate.ends_at, longest]))


def _active(claim_id: UUID, at: datetime) -> Mandate | None:
    lock_claims(Claim.objects.all(), [claim_id])
    live = Mandate.objects.filter(
        claim=claim_id, state=MandateState.ACTIVE, starts_at__lte=at, ends_at__gt=at
    )
    return live.select_for_update().first()


def _counted(mandate: Mandate, kind: ExtensionKind, source: UUID) -> bool:
    """Tell whether this counted before; a collector's own notes count once in a mandate."""
    made = Extension.objects.filter(mandate=mandate)
    if kind == ExtensionKind.TOLD_PROMISE and made.filter(kind=kind).exists():
        return True
    return made.filter(source=source).exists()


def _move_end(
    mandate: Mandate, end: datetime, actor: Actor, at: datetime, *, cause: str, source: UUID
) -> None:
    before, mandate.ends_at = mandate.ends_at, end
    mandate.save(update_fields=["ends_at"])
    record(
        kind="market.period-moved",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        cause=cause,
        source=source,
        before=before.isoformat(),
        ends_at=end.isoformat(),
    )
