"""Ratings as each side may read them: nothing of the other side before both are opened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE
from qinghe.quality.models import Rating
from qinghe.quality.terms import RATING_DAYS, Side

LATEST = 200
SIDES = {Role.CREDITOR: Side.CREDITOR, Role.COLLECTOR: Side.COLLECTOR}
MARKS = ("first", "second", "third", "fourth")


@dataclass(frozen=True)
class RatingRow:
    """
    One ended mandate as one of its sides sees it.

    `mine` is what this side answered; `theirs` stays empty while the rating is sealed, whether the
    other side has answered or not. `open` says that this side can still answer.
    """

    mandate_id: UUID
    claim_number: str
    other_name: str
    ended_at: datetime
    opens_at: datetime
    mine: tuple[int, ...]
    theirs: tuple[int, ...]
    theirs_id: UUID | None
    opened: bool
    voided: bool
    open: bool


def opened(at: datetime) -> QuerySet[Rating]:
    """Return the ratings that are no longer sealed: both sides answered, or the time is over."""
    both = Rating.objects.filter(mandate=OuterRef("mandate")).exclude(side=OuterRef("side"))
    return Rating.objects.filter(Q(opens_at__lte=at) | Exists(both.filter(given_at__lte=at)))


def ratings(*, actor: Actor, at: datetime, limit: int = LATEST) -> list[RatingRow]:
    """Return the ended mandates of one side that it can rate or has rated, the latest first."""
    side = SIDES.get(actor.role)
    if side is None or actor.org_id is None:
        return []
    mine = Rating.objects.filter(mandate=OuterRef("pk"))
    fresh = Q(closed_at__gt=at - timedelta(days=RATING_DAYS))
    own = Mandate.objects.filter(**{side: actor.org_id}).exclude(state__in=LIVE)
    rows = own.filter(fresh | Exists(mine)).select_related("claim", "creditor", "collector")
    mandates = list(rows.order_by("-closed_at", "-id")[:limit])
    given = _given([mandate.pk for mandate in mandates], side, at)
    return [_row(mandate, side, given, at) for mandate in mandates]


def marks_about(org_ids: Collection[UUID], since: datetime, at: datetime) -> list[list[float]]:
    """
    Return the opened marks about some collectors, grouped by creditor: groups of firms are one.
    """
    rows = opened(at).filter(
        about__in=org_ids, side=Side.CREDITOR, voided_at__isnull=True, given_at__gt=since
    )
    found: dict[str, list[float]] = {}
    for group, by, *marks in rows.values_list("by__group", "by_id", *MARKS):
        found.setdefault(group or str(by), []).append(sum(marks) / len(marks))
    return list(found.values())


def next_opening(org_ids: Collection[UUID], at: datetime) -> datetime | None:
    """Return when the next sealed rating about some collectors is opened by time."""
    rows = Rating.objects.filter(about__in=org_ids, opens_at__gt=at).order_by("opens_at")
    return rows.values_list("opens_at", flat=True).first()


def _given(ids: list[UUID], side: str, at: datetime) -> dict[tuple[UUID, bool], Any]:
    """Return the ratings a side may read, by mandate and by whether they are its own."""
    rows = Rating.objects.filter(mandate__in=ids)
    mine = rows.filter(side=side)
    theirs = opened(at).filter(mandate__in=ids).exclude(side=side)
    fields = ("mandate_id", "id", "voided_at", *MARKS)
    found: dict[tuple[UUID, bool], Any] = {}
    for own, some in ((True, mine), (False, theirs)):
        for row in some.values_list(*fields):
            found[row[0], own] = row
    return found


def _row(mandate: Mandate, side: str, given: Any, at: datetime) -> RatingRow:
    assert mandate.closed_at is not None
    mine, theirs = given.get((mandate.pk, True)), given.get((mandate.pk, False))
    opens_at = mandate.closed_at + timedelta(days=RATING_DAYS)
    over = at >= opens_at or (mine is not None and theirs is not None)
    other = mandate.collector if side == Side.CREDITOR else mandate.creditor
    return RatingRow(
        mandate_id=mandate.pk,
        claim_number=mandate.claim.number,
        other_name=other.name,
        ended_at=mandate.closed_at,
        opens_at=opens_at,
        mine=tuple(mine[3:]) if mine else (),
        theirs=tuple(theirs[3:]) if theirs else (),
        theirs_id=theirs[1] if theirs else None,
        opened=over,
        voided=bool(theirs and theirs[2]),
        open=mine is None and not over,
    )
