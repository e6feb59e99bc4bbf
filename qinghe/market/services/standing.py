"""What the floor of quality found of a collector, put where orders are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import Capacity, Standing
from qinghe.market.refusals import OverPackage
from qinghe.market.services.capacity import fit
from qinghe.parties.roles import Permission, require

# Versions that differ in nothing else say the same.
OWN = frozenset({"cause", "review_on"})


@dataclass(frozen=True)
class Found:
    """
    A standing as it was found; figures as in `market.models.Standing`, already rounded.
    """

    grade: str
    ladder: str
    max_band: int
    open_cap: int
    package_cap: int
    upheld: int
    worked: int
    ratio: Decimal | None
    low: Decimal | None
    high: Decimal | None
    score: Decimal | None
    raters: int
    gate: str
    cause: str
    review_on: date


@verb("market.set-standing")
def set_standing(*, collector_id: UUID, found: Found, actor: Actor, at: datetime) -> Standing:
    """
    Publish a collector's standing and fit its capacity; the same again changes and records nothing.

    A grade below what is held takes no mandate away: nothing new can be taken until enough ended.

    :raises NotPermitted: the actor may not stop collectors
    """
    require(actor, Permission.SUSPEND)
    capacity = Capacity.objects.select_for_update().filter(pk=collector_id).first()
    told = Standing.objects.select_for_update().filter(collector=collector_id, ends_at__isnull=True)
    now = told.first()
    if now is not None and _same(now, found):
        if now.review_on != found.review_on:
            now.review_on = found.review_on
            now.save(update_fields=["review_on"])
        return now
    told.update(ends_at=at)
    made = Standing.objects.create(collector_id=collector_id, starts_at=at, **vars(found))
    if capacity is not None:
        fit(capacity, graded=found.open_cap, graded_band=found.max_band)
    _note(now, made, actor, at)
    return made


def check_package(*, collector_id: UUID, size: int) -> None:
    """
    Refuse a package larger than a collector's grade allows; who has no grade yet is not limited.

    :raises OverPackage: more orders at once than the grade opens
    """
    told = Standing.objects.filter(collector=collector_id, ends_at__isnull=True)
    cap = told.values_list("package_cap", flat=True).first()
    if cap is not None and size > cap:
        raise OverPackage(size=size, cap=cap)


def _same(now: Standing, found: Found) -> bool:
    told = {name: value for name, value in vars(found).items() if name not in OWN}
    return all(getattr(now, name) == value for name, value in told.items())


def _note(before: Standing | None, made: Standing, actor: Actor, at: datetime) -> None:
    record(
        kind="market.standing-set",
        subject=f"organisation:{made.collector_id}",
        actor=actor,
        at=at,
        was=before.grade if before else "",
        grade=made.grade,
        ladder=made.ladder,
        cause=made.cause,
        gate=made.gate,
        upheld=made.upheld,
        worked=made.worked,
        ratio=made.ratio,
    )
