"""
Where officers should listen first, from what debtors said of their treatment.

For officers only. A collector has no read of these rows, not even summed up: whoever knew that a
debtor was unhappy could take it out on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count, Q

from qinghe.claims.days import day_of
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.quality.models import Signal
from qinghe.quality.terms import MANY, Face

MONTHS_BACK = timedelta(days=92)
# So many contacts are drawn for an officer to look at, out of the latest so many.
DRAWN, OUT_OF = 5, 500
ROWS = 20


@dataclass(frozen=True)
class Sample:
    """One collector's signals, and contacts drawn by chance; which debtor felt how is not known."""

    collector_id: UUID
    name: str
    good: int
    mixed: int
    bad: int
    attempts: tuple[tuple[UUID, datetime, str], ...]

    @property
    def all(self) -> int:
        return self.good + self.mixed + self.bad

    @property
    def share(self) -> float:
        """Return the part that felt badly treated."""
        return self.bad / self.all


def samples(*, actor: Actor, at: datetime) -> list[Sample]:
    """
    Return the collectors with the largest part of bad signals, where there are many signals.

    The draw is the same for everybody on one day, so that nobody can draw until it suits.

    :raises NotPermitted: the actor does not hear complaints
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    since = day_of(at - MONTHS_BACK).replace(day=1)
    rows = Signal.objects.filter(month__gte=since).values("collector_id").annotate(
        n=Count("pk"),
        n_good=Count("pk", filter=Q(face=Face.GOOD)),
        n_mixed=Count("pk", filter=Q(face=Face.MIXED)),
        n_bad=Count("pk", filter=Q(face=Face.BAD)),
    )  # fmt: skip
    many = sorted(
        rows.filter(n__gte=MANY), key=lambda row: (-row["n_bad"] / row["n"], row["collector_id"])
    )[:ROWS]
    firms = Organisation.objects.in_bulk([row["collector_id"] for row in many])
    return [
        Sample(
            collector_id=row["collector_id"],
            name=firms[row["collector_id"]].name,
            good=row["n_good"],
            mixed=row["n_mixed"],
            bad=row["n_bad"],
            attempts=_drawn(row["collector_id"], at),
        )
        for row in many
    ]


def _drawn(collector_id: UUID, at: datetime) -> tuple[tuple[UUID, datetime, str], ...]:
    latest = Attempt.objects.filter(
        collector=collector_id, state=AttemptState.DONE, at__gt=at - MONTHS_BACK, at__lte=at
    ).order_by("-at", "id")
    rows = list(latest.values_list("id", "at", "channel")[:OUT_OF])
    chance = Random(f"{collector_id}:{day_of(at)}")  # noqa: S311  a draw, not a secret
    return tuple(chance.sample(rows, min(DRAWN, len(rows))))
