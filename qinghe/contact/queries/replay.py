"""
What a draft of the operator's pack would have changed in the last days: read set by set, judged
person by person, so that memory holds one person at a time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection

from qinghe.contact.decision import since
from qinghe.contact.facts import KIND_OF
from qinghe.contact.replaying import Change, EndedHold, Replayed, Tally, replay_person
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import PointState
from qinghe.rules.house import RESTS, House, levers, read_house

PLATFORM: Final = "platform"
CHUNK: Final = 2_000
# A page must answer in seconds; longer replays are for the command line.
AT_MOST: Final = 20_000
# Addresses are those of today: where a person lived on a past day is not kept.
ATTEMPTS: Final = """
WITH asked AS (
    SELECT DISTINCT person_id FROM contact_attempt WHERE at >= %(since)s AND at < %(until)s
), places AS (
    SELECT person_id, array_agg(zone ORDER BY state DESC, is_work, created_at, id) AS zones
    FROM parties_contactpoint JOIN asked USING (person_id)
    WHERE state <> %(invalid)s AND kind = ANY (%(kinds)s) AND zone <> ''
    GROUP BY person_id
)
SELECT a.id, a.person_id, a.at, a.channel, a.mode, a.purpose, a.state, a.outcome, a.outcome_at,
    a.sent_at, a.rules, p.address_id, coalesce(a.collector_id::text, %(platform)s),
    a.creditor_group, a.claim_id, c.creditor_id, d.zones::text, l.zones, a.override_id IS NOT NULL
FROM contact_attempt a
JOIN asked USING (person_id)
JOIN claims_claim c ON c.id = a.claim_id
JOIN parties_person d ON d.id = a.person_id
LEFT JOIN places l ON l.person_id = a.person_id
LEFT JOIN parties_contactpoint p ON p.id = a.point_id
WHERE a.at >= %(before)s AND a.at < %(until)s
ORDER BY a.person_id, a.at, a.id
"""
ENDED: Final = """
SELECT h.person_id, h.kind, h.claim_id, least(h.lifted_at, h.ends_at)
FROM claims_hold h
WHERE h.kind = ANY (%(kinds)s) AND least(h.lifted_at, h.ends_at) >= %(before)s
    AND least(h.lifted_at, h.ends_at) < %(until)s AND h.person_id IN (
        SELECT person_id FROM contact_attempt WHERE at >= %(since)s AND at < %(until)s)
"""
# Where a replay of so many attempts begins; nothing when the whole span holds no more.
BEGIN: Final = """
SELECT at FROM contact_attempt WHERE at >= %(since)s AND at < %(until)s
ORDER BY at DESC OFFSET %(limit)s LIMIT 1
"""
Names = Mapping[str, str]


def replay(
    *,
    content: Mapping[str, Any],
    days: int,
    actor: Actor,
    at: datetime,
    limit: int | None = AT_MOST,
) -> dict[str, Any]:
    """
    Return what a draft would have refused and permitted in the last days, as plain data.

    By rule, collector and creditor, with attempt ids as examples and no identity. Of more attempts
    than `limit`, only the latest are judged; `whole` says whether all were. Four queries.

    :raises NotPermitted: the role may not tighten rules
    :raises Loosens, Unreadable: as `read_house`
    """
    require(actor, Permission.TIGHTEN_RULES)
    house = read_house(content)
    start = at - timedelta(days=days)
    begin = _begin(start, at, limit)
    tally = _tally(house, begin or start, at)
    return {
        "days": days,
        "since": (begin or start).isoformat(),
        "until": at.isoformat(),
        "whole": begin is None,
        **_told(tally),
    }


def _begin(start: datetime, at: datetime, limit: int | None) -> datetime | None:
    if limit is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"since": start, "until": at, "limit": limit})
        row = cursor.fetchone()
    # Attempts of that very moment stay out, so that a moment is judged as a whole or not at all.
    return row[0] + timedelta(microseconds=1) if row else None


def _tally(house: House, start: datetime, until: datetime) -> Tally:
    tally = Tally()
    ended = _ended_holds(start, until) if house.rests else {}
    for person, attempts in groupby(_attempts(start, until), key=lambda each: each.person):
        tally.persons += 1
        for attempt, change, rules in replay_person(house, attempts, ended.get(person, []), start):
            tally.asked += 1
            tally.refused_then += attempt.state == AttemptState.REFUSED
            if change:
                tally.note(attempt, change, rules)
    return tally


def _attempts(start: datetime, until: datetime) -> Iterator[Replayed]:
    facts: dict[str, Any] = {
        "since": start,
        "before": since(start),
        "until": until,
        "invalid": PointState.INVALID.value,
        "kinds": sorted(set(KIND_OF.values())),
        "platform": PLATFORM,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(ATTEMPTS, facts)
        while rows := cursor.fetchmany(CHUNK):
            yield from map(_replayed, rows)


def _replayed(row: tuple[Any, ...]) -> Replayed:
    pk, person, at, channel, mode, purpose, state, outcome, outcome_at, sent_at, *rest = row
    rules, address, collector, group, claim, creditor, home, places, counted = rest
    return Replayed(
        id=pk,
        person=str(person),
        at=at,
        channel=channel,
        mode=mode,
        purpose=purpose,
        state=state,
        outcome=outcome,
        outcome_at=outcome_at,
        sent_at=sent_at,
        rules=tuple(rules),
        address=str(address) if address else None,
        collector=collector,
        group=group,
        claim=str(claim),
        creditor=str(creditor),
        zones=_zones(home, tuple(places or ())),
        counted=counted,
    )


@lru_cache(maxsize=4096)
def _zones(home: str, places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*json.loads(home), *places)))


def _ended_holds(start: datetime, until: datetime) -> dict[str, list[EndedHold]]:
    longest = timedelta(days=max(levers()[key].bound for key in RESTS))
    facts: dict[str, Any] = {
        "kinds": sorted(RESTS.values()),
        "before": start - longest,
        "since": start,
        "until": until,
    }
    found: dict[str, list[EndedHold]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ENDED, facts)
        for person, kind, claim, moment in cursor.fetchall():
            found[str(person)].append(EndedHold(kind, str(claim) if claim else None, moment))
    return found


def _told(tally: Tally) -> dict[str, Any]:
    parties = {*tally.by_collector, *tally.by_creditor} - {PLATFORM}
    rows = Organisation.objects.filter(pk__in=map(UUID, parties)).values_list("pk", "name")
    names = {str(pk): name for pk, name in rows}
    return {
        "asked": tally.asked,
        "persons": tally.persons,
        "refused_then": tally.refused_then,
        "newly_refused": tally.total.refused,
        "newly_permitted": tally.total.permitted,
        "by_rule": _rows(tally.by_rule, {}),
        "by_collector": _rows(tally.by_collector, names),
        "by_creditor": _rows(tally.by_creditor, names),
        "examples": [
            {"change": change, "attempt": str(pk), "rules": list(rules)}
            for change, pk, rules in tally.examples
        ],
    }


def _rows(changes: Mapping[str, Change], names: Names) -> list[dict[str, Any]]:
    ordered = sorted(changes.items(), key=lambda row: (-row[1].refused - row[1].permitted, row[0]))
    return [
        {
            "id": key,
            "name": names.get(key, ""),
            "refused": change.refused,
            "permitted": change.permitted,
        }
        for key, change in ordered
    ]
