"""
What service a mandate owes, and what follows when it is missed: a warning, then the return. Pure.

Only what was done counts, and while a hold stands no day counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from qinghe.market.contracts.figures import WARNING_DAYS, Levels
from qinghe.market.terms import ReturnReason

PAUSED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Service:
    """What has been done under a mandate until now."""

    starts_at: datetime
    first_at: datetime | None = None
    last_at: datetime | None = None
    reported_at: datetime | None = None
    # A hold stands now; when the last one ended.
    paused: bool = False
    resumed_at: datetime | None = None
    warned_at: datetime | None = None
    warned_for: str = ""


@dataclass(frozen=True)
class Due:
    """One service level: by when it must be met."""

    code: ReturnReason
    at: datetime


class Fate(StrEnum):
    """What follows from a look at a mandate's service."""

    FINE = "fine"
    PAUSED = "paused"
    WARNED = "warned"
    RETURNED = "returned"


@dataclass(frozen=True)
class Verdict:
    """What follows now, for which level, and when to look again."""

    fate: Fate
    code: str
    check_at: datetime


def dues(levels: Levels, service: Service) -> list[Due]:
    """Return what is due next and when, the earliest first."""

    def later(since: datetime | None, days: int) -> datetime:
        begins = filter(None, [since, service.starts_at, service.resumed_at])
        return max(begins) + timedelta(days=days)

    work = (
        Due(ReturnReason.IDLE, later(service.last_at, levels.idle_days))
        if service.first_at
        else Due(ReturnReason.FIRST_ACTION, later(None, levels.first_action_days))
    )
    report = Due(ReturnReason.REPORT, later(service.reported_at, levels.report_days))
    return sorted([work, report], key=lambda due: due.at)


def judge(levels: Levels, service: Service, at: datetime) -> Verdict:
    """Return what follows: nobody loses an order who was not warned and given time."""
    if service.paused:
        return Verdict(Fate.PAUSED, "", at + PAUSED_FOR)
    missed = [due for due in dues(levels, service) if due.at <= at]
    if not missed:
        return Verdict(Fate.FINE, "", dues(levels, service)[0].at)
    warned = next((due.code for due in missed if due.code == service.warned_for), None)
    if warned is None or service.warned_at is None:
        return Verdict(Fate.WARNED, missed[0].code, at + timedelta(days=WARNING_DAYS))
    ends = returns_at(service.warned_at, service.resumed_at)
    if ends <= at:
        return Verdict(Fate.RETURNED, warned, at)
    return Verdict(Fate.WARNED, warned, ends)


def returns_at(warned_at: datetime, resumed_at: datetime | None) -> datetime:
    """Return when an order goes back after a warning; a hold in between gives the time anew."""
    return max(filter(None, [warned_at, resumed_at])) + timedelta(days=WARNING_DAYS)
