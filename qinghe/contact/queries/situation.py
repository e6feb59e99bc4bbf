"""Load what the gate looks at, in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection

from qinghe.claims.models import Claim
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.contact.decision import (
    KIND_OF,
    Earlier,
    Held,
    Point,
    Situation,
    objection,
    since,
)
from qinghe.contact.terms import AttemptState
from qinghe.market.models import Mandate
from qinghe.market.terms import MandateState
from qinghe.parties.terms import OrgKind, PointState
from qinghe.rules.contact.facts import Debt, Objection, Past, Worker

PLATFORM = "platform"
# A refused attempt reached nobody, and a stopped one is known not to have been sent.
SILENT = (AttemptState.REFUSED, AttemptState.CANCELLED)
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
        p.address_id, a.collector_id, a.creditor_group, a.claim_id
    ))
    FROM contact_attempt a LEFT JOIN parties_contactpoint p ON p.id = a.point_id
    WHERE a.person_id = %(person)s AND a.at >= %(since)s AND a.state <> ALL (%(silent)s)
        AND a.id IS DISTINCT FROM %(without)s
)::text
"""
# The same reads for many persons; only what is one person's own becomes a column.
SHARED = ("at", "since", "kinds", "invalid", "silent")
MANY = (
    FACTS.replace("SELECT (", "SELECT k.claim, (", 1)
    % {
        **{name: f"%({name})s" for name in SHARED},
        "person": "k.person",
        "claim": "k.claim",
        "without": "NULL",
    }
    + " FROM unnest(%(claims)s::uuid[], %(persons)s::uuid[]) AS k (claim, person)"
)


def situation_of(
    *, claim: Claim, mandate: Mandate | None, at: datetime, without: UUID | None = None
) -> Situation:
    """
    Return everything the gate judges by; `claim` comes with its debtor and creditor.

    `without` leaves one attempt out of the history: the one that is being judged again.
    """
    return _built(claim, mandate, at, _read(claim, at, without))


def situations_of(mandates: Iterable[Mandate], *, at: datetime) -> dict[UUID, Situation]:
    """
    Return the same for many cases, by claim, in one statement whatever their number.

    Each mandate comes with its collector and its claim, the claim with debtor and creditor.
    """
    held = {mandate.claim_id: mandate for mandate in mandates}
    facts = {
        **_shared(at),
        "claims": list(held),
        "persons": [mandate.claim.debtor_id for mandate in held.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(MANY, facts)
        rows = cursor.fetchall()
    return {pk: _built(held[pk].claim, held[pk], at, _parsed(found)) for pk, *found in rows}


def _built(claim: Claim, mandate: Mandate | None, at: datetime, found: list[Rows]) -> Situation:
    person = claim.debtor
    name = str(person.pk)
    points, holds, wishes, past = found
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
    )


def group_of(claim: Claim) -> str:
    """Return the creditor group whose companies share a contact budget."""
    return claim.creditor.group or str(claim.creditor_id)


def counted_outcome(*, channel: str, mode: str, state: str, outcome: str | None) -> str:
    """
    Return as what an attempt counts in the rules.

    What is not known counts as the most: a call as a talk, a message as delivered. A technical
    failure counts as an unanswered dial: a permission once given is spent.
    """
    if channel != "voice":
        return "delivered"
    if outcome == "failed" or state == AttemptState.FAILED:
        return "no_answer"
    return outcome or ("talk" if mode == "human" else "delivered")


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


def _read(claim: Claim, at: datetime, without: UUID | None) -> list[Rows]:
    facts = {**_shared(at), "person": claim.debtor_id, "claim": claim.pk, "without": without}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, facts)
        return _parsed(cursor.fetchone())


def _shared(at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "since": since(at),
        "kinds": sorted(set(KIND_OF.values())),
        "invalid": PointState.INVALID.value,
        "silent": [state.value for state in SILENT],
    }


def _parsed(columns: Iterable[str | None]) -> list[Rows]:
    return [json.loads(each or "[]") for each in columns]


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
    at, channel, mode, purpose, state, outcome, address, collector, group, claim = row
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
    return Earlier(past, purpose)
