"""Stop outreach, and let it go on: pushed by whoever learns of a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Claim, Hold
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import OPEN_STATES
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


@verb("claims.hold_creditor")
def hold_creditor(*, creditor_id: UUID, kind: str, cause: str, actor: Actor, at: datetime) -> int:
    """
    Stop outreach about every open claim of a creditor; return how many holds are new.

    Each hold's cause is `cause`, a colon and the claim's id; one entry of the journal names all.
    """
    rows = Claim.objects.filter(creditor_id=creditor_id, state__in=OPEN_STATES)
    claims = dict(rows.order_by("pk").values_list("pk", "debtor_id"))
    # The gate locks the same rows: a permission is given before the hold, or sees it.
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=set(claims.values()))
    list(people.order_by("pk").values_list("pk"))
    causes = {f"{cause}:{claim_id}": claim_id for claim_id in claims}
    standing = Hold.objects.filter(cause__in=list(causes), lifted_at__isnull=True)
    for known in standing.values_list("cause", flat=True):
        del causes[known]
    holds = [
        Hold(person_id=claims[claim_id], claim_id=claim_id, kind=kind, cause=each, placed_at=at)
        for each, claim_id in causes.items()
    ]
    Hold.objects.bulk_create(holds, batch_size=5000)
    record(
        kind="claims.creditor-held",
        subject=f"organisation:{creditor_id}",
        actor=actor,
        at=at,
        hold_kind=kind,
        cause=cause,
        claims=list(causes.values()),
    )
    return len(holds)


@verb("claims.lift_holds")
def lift_holds(*, cause: str, actor: Actor, at: datetime) -> int:
    """Lift every hold that `hold_creditor` placed for a cause; return how many."""
    rows = Hold.objects.filter(cause__startswith=f"{cause}:", lifted_at__isnull=True)
    lifted = rows.update(lifted_at=at)
    record(kind="claims.creditor-released", subject=cause, actor=actor, at=at, count=lifted)
    return lifted


@verb("claims.lift_hold")
def lift_hold(*, cause: str, actor: Actor, at: datetime) -> int:
    """Let outreach go on as far as this cause stopped it; return how many holds that lifted."""
    holds = list(Hold.objects.select_for_update().filter(cause=cause, lifted_at__isnull=True))
    for hold in holds:
        hold.lifted_at = max(at, hold.placed_at)
        hold.save(update_fields=["lifted_at"])
        _note("claims.hold-lifted", hold, actor, at)
    changed([hold.claim_id for hold in holds if hold.claim_id])
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
