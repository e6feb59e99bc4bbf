"""Load what the gate looks at, in one statement."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection

from qinghe.claims.models import Claim
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.contact.decision import objection, since
from qinghe.contact.facts import KIND_OF, Earlier, Held, Point, Situation, counted_outcome
from qinghe.contact.queries.house import ended_holds, house_in_force
from qinghe.contact.terms import SILENT
from qinghe.market.models import Mandate
from qinghe.market.terms import MandateState
from qinghe.parties.terms import OrgKind, PointState
from qinghe.rules.contact.facts import Debt, Objection, Past, Worker
from qinghe.rules.house import House

PLATFORM = "platform"
Row = list[Any]
Rows = list[Row]
# The gate is the hottest path there is: four small reads, all by the person's index, in one trip.
FACTS = """
SELECT (
    SELECT json_agg(json_build_array(id, address_id, kind, zone, source, is_work)
                    -- verified before unverified, private before work, oldest first
                    ORDER BY state DESC, is_work, created_at, id)
    FROM parties_contactpoint
    WHERE person_id = %(person)s AND state <> %(invalid)s AND kind = ANY (%(kinds)s)
)::text, (
    SELECT json_agg(json_build_array(kind, placed_at, ends_at) ORDER BY placed_at, id)
    FROM claims_hold
    WHERE person_id = %(person)s AND lifted_at IS NULL
        AND (claim_id IS NULL OR claim_id = %(claim)s)
        AND (ends_at IS NULL OR ends_at > %(at)s)
)::text, (
    SELECT json_agg(json_build_array(kind, at, channels, window_start, window_end))
    FROM contact_wish WHERE person_id = %(person)s AND withdrawn_at IS NULL
)::text, (
    SELECT json_agg(json_build_array(
        coalesce(a.sent_at, a.at), a.channel, a.mode, a.purpose, a.state, a.outcome,
        p.address_id, a.collector_id, a.creditor_group, a.claim_id, a.override_id IS NOT NULL
    ))
    FROM contact_attempt a LEFT JOIN parties_contactpoint p ON p.id = a.point_id
    WHERE a.person_id = %(person)s AND a.at >= %(since)s AND a.state <> ALL (%(silent)s)
        AND a.id IS DISTINCT FROM %(without)s
)::text, (
    SELECT json_build_array(number, content) FROM contact_housepack
    WHERE state = 'approved' AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)
)::text
"""


def situation_of(
    *, claim: Claim, mandate: Mandate | None, at: datetime, without: UUID | None = None
) -> Situation:
    """
    Return everything the gate judges by; `claim` comes with its debtor and creditor.

    `without` leaves one attempt out of the history: the one that is being judged again.
    """
    person = claim.debtor
    name = str(person.pk)
    points, holds, wishes, past, house = _read(claim, at, without)
    return Situation(
        person=name,
        zones=tuple(person.zones),
        deceased=person.deceased_on is not None,
        debt=_debt(claim),
        worker=_worker(claim, mandate, at),
        points=tuple(map(_point, points)),
        holds=tuple(map(_held, holds)),
        objections=tuple(_objection(name, row) for row in wishes),
        earlier=tuple(_earlier(name, at, row) for row in past),
        house=house,
        ended=ended_holds(person.pk, claim.pk, at) if house.rests else {},
    )


def group_of(claim: Claim) -> str:
    """Return the creditor group whose companies share a contact budget."""
    return claim.creditor.group or str(claim.creditor_id)


def _debt(claim: Claim) -> Debt:
    lender = claim.creditor.lender_kind
    return Debt(
        id=str(claim.pk),
        creditor=str(claim.creditor_id),
        kind=claim.product,
        creditor_group=group_of(claim),
        licensed_lender=lender not in ("", "natural_person", "private_company"),
    )


def _worker(claim: Claim, mandate: Mandate | None, at: datetime) -> Worker:
    if mandate is None:
        return Worker(PLATFORM, "platform", None if claim.state in OPEN_STATES else at)
    works = mandate.state == MandateState.ACTIVE and claim.state == ClaimState.PLACED
    kind = "platform" if mandate.collector.kind == OrgKind.OWN_TEAM else "agency"
    return Worker(str(mandate.collector_id), kind, mandate.ends_at if works else at)


def _read(claim: Claim, at: datetime, without: UUID | None) -> tuple[Rows, Rows, Rows, Rows, House]:
    facts: dict[str, Any] = {
        "person": claim.debtor_id,
        "claim": claim.pk,
        "at": at,
        "since": since(at),
        "kinds": sorted(set(KIND_OF.values())),
        "invalid": PointState.INVALID.value,
        "silent": [state.value for state in SILENT],
        "without": without,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, facts)
        *rows, house = cursor.fetchone()
    points, holds, wishes, past = (json.loads(each or "[]") for each in rows)
    return points, holds, wishes, past, house_in_force(house)


def _point(row: Row) -> Point:
    pk, token, kind, zone, source, is_work = row
    return Point(UUID(pk), token, kind, zone, source, is_work)


def _held(row: Row) -> Held:
    kind, placed_at, ends_at = row
    return Held(kind, _moment(placed_at), _moment(ends_at) if ends_at else None)


def _objection(person: str, row: Row) -> Objection:
    kind, at, channels, start, end = row
    hours = tuple(time.fromisoformat(each) if each else None for each in (start, end))
    return objection(kind, person, _moment(at), channels, (hours[0], hours[1]))


def _moment(text: str) -> datetime:
    """Read a moment as PostgreSQL writes it into JSON; equal offsets compare fastest in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _earlier(person: str, now: datetime, row: Row) -> Earlier:
    at, channel, mode, purpose, state, outcome, address, collector, group, claim, counted = row
    past = Past(
        # Whoever got the lock first counts first, even if its clock ran a moment ahead of ours.
        at=min(_moment(at), now),
        channel=channel,
        direction="outbound",
        outcome=counted_outcome(channel=channel, mode=mode, state=state, outcome=outcome),
        person=person,
        collector=collector or PLATFORM,
        creditor=group,
        debts=(claim,),
        mode=mode,
        address=address,
        role="debtor",
        creditor_group=group,
    )
    return Earlier(past, purpose, counted)
