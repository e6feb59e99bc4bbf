"""Commission plans: written once per version, retired, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.market.commission import BadPlan, as_json, parse
from qinghe.market.contracts.figures import LONGEST_LEVEL, Levels
from qinghe.market.models import CommissionPlan
from qinghe.market.refusals import BadCommissionPlan, BadTerms, NoSuchPlan
from qinghe.parties.roles import Permission, require

LONGEST_NAME = 80


@verb("market.write-plan")
def write_plan(
    *, name: str, content: Mapping[str, Any], actor: Actor, at: datetime
) -> CommissionPlan:
    """
    Write a commission plan; under a name that is known, its next version. The older ones stay.

    :raises NotPermitted: the role may not place claims
    :raises BadCommissionPlan: a figure is missing or out of range, or no complaint would cost
    """
    require(actor, Permission.PLACE_CLAIMS)
    owner, name = _owner(actor), name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadCommissionPlan(field="name", why=_("1 to 80 letters"))
    try:
        plan = parse(content)
    except BadPlan as refusal:
        raise BadCommissionPlan(field=refusal.field, why=str(refusal.text)) from refusal
    _one_at_a_time(f"{owner}:{name}")
    known = CommissionPlan.objects.filter(creditor=owner, name=name).order_by("-version").first()
    made = CommissionPlan.objects.create(
        creditor_id=owner,
        name=name,
        version=known.version + 1 if known else 1,
        content=as_json(plan),
        made_by=actor.user_id or owner or UUID(int=0),
        made_at=at,
    )
    _note("market.plan-written", made, actor, at)
    return made


@verb("market.retire-plan")
def retire_plan(*, plan_id: UUID, actor: Actor, at: datetime) -> CommissionPlan:
    """
    Offer a plan no more. Orders and mandates under it go on as they were signed.

    :raises NoSuchPlan: unknown, another creditor's, or retired before
    """
    require(actor, Permission.PLACE_CLAIMS)
    mine = CommissionPlan.objects.filter(pk=plan_id, creditor=_owner(actor))
    plan = mine.filter(retired_at__isnull=True).select_for_update().first()
    if plan is None:
        raise NoSuchPlan
    plan.retired_at = at
    plan.save(update_fields=["retired_at"])
    _note("market.plan-retired", plan, actor, at)
    return plan


def check_plan(plan_id: UUID, actor: Actor) -> None:
    """
    Refuse a plan that an actor may not offer.

    :raises NoSuchPlan: unknown, retired, or another creditor's
    """
    own = Q(creditor=_owner(actor)) | Q(creditor__isnull=True)
    if not CommissionPlan.objects.filter(own, pk=plan_id, retired_at__isnull=True).exists():
        raise NoSuchPlan


def check_levels(levels: Levels) -> None:
    """
    Refuse service levels out of range.

    :raises BadTerms: less than a day, or more than a year
    """
    if not all(0 < days <= LONGEST_LEVEL for days in vars(levels).values()):
        raise BadTerms


def _owner(actor: Actor) -> UUID | None:
    return actor.org_id if actor.role == Role.CREDITOR else None


def _one_at_a_time(name: str) -> None:
    """Let versions of one plan be written one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _note(kind: str, plan: CommissionPlan, actor: Actor, at: datetime) -> None:
    record(
        kind=kind,
        subject=f"plan:{plan.pk}",
        actor=actor,
        at=at,
        name=plan.name,
        version=plan.version,
        content=plan.content,
    )
