"""How much may go out at once: one person asks for other limits, another agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import PayoutLimit
from qinghe.settlement.payout_refusals import (
    BadLimits,
    LimitAsked,
    LimitBySamePerson,
    LimitsTooHigh,
    NoSuchLimit,
)
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.payable import limits_of

# So many times as high as now a limit may become in one step.
MOST_RAISE: Final = 10


@verb("settlement.ask-limits")
def ask_limits(
    *, currency: str, per_payout: int, per_run: int, per_day: int, actor: Actor, at: datetime
) -> PayoutLimit:
    """
    Ask for other limits in a currency, in minor units; until agreed the old ones count.

    :raises NotPermitted: the role may not prepare payouts
    :raises BadLimits: not above zero, or a run or a day below one payout
    :raises LimitsTooHigh: one of them more than ten times as high as now
    :raises LimitAsked: others wait already
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if not 0 < per_payout <= min(per_run, per_day):
        raise BadLimits
    now = limits_of(currency)
    if (
        per_payout > MOST_RAISE * now.per_payout
        or per_run > MOST_RAISE * now.per_run
        or per_day > MOST_RAISE * now.per_day
    ):
        raise LimitsTooHigh
    if PayoutLimit.objects.filter(currency=currency, agreed_at=None).exists():
        raise LimitAsked(currency=currency)
    asked = PayoutLimit.objects.create(
        currency=currency,
        per_payout=per_payout,
        per_run=per_run,
        per_day=per_day,
        asked_by=actor.label,
        asked_at=at,
    )
    _note("limits-asked", asked, actor, at)
    return asked


@verb("settlement.agree-limits")
def agree_limits(*, limit_id: UUID, actor: Actor, at: datetime) -> PayoutLimit:
    """
    Agree to limits that somebody else asked for; they count from now on.

    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchLimit: unknown, agreed before or dropped
    :raises LimitBySamePerson: asked by this very person, or by somebody tied to it
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    limit = _waiting(limit_id)
    if not apart(limit.asked_by, actor):
        raise LimitBySamePerson
    limit.agreed_by, limit.agreed_at = actor.label, at
    limit.save(update_fields=["agreed_by", "agreed_at"])
    _note("limits-agreed", limit, actor, at)
    return limit


@verb("settlement.drop-limits")
def drop_limits(*, limit_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Drop limits that nobody agreed to yet.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchLimit: unknown, agreed before or dropped
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    limit = _waiting(limit_id)
    _note("limits-dropped", limit, actor, at)
    limit.delete()


def _waiting(limit_id: UUID) -> PayoutLimit:
    rows = PayoutLimit.objects.filter(pk=limit_id, agreed_at=None)
    limit = rows.select_for_update().first()
    if limit is None:
        raise NoSuchLimit
    return limit


def _note(what: str, limit: PayoutLimit, actor: Actor, at: datetime) -> None:
    record(
        kind=f"payout.{what}",
        subject=f"payout-limit:{limit.pk}",
        actor=actor,
        at=at,
        currency=limit.currency,
        per_payout=limit.per_payout,
        per_run=limit.per_run,
        per_day=limit.per_day,
    )
