"""What the gate found and looked at, as it is kept with every decision. Pure: plain JSON values."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from qinghe.contact.decision import SETTINGS, Decision, packs_for
from qinghe.contact.facts import Held, Situation
from qinghe.rules.contact.budget import hours_of
from qinghe.rules.contact.clock import Spans, day_start, local_day, national
from qinghe.rules.contact.facts import Act, Addressee, Debt, Objection, Request, Worker
from qinghe.rules.contact.force import regulation_f_covers
from qinghe.rules.contact.house import open_spans


def findings_of(decision: Decision) -> list[dict[str, Any]]:
    """Return every rule that fired, with its level and the moment it lapses by itself."""
    return [
        {"rule": found.rule_id, "level": found.level, "until": _text(found.until)}
        for found in decision.findings
    ]


def facts_of(situation: Situation, decision: Decision) -> dict[str, Any]:
    """
    Return what was looked at besides the counters: zones, open hours (UTC), holds, wishes.

    No address and no name: only what a decision can be followed by.
    """
    hours = open_hours(situation, decision)
    return {
        "zones": list(situation.all_zones()),
        "hours": [[start.isoformat(), end.isoformat()] for start, end in hours],
        "holds": [_hold(held) for held in situation.holds],
        "wishes": [_wish(each) for each in situation.objections],
    }


def open_hours(situation: Situation, decision: Decision) -> Spans:
    """Return when such a contact is open that day (UTC), by law and by the operator's own pack."""
    if decision.request is None:
        return ()
    return open_spans(situation.house, situation.all_zones(), lawful_hours(decision.request))


def lawful_hours(request: Request) -> Spans:
    """Return when a contact with a debtor is open on its local day (UTC), by every pack there."""
    zones = request.addressee.zones
    # What a person wished or agreed to is its own; without it, hours are the same for everybody.
    if not zones or request.objections or request.consents:
        return hours_of(request, packs_for(zones), SETTINGS)
    day = local_day(national(zones[0]), request.act.planned_at)
    covered = regulation_f_covers(request.worker, request.debts)
    return _anybodys_hours(day, zones, request.act.channel, covered)


@lru_cache(maxsize=4096)
def _anybodys_hours(day: date, zones: tuple[str, ...], channel: str, covered: bool) -> Spans:
    """Ask the rules about somebody made of nothing but the key: so the key can lack nothing."""
    debt = Debt(id="", creditor="", kind="other" if covered else "trade_credit")
    request = Request(
        act=Act(channel, day_start(national(zones[0]), day), address=None, purpose="collect"),
        addressee=Addressee(person="", role="debtor", zones=zones),
        debts=(debt,),
        worker=Worker(collector="", kind="agency"),
    )
    return hours_of(request, packs_for(zones), SETTINGS)


def _hold(held: Held) -> dict[str, Any]:
    return {"kind": held.kind, "since": _text(held.since), "until": _text(held.until)}


def _wish(wish: Objection) -> dict[str, Any]:
    window = wish.allowed_window
    return {
        "kind": wish.kind,
        "since": _text(wish.at),
        "channels": list(wish.channels),
        "minutes": [window.start, window.end] if window else None,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
