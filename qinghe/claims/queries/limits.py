"""The limitation of a claim by what is on record here: due day, and acts that were accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from qinghe.claims.contract_terms import ActKind
from qinghe.claims.models import LimitationAct
from qinghe.claims.terms import OPEN_STATES
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may
from qinghe.rules.calendar import StaleCalendar, add_years
from qinghe.rules.limitation import Limitation, LimitationEvent, limitation
from qinghe.rules.packs import rule

# A reviewer has seen the file that shows it: it arrived.
ARRIVED: Final = frozenset({"arrived"})


@dataclass(frozen=True)
class ActRow:
    """One act on record."""

    kind: str
    on: date
    ended_on: date | None
    evidence_id: UUID
    id: UUID
    # None: a reviewer has not looked yet, and it counts for nothing.
    accepted: bool | None

    @property
    def label(self) -> str:
        """Return the act in words."""
        return str(ActKind(self.kind).label)


def acts_of(claim_id: UUID) -> list[ActRow]:
    """Return the acts on record about one claim, the oldest first."""
    rows = LimitationAct.objects.filter(claim=claim_id).order_by("on", "id")
    fields = ("kind", "on", "ended_on", "evidence_id", "id", "accepted")
    return [ActRow(*row) for row in rows.values_list(*fields)]


def acts_waiting(*, actor: Actor, most: int = 50) -> list[tuple[UUID, str]]:
    """Return (claim, number) whose acts wait for a reviewer, the longest first; one query."""
    if not may(actor, Permission.VERIFY_CLAIMS):
        return []
    rows = LimitationAct.objects.filter(accepted__isnull=True, claim__state__in=OPEN_STATES)
    found = rows.order_by("recorded_at").values_list("claim", "claim__number")[:most]
    return list(dict.fromkeys(found))


def event_of(kind: str, on: date, ended_on: date | None) -> LimitationEvent:
    """Return an act as the law looks at it."""
    return LimitationEvent(kind=kind, on=on, ended_on=ended_on, proofs=ARRIVED)


def limitation_on(due_on: date, events: Iterable[LimitationEvent], on: date) -> Limitation | None:
    """Return the limitation of a contract, seen from a day; None where no pack holds its law."""
    try:
        return limitation(basis="contract", starts_on=due_on, as_of=on, events=tuple(events))
    except (ValueError, StaleCalendar):
        return None


def barred_among(due: Mapping[UUID, date], on: date) -> set[UUID]:
    """Return those of many claims, given with due days, that are time-barred. One query at most."""
    years = rule("CN-LIM-01").number("years")
    old = {pk: day for pk, day in due.items() if add_years(day, years) < on}
    acts: dict[UUID, list[LimitationEvent]] = {pk: [] for pk in old}
    if old:
        rows = LimitationAct.objects.filter(claim__in=old, accepted=True)
        for act in rows:
            acts[act.claim_id].append(event_of(act.kind, act.on, act.ended_on))
    return {pk for pk, day in old.items() if _barred(day, acts[pk], on)}


def time_barred(*, claim_id: UUID, due_on: date, on: date) -> bool:
    """
    Tell whether a debtor may plead that a claim is too old, as far as is on record here.

    Where the period cannot be calculated, age alone decides: rather careful than wrong.
    """
    return claim_id in barred_among({claim_id: due_on}, on)


def _barred(due_on: date, events: Iterable[LimitationEvent], on: date) -> bool:
    found = limitation_on(due_on, events, on)
    return found is None or found.defence_available
