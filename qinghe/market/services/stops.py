"""Keep a collector from taking new orders for a time, on behalf of a floor above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import TakingStop
from qinghe.market.refusals import NotACollector, TakingStopped
from qinghe.market.services.capacity import COLLECTORS
from qinghe.parties.days import legal_day
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require


@verb("market.stop-taking")
def stop_taking(
    *, collector_id: UUID, cause: str, until: datetime, actor: Actor, at: datetime
) -> TakingStop:
    """
    Let a collector take nothing until a moment; a cause stops once.

    :raises NotPermitted: the actor may not suspend
    :raises NotACollector: it takes no orders anyway
    """
    require(actor, Permission.SUSPEND)
    if not Organisation.objects.filter(pk=collector_id, kind__in=COLLECTORS).exists():
        raise NotACollector
    found, new = TakingStop.objects.get_or_create(
        cause=cause, defaults={"collector_id": collector_id, "starts_at": at, "ends_at": until}
    )
    if new:
        _note("stopped", found, actor, at)
    return found


@verb("market.lift-stop")
def lift_stop(*, cause: str, actor: Actor, at: datetime) -> bool:
    """
    Let a collector take orders again as far as a cause stopped it; tell whether it did.

    :raises NotPermitted: the actor may not suspend
    """
    require(actor, Permission.SUSPEND)
    live = TakingStop.objects.select_for_update().filter(cause=cause, lifted_at__isnull=True)
    found = live.first()
    if found is None:
        return False
    found.lifted_at = at
    found.save(update_fields=["lifted_at"])
    _note("stop-lifted", found, actor, at)
    return True


def check_stop(collector_id: UUID, at: datetime) -> None:
    """
    Refuse an order to a collector that may take nothing now. One look into an index.

    :raises TakingStopped: until a day
    """
    stops = TakingStop.objects.filter(
        collector_id=collector_id, lifted_at__isnull=True, starts_at__lte=at, ends_at__gt=at
    )
    until = stops.order_by("-ends_at").values_list("ends_at", flat=True).first()
    if until is not None:
        raise TakingStopped(until=legal_day(until).isoformat())


def _note(what: str, found: TakingStop, actor: Actor, at: datetime) -> None:
    record(
        kind=f"market.taking-{what}",
        subject=f"organisation:{found.collector_id}",
        actor=actor,
        at=at,
        cause=found.cause,
        until=found.ends_at,
    )
