"""Stop outreach, and let it go on: pushed by whoever learns of a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Hold
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Person
from qinghe.parties.queries import NoSuchPerson


class HoldEndsBeforeItBegins(DomainError):
    code = "claims.hold-period"
    text = _("A hold must end after it begins.")


@verb("claims.place_hold")
def place_hold(
    *,
    person_id: UUID,
    claim_id: UUID | None,
    kind: str,
    cause: str,
    ends_at: datetime | None,
    actor: Actor,
    at: datetime,
) -> Hold:
    """
    Stop outreach to a person about one claim, or (no claim) about everything.

    `cause` names what asked for it, e.g. `dispute:0193...`; the same cause holds once. Who may
    ask is judged by the service that pushes the hold.

    :raises NoSuchPerson: unknown person
    :raises HoldEndsBeforeItBegins: `ends_at` is not after `at`
    """
    if ends_at is not None and ends_at <= at:
        raise HoldEndsBeforeItBegins
    # The gate locks the same row: a permission is given before the hold, or sees it.
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NoSuchPerson
    standing = Hold.objects.filter(cause=cause, lifted_at__isnull=True).first()
    if standing is not None:
        return standing
    hold = Hold.objects.create(
        person_id=person_id,
        claim_id=claim_id,
        kind=kind,
        cause=cause,
        placed_at=at,
        ends_at=ends_at,
    )
    _note("claims.hold-placed", hold, actor, at)
    return hold


@verb("claims.lift_hold")
def lift_hold(*, cause: str, actor: Actor, at: datetime) -> int:
    """Let outreach go on as far as this cause stopped it; return how many holds that lifted."""
    holds = list(Hold.objects.select_for_update().filter(cause=cause, lifted_at__isnull=True))
    for hold in holds:
        hold.lifted_at = max(at, hold.placed_at)
        hold.save(update_fields=["lifted_at"])
        _note("claims.hold-lifted", hold, actor, at)
    return len(holds)


def _note(kind: str, hold: Hold, actor: Actor, at: datetime) -> None:
    record(
        kind=kind,
        subject=f"claim:{hold.claim_id}" if hold.claim_id else f"person:{hold.person_id}",
        actor=actor,
        at=at,
        person_id=hold.person_id,
        hold=hold.pk,
        hold_kind=hold.kind,
        cause=hold.cause,
    )
