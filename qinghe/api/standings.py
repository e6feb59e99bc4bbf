"""Standings of collectors: what is published beside them when work is given out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from qinghe.api.auth import actor_of
from qinghe.kernel import clock
from qinghe.market.queries import StandingRow, standing_of
from qinghe.quality.refusals import NoSuchCollector

router = Router(tags=["standings"])


class StandingOut(Schema):
    """
    A collector's grade, what it opens, and its record. `ratio` is justified complaints per 5,000
    accounts with its 95 % interval; it is null, and `too_little` true, below 500 accounts.
    """

    collector_id: UUID
    grade: str
    max_band: int
    open_cap: int
    package_cap: int
    upheld: int
    worked: int
    ratio: Decimal | None
    low: Decimal | None
    high: Decimal | None
    too_little: bool
    score: Decimal | None
    raters: int
    review_on: date
    since: datetime


@router.get("/standings/{uuid:collector_id}", response=StandingOut, url_name="standing")
def get_standing(request: HttpRequest, collector_id: UUID) -> StandingRow:
    """Return what is published of one collector; the same for whoever asks."""
    actor_of(request)
    found = standing_of([collector_id], clock.now()).get(collector_id)
    if found is None:
        raise NoSuchCollector
    return found
