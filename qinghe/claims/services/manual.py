"""Holds that a compliance officer places and lifts, for what is learnt by letter or telephone."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Hold
from qinghe.claims.services.holds import lift_hold, place_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import BY_HAND
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties.roles import Permission, require


class HoldNotByHand(DomainError):
    code = "claims.hold-not-by-hand"
    text = _("This hold comes and goes with the case that needs it, not by hand.")


class NoSuchHold(DomainError):
    code = "claims.no-such-hold"
    status = 404
    text = _("There is no such hold.")


@verb("claims.hold_by_hand")
def hold_by_hand(
    *,
    claim_id: UUID,
    kind: str,
    claim_only: bool,
    until: date | None,
    actor: Actor,
    at: datetime,
) -> Hold:
    """
    Stop contact with a claim's debtor, about everything or about this claim only.

    `until` is the first day without the hold; without it the hold stands until it is lifted.

    :raises NotPermitted: the actor does not manage holds
    :raises NoSuchClaim: unknown
    :raises HoldNotByHand: a kind that has its own case, such as a dispute
    :raises HoldEndsBeforeItBegins: `until` is not after `at`
    """
    require(actor, Permission.MANAGE_HOLDS)
    if kind not in BY_HAND:
        raise HoldNotByHand
    claim = locked(claim_id, actor)
    zone = ZoneInfo(settings.DISPLAY_ZONE)
    return place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk if claim_only else None,
        kind=kind,
        cause=f"hand:{new_id()}",
        ends_at=datetime.combine(until, time(), zone) if until else None,
        actor=actor,
        at=at,
    )


@verb("claims.lift_by_hand")
def lift_by_hand(*, claim_id: UUID, hold_id: UUID, actor: Actor, at: datetime) -> int:
    """
    Lift a hold on a claim or its debtor; return how many that were: none if it is over already.

    :raises NotPermitted: the actor does not manage holds
    :raises NoSuchClaim: unknown
    :raises NoSuchHold: not a hold of this claim or its debtor
    :raises HoldNotByHand: it ends with the decision of its own case
    """
    require(actor, Permission.MANAGE_HOLDS)
    claim = locked(claim_id, actor)
    hold = Hold.objects.filter(pk=hold_id, person=claim.debtor_id).first()
    if hold is None or hold.claim_id not in (None, claim.pk):
        raise NoSuchHold
    if hold.kind not in BY_HAND:
        raise HoldNotByHand
    return lift_hold(cause=hold.cause, actor=actor, at=at)
