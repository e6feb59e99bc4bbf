"""What the run is judged by: shares, days until first work, who was stopped and by what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Min

from qinghe.claims.days import day_of
from qinghe.market.models import Mandate, Standing
from qinghe.market.terms import LIVE, Grade
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.integrity_terms import FlagState, RulingState
from qinghe.quality.models import IntegrityFlag, Ruling
from qinghe.simulation.crowd.founding import Crowd

GOAL_SHARE = 0.01
GOAL_DAYS = 7


@dataclass
class Figures:
    """Collected day by day."""

    crowd: Crowd
    open_orders: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    # By collector: when it was first stopped or suspended, and by what.
    stopped: dict[UUID, tuple[date, str]] = field(default_factory=dict)

    def note(self, day: date) -> None:
        """Look at the market at the end of a day."""
        live = Mandate.objects.filter(state__in=LIVE).values_list("collector_id")
        counts = dict(live.annotate(n=Count("pk")).order_by())
        players = self.crowd.players
        self.open_orders.append(sum(counts.values()))
        self.held.append(sum(n for org, n in counts.items() if not players[org].honest))
        for org, why in {**_suspended(), **_shut()}.items():
            self.stopped.setdefault(org, (day, why))

    def share(self, number: int) -> float:
        """Return the share of open orders that dishonest collectors held on a day."""
        return self.held[number] / self.open_orders[number] if self.open_orders[number] else 0.0

    def below_from(self) -> int | None:
        """Return the first day from which on the share stayed below the goal; days count from 0."""
        first = None
        for number in range(len(self.held)):
            if self.share(number) >= GOAL_SHARE or not self.open_orders[number]:
                first = None
            elif first is None:
                first = number
        return first

    def waits(self, at: datetime) -> dict[UUID, float]:
        """Return by newcomer the days until its first order; who waits still counts until now."""
        begun = Mandate.objects.values_list("collector_id").annotate(first=Min("starts_at"))
        firsts = dict(begun.order_by())
        late = [org for org, player in self.crowd.players.items() if player.joins]
        return {
            org: round((firsts.get(org, at) - self.crowd.joined[org]).total_seconds() / 86_400, 2)
            for org in late
        }

    def line(self, number: int, at: datetime) -> str:
        """Return what a day came to, in one line."""
        players, waits = self.crowd.players, self.waits(at)
        waited = [days for org, days in waits.items() if players[org].honest]
        wrong = sum(players[org].honest for org in self.stopped)
        return (
            f"day {number}: {self.open_orders[-1]} open orders, "
            f"{self.share(number):.2%} with dishonest collectors; "
            f"stopped {len(self.stopped) - wrong} dishonest and {wrong} honest; "
            f"{len(waited)} honest newcomers waited {max(waited, default=0)} days at most"
        )

    def as_dict(self, at: datetime) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        players, waits = self.crowd.players, self.waits(at)
        honest = [days for org, days in waits.items() if players[org].honest]
        wrong = [org for org in self.stopped if players[org].honest]
        return {
            "share_by_day": [round(self.share(n), 4) for n in range(len(self.held))],
            "open_by_day": self.open_orders,
            "share_at_end": round(self.share(-1), 4),
            "below_goal_from_day": self.below_from(),
            "newcomers": len(waits),
            "honest_newcomers": len(honest),
            "first_order_days_median": median(honest) if honest else None,
            "first_order_days_max": max(honest, default=None),
            "dishonest": self._found(),
            "honest_stopped": len(wrong),
            "honest_stopped_by": dict(Counter(self.stopped[org][1] for org in wrong)),
            "honest_stopped_at_end": _still(wrong),
            "flags": _flags(self.crowd),
        }

    def _found(self) -> list[dict[str, Any]]:
        begin = day_of(min(self.crowd.joined.values()))
        live = Mandate.objects.filter(state__in=LIVE).values_list("collector_id")
        counts = dict(live.annotate(n=Count("pk")).order_by())
        return [
            {
                "collector": player.number,
                "kind": player.kind.value,
                "joined_day": (day_of(self.crowd.joined[org]) - begin).days,
                "stopped_day": (self.stopped[org][0] - begin).days if org in self.stopped else None,
                "found_by": self.stopped.get(org, (None, None))[1],
                "open_at_end": counts.get(org, 0),
            }
            for org, player in self.crowd.players.items()
            if not player.honest
        ]


def _suspended() -> dict[UUID, str]:
    gone = Organisation.objects.filter(kind=OrgKind.AGENCY, state=OrgState.SUSPENDED)
    found = dict.fromkeys(gone.values_list("pk", flat=True), "officer")
    rulings = Ruling.objects.filter(state=RulingState.STANDING, suspended=True)
    ruled = rulings.order_by("decided_at").values_list("organisation_id", "flag__rule")
    return found | {org: f"flag:{rule}" for org, rule in ruled if org in found}


def _shut() -> dict[UUID, str]:
    """Return who may take nothing new: stopped by its grade, or nothing open on probation."""
    rows = Standing.objects.filter(ends_at__isnull=True, open_cap=0).exclude(gate="suspended")
    return {
        org: f"grade:{gate}" if grade == Grade.STOPPED else "probation"
        for org, grade, gate in rows.values_list("collector_id", "grade", "gate")
    }


def _still(orgs: list[UUID]) -> int:
    gone = Organisation.objects.filter(pk__in=orgs, state=OrgState.SUSPENDED)
    told = Standing.objects.filter(collector__in=orgs, ends_at__isnull=True, open_cap=0)
    shut = set(told.values_list("collector", flat=True))
    return len(set(gone.values_list("pk", flat=True)) | shut)


def _flags(crowd: Crowd) -> dict[str, dict[str, int]]:
    """Return per rule how many flags were raised, decided, and named an honest collector."""
    told: dict[str, Counter[str]] = {}
    for flag in IntegrityFlag.objects.order_by("number"):
        counts = told.setdefault(flag.rule, Counter())
        counts["raised"] += 1
        counts["decided"] += flag.state == FlagState.DECIDED
        orgs = [UUID(part) for part in flag.key.split("+")]
        known = [crowd.players[org] for org in orgs if org in crowd.players]
        counts["about_honest"] += bool(known) and all(player.honest for player in known)
    return {rule: dict(counts) for rule, counts in sorted(told.items())}
