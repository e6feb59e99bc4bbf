"""Load what the gate looks at: five small queries, all by the person's index."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from qinghe.claims.models import Claim, Hold
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
from qinghe.contact.models import Attempt, Wish
from qinghe.contact.terms import AttemptState
from qinghe.market.models import Mandate
from qinghe.market.terms import MandateState
from qinghe.parties.models import ContactPoint
from qinghe.parties.terms import OrgKind, PointState
from qinghe.rules.contact.facts import Debt, Objection, Past, Worker

PLATFORM = "platform"
# A refused attempt reached nobody, and a stopped one is known not to have been sent.
SILENT = (AttemptState.REFUSED, AttemptState.CANCELLED)
PAST_FIELDS = (
    "at",
    "sent_at",
    "channel",
    "mode",
    "purpose",
    "state",
    "outcome",
    "point__address_id",
    "collector_id",
    "creditor_group",
    "claim_id",
)


def situation_of(
    *, claim: Claim, mandate: Mandate | None, at: datetime, without: UUID | None = None
) -> Situation:
    """
    Return everything the gate judges by; `claim` comes with its debtor and creditor.

    `without` leaves one attempt out of the history: the one that is being judged again.
    """
    person = claim.debtor
    return Situation(
        person=str(person.pk),
        zones=tuple(person.zones),
        deceased=person.deceased_on is not None,
        debt=_debt(claim),
        worker=_worker(claim, mandate, at),
        points=_points(person.pk),
        holds=_holds(claim, at),
        objections=_objections(person.pk),
        earlier=_earlier(person.pk, at, without),
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


def _points(person_id: UUID) -> tuple[Point, ...]:
    """Return usable addresses: verified before unverified, private before work, oldest first."""
    rows = (
        ContactPoint.objects.filter(person=person_id, kind__in=set(KIND_OF.values()))
        .exclude(state=PointState.INVALID)
        .order_by("-state", "is_work", "created_at", "id")
        .values_list("id", "address_id", "kind", "zone", "source", "is_work")
    )
    return tuple(
        Point(pk, str(token), kind, zone, source, is_work)
        for pk, token, kind, zone, source, is_work in rows
    )


def _holds(claim: Claim, at: datetime) -> tuple[Held, ...]:
    rows = (
        Hold.objects.filter(person=claim.debtor_id, lifted_at__isnull=True)
        .filter(Q(claim__isnull=True) | Q(claim=claim.pk))
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .order_by("placed_at", "id")
        .values_list("kind", "placed_at", "ends_at")
    )
    return tuple(Held(kind, placed_at, ends_at) for kind, placed_at, ends_at in rows)


def _objections(person_id: UUID) -> tuple[Objection, ...]:
    rows = Wish.objects.filter(person=person_id, withdrawn_at__isnull=True).values_list(
        "kind", "at", "channels", "window_start", "window_end"
    )
    return tuple(
        objection(kind, str(person_id), at, channels, (start, end))
        for kind, at, channels, start, end in rows
    )


def _earlier(person_id: UUID, at: datetime, without: UUID | None) -> tuple[Earlier, ...]:
    rows = Attempt.objects.filter(person=person_id, at__gte=since(at)).exclude(state__in=SILENT)
    if without is not None:
        rows = rows.exclude(pk=without)
    return tuple(_past(str(person_id), at, *row) for row in rows.values_list(*PAST_FIELDS))


def _past(
    person: str,
    now: datetime,
    at: datetime,
    sent_at: datetime | None,
    channel: str,
    mode: str,
    purpose: str,
    state: str,
    outcome: str | None,
    address: UUID | None,
    collector: UUID | None,
    group: str,
    claim: UUID,
) -> Earlier:
    past = Past(
        # Whoever got the lock first counts first, even if its clock ran a moment ahead of ours.
        at=min(sent_at or at, now),
        channel=channel,
        direction="outbound",
        outcome=counted_outcome(channel=channel, mode=mode, state=state, outcome=outcome),
        person=person,
        collector=str(collector) if collector else PLATFORM,
        creditor=group,
        debts=(str(claim),),
        mode=mode,
        address=str(address) if address else None,
        role="debtor",
        creditor_group=group,
    )
    return Earlier(past, purpose)
