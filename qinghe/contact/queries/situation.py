"""
Load what the gate looks at, in one statement.

Doors and jobs that hold a claim and its mandate ask `situation_of`; the hot path, which holds
nothing yet, asks `standing_of` and gets claim and mandate in the same trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID

from msgspec.json import decode

from qinghe.claims.models import Claim
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.contact.decision import objection, since
from qinghe.contact.facts import KIND_OF, Earlier, Held, Point, Situation, counted_outcome
from qinghe.contact.queries.house import ended_holds, house_in_force
from qinghe.contact.queries.worker import RIGHTS, Rights, asked_of
from qinghe.contact.terms import SILENT, AttemptState
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE, MandateState
from qinghe.parties.terms import OrgKind, PointState
from qinghe.rules.contact.facts import Debt, Objection, Past, Worker

PLATFORM: Final = "platform"
Row = list[Any]


def _among(words: Iterable[str]) -> str:
    """Write constants of this house as an array, so that no call sends them."""
    return f"'{{{','.join(words)}}}'"


# The gate is the hottest path there is: four small reads, all by the person's index, in one trip.
FACTS: Final = f"""(
    SELECT json_agg(json_build_array(id, address_id, kind, zone, source, is_work)
                    -- verified before unverified, private before work, oldest first
                    ORDER BY state DESC, is_work, created_at, id)
    FROM parties_contactpoint
    WHERE person_id = %(person)s AND state <> '{PointState.INVALID.value}'
        AND kind = ANY ({_among(sorted(set(KIND_OF.values())))})
)::text, (
    SELECT json_agg(json_build_array(kind, placed_at, ends_at) ORDER BY placed_at, id)
    FROM claims_hold
    WHERE person_id = %(person)s AND lifted_at IS NULL
        AND (claim_id IS NULL OR claim_id = %(claim)s)
        AND (ends_at IS NULL OR ends_at > %(at)s)
)::text, (
    SELECT json_agg(json_build_array(kind, at, channels, window_start, window_end) ORDER BY at, id)
    FROM contact_wish WHERE person_id = %(person)s AND withdrawn_at IS NULL
)::text, (
    SELECT json_agg(json_build_array(
        coalesce(a.sent_at, a.at), a.channel, a.mode, a.purpose, a.state, a.outcome,
        p.address_id, a.collector_id, a.creditor_group, a.claim_id, a.override_id IS NOT NULL
    ) ORDER BY a.at, a.id)
    FROM contact_attempt a LEFT JOIN parties_contactpoint p ON p.id = a.point_id
    WHERE a.person_id = %(person)s AND a.at >= %(since)s AND a.state <> ALL ({_among(SILENT)})
        AND (%(without)s::uuid IS NULL OR a.id < %(without)s::uuid
            OR a.id > %(without)s::uuid AND a.state <> '{AttemptState.PERMITTED.value}')
)::text, (
    SELECT json_build_array(number, content) FROM contact_housepack
    WHERE state = 'approved' AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)
)::text"""  # noqa: S608  constants of this module
# The same reads for many persons; only what is one person's own becomes a column.
SHARED: Final = ("at", "since")
OWN: Final = {"person": "k.person", "claim": "k.claim", "without": "NULL"}
MANY: Final = f"""
SELECT k.claim, {FACTS % {**{name: f"%({name})s" for name in SHARED}, **OWN}}
FROM unnest(%(claims)s::uuid[], %(persons)s::uuid[]) AS k (claim, person)
"""  # noqa: S608  constants of this module
# Where a collector has a team, only a lead and whoever handles the debtor hold its mandate.
IN_HANDS: Final = """(
    NOT EXISTS (SELECT 1 FROM market_teammember t
        WHERE t.organisation_id = m.collector_id AND t.left_at IS NULL)
    OR EXISTS (SELECT 1 FROM market_teammember t
        WHERE t.organisation_id = m.collector_id AND t.left_at IS NULL
        AND t.user_id = %(user)s::uuid
        AND (t.lead OR EXISTS (SELECT 1 FROM market_teamassignment g
            WHERE g.organisation_id = m.collector_id AND g.person_id = c.debtor_id
            AND g.ended_at IS NULL AND g.member_id = t.id)))
)"""
# The claim with its debtor and creditor, and the live mandate of one collector on it.
STANDING: Final = f"""
SELECT d.zones::text, d.deceased_on IS NOT NULL, c.state, c.product, c.creditor_id, o."group",
    o.lender_kind, m.id, m.collector_id, m.state, m.ends_at, w.kind, {RIGHTS}, {FACTS}
FROM claims_claim c
JOIN parties_person d ON d.id = c.debtor_id
JOIN parties_organisation o ON o.id = c.creditor_id
LEFT JOIN market_mandate m ON m.claim_id = c.id AND m.collector_id = %(collector)s::uuid
    AND m.state = ANY ({_among(LIVE)}) AND m.starts_at <= %(at)s AND m.ends_at > %(at)s
    AND c.state = '{ClaimState.PLACED.value}' AND {IN_HANDS}
LEFT JOIN parties_organisation w ON w.id = m.collector_id
LEFT JOIN market_listing l ON l.id = m.listing_id
WHERE c.id = %(claim)s
"""  # noqa: S608  constants of this module


@dataclass(frozen=True)
class Standing:
    """
    One claim at the gate: who works it, and the situation. No mandate: the platform itself.

    `rights` are those of who asks, for the mandate; without a mandate there are none to look at.
    """

    claim_id: UUID
    person_id: UUID
    mandate_id: UUID | None
    collector_id: UUID | None
    rights: Rights | None
    situation: Situation


def standing_of(
    *,
    claim_id: UUID,
    person_id: UUID,
    collector_id: UUID | None,
    actor: Actor,
    at: datetime,
) -> Standing:
    """Return a claim of a locked person as the gate sees it, with one collector's live mandate."""
    own = {"collector": collector_id, **asked_of(actor, at)}
    asked = {**_asked(person_id, claim_id, at, None), **own}
    (row,) = prepared.execute(STANDING, asked)
    zones, deceased, state, product, creditor, group, lender = row[:7]
    mandate_id, mandated, mandate_state, ends_at, kind = row[7:12]
    worker = _platform(state, at)
    if mandate_id is not None:
        works = mandate_state == MandateState.ACTIVE
        worker = _collector(mandated, kind, ends_at if works else at)
    debt = _debt(claim_id, creditor, product, group, lender)
    return Standing(
        claim_id=claim_id,
        person_id=person_id,
        mandate_id=mandate_id,
        collector_id=mandated,
        rights=row[12:18] if mandate_id is not None else None,
        situation=_situation(person_id, decode(zones), deceased, debt, worker, at, row[18:]),
    )


def situation_of(
    *, claim: Claim, mandate: Mandate | None, at: datetime, without: UUID | None = None
) -> Situation:
    """
    Return everything the gate judges by; `claim` comes with its debtor and creditor.

    `without` leaves one attempt out of the history: the one that is being judged again. What was
    permitted after it and still waits is left out too: that was judged with this one counted.
    """
    asked = _asked(claim.debtor_id, claim.pk, at, without)
    (facts,) = prepared.execute(f"SELECT {FACTS}", asked)
    return _built(claim, mandate, at, facts)


def situations_of(mandates: Iterable[Mandate], *, at: datetime) -> dict[UUID, Situation]:
    """
    Return the same for many cases, by claim, in one statement whatever their number.

    Each mandate comes with its collector and its claim, the claim with debtor and creditor.
    """
    held = {mandate.claim_id: mandate for mandate in mandates}
    persons = [mandate.claim.debtor_id for mandate in held.values()]
    rows = prepared.execute(MANY, {**_shared(at), "claims": list(held), "persons": persons})
    return {pk: _built(held[pk].claim, held[pk], at, facts) for pk, *facts in rows}


def _built(
    claim: Claim, mandate: Mandate | None, at: datetime, facts: Sequence[str | None]
) -> Situation:
    person, creditor = claim.debtor, claim.creditor
    worker = _platform(claim.state, at)
    if mandate is not None:
        works = mandate.state == MandateState.ACTIVE and claim.state == ClaimState.PLACED
        ends_at = mandate.ends_at if works else at
        worker = _collector(mandate.collector_id, mandate.collector.kind, ends_at)
    debt = _debt(claim.pk, creditor.pk, claim.product, creditor.group, creditor.lender_kind)
    deceased = person.deceased_on is not None
    return _situation(person.pk, person.zones, deceased, debt, worker, at, facts)


def _debt(claim_id: UUID, creditor_id: UUID, product: str, group: str, lender: str) -> Debt:
    """Return the debt; creditors of one group share a contact budget."""
    return Debt(
        id=str(claim_id),
        creditor=str(creditor_id),
        kind=product,
        creditor_group=group or str(creditor_id),
        licensed_lender=lender not in ("", "natural_person", "private_company"),
    )


def _platform(state: str, at: datetime) -> Worker:
    return Worker(PLATFORM, "platform", None if state in OPEN_STATES else at)


def _collector(org_id: UUID, kind: str, ends_at: datetime) -> Worker:
    return Worker(str(org_id), "platform" if kind == OrgKind.OWN_TEAM else "agency", ends_at)


def _asked(
    person_id: UUID, claim_id: UUID, at: datetime, without: UUID | None
) -> dict[str, object]:
    return {**_shared(at), "person": person_id, "claim": claim_id, "without": without}


def _shared(at: datetime) -> dict[str, object]:
    return {"at": at, "since": since(at)}


def _situation(
    person_id: UUID,
    zones: Sequence[str],
    deceased: bool,
    debt: Debt,
    worker: Worker,
    at: datetime,
    facts: Sequence[str | None],
) -> Situation:
    name = str(person_id)
    points, holds, wishes, past = (decode(each) if each else [] for each in facts[:-1])
    house = house_in_force(facts[-1])
    return Situation(
        person=name,
        zones=tuple(zones),
        deceased=deceased,
        debt=debt,
        worker=worker,
        points=tuple(map(_point, points)),
        holds=tuple(map(_held, holds)),
        objections=tuple(_objection(name, row) for row in wishes),
        earlier=tuple(_earlier(name, at, row) for row in past),
        house=house,
        ended=ended_holds(person_id, UUID(debt.id), at) if house.rests else {},
    )


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
