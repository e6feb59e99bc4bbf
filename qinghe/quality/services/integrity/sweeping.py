"""Look at what changed in the market since the last look, and flag what a person should see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.quality.models import SweepMark
from qinghe.quality.queries.integrity.changes import Span
from qinghe.quality.services.integrity.flagging import flag_touched
from qinghe.quality.services.integrity.gathering import gather
from qinghe.quality.signs.table import days, number

MARK: Final = "integrity"
# One step of a long catching-up is one transaction.
STEP: Final = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """Up to when the market was looked at, how many new signs and how many new flags."""

    until: datetime
    signs: int
    flags: int


def sweep(*, actor: Actor, at: datetime) -> Swept:
    """
    Look at everything that changed since the last look. Twice at once does it once.

    Work grows with what changed, a day at most per transaction.
    """
    end = at - timedelta(minutes=number("settle_minutes"))
    signs = flags = 0
    while True:
        step = sweep_step(until=end, actor=actor, at=at)
        signs, flags = signs + step.signs, flags + step.flags
        if step.until >= end:
            return Swept(step.until, signs, flags)


@verb("quality.integrity-sweep")
def sweep_step(*, until: datetime, actor: Actor, at: datetime) -> Swept:
    """Look at the next day at most, and move the mark; a crash repeats this step and no other."""
    first = until - days("first_days")
    SweepMark.objects.get_or_create(name=MARK, defaults={"at": first})
    mark = SweepMark.objects.select_for_update().get(name=MARK)
    span = Span(mark.at, min(until, mark.at + STEP))
    if span.until <= span.since:
        return Swept(span.since, 0, 0)
    fresh, touched = gather(span)
    flags = flag_touched(touched, actor=actor, at=span.until)
    mark.at = span.until
    mark.save(update_fields=["at"])
    return Swept(span.until, fresh, flags)
