"""The open amounts of a claim: accrue interest, mirror payments that settlement has booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.interest import accrue, bearing
from qinghe.claims.models import Claim, InterestStop, Line
from qinghe.claims.services.books import book, line
from qinghe.claims.services.locks import locked
from qinghe.claims.services.states import before_closing, reopen, settle
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import ANEW, OPEN_STATES, ClaimState, Component, LineKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError

CHANGED = (
    "principal", "interest", "costs", "paid", "proven", "state", "stage", "stage_changes_on",
    "closed_at",
)  # fmt: skip


STORED = (
    "pk", "principal", "interest", "costs", "paid", "proven", "state", "closed_at", "closed_from",
)  # fmt: skip
STORE = """
UPDATE claims_claim AS c
SET principal = v.principal, interest = v.interest, costs = v.costs, paid = v.paid,
    proven = v.proven, state = v.state, closed_at = v.closed_at, closed_from = v.closed_from
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::text[], %s::timestamptz[], %s::text[])
    AS v (id, principal, interest, costs, paid, proven, state, closed_at, closed_from)
WHERE c.id = v.id
"""


class TooMuchApplied(DomainError):
    code = "claims.too-much-applied"
    text = _("More would be applied to the {component} than is open there.")


@dataclass(frozen=True)
class Paid:
    """A payment's effect on one claim, in minor units per component, and where it came from."""

    claim_id: UUID
    amounts: Mapping[str, int]
    reference: str = ""
    # Whether the money went through the cashier, so that the platform saw it.
    proven: bool = False
    # The day on which it was paid, where it is told later.
    paid_on: date | None = None


@verb("claims.apply_payment")
def apply_payment(
    *,
    claim_id: UUID,
    amounts: Mapping[str, int],
    actor: Actor,
    at: datetime,
    reference: str = "",
) -> Claim:
    """
    Lower the open amounts by a payment the ledger already shows; at zero the claim is settled.

    :raises NoSuchClaim: unknown id
    :raises TooMuchApplied: a component would fall below zero
    """
    claim = locked(claim_id)
    apply_payments(payments=[Paid(claim_id, amounts, reference)], actor=actor, at=at)
    claim.refresh_from_db()
    return claim


@verb("claims.apply_payments")
def apply_payments(*, payments: Sequence[Paid], actor: Actor, at: datetime) -> set[UUID]:
    """
    Apply many payments with a fixed number of statements; return the claims settled by them.

    :raises TooMuchApplied: a component would fall below zero; nothing is applied
    """
    claims = _locked_many({paid.claim_id for paid in payments})
    lines: list[Line] = []
    for paid in payments:
        lines += _lower(claims[paid.claim_id], paid, at)
    closed = {pk for pk, claim in claims.items() if _settled(claim, at)}
    _store(list(claims.values()))
    Line.objects.bulk_create(lines)
    _note("claims.paid", claims, lines, actor, at)
    return closed


@verb("claims.undo_payment")
def undo_payment(
    *,
    claim_id: UUID,
    amounts: Mapping[str, int],
    actor: Actor,
    at: datetime,
    reference: str = "",
    proven: bool = False,
    paid_on: date | None = None,
    anew: bool = False,
) -> Claim:
    """
    Raise the open amounts again by a payment that was reversed, `proven` as it was applied.

    `anew` where it stands, and is applied again at once behind money that was paid before it.

    A settled claim goes back to where it stood: what no reviewer released is not ready now.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    facts = {**_facts(reference, paid_on, at), **({ANEW: True} if anew else {})}
    lines = [
        line(claim_id, part, LineKind.UNDONE, amount, at, facts)
        for part, amount in amounts.items()
        if amount
    ]
    for each in lines:
        setattr(claim, each.component, getattr(claim, each.component) + each.amount)
        claim.paid -= each.amount
        claim.proven -= each.amount if proven else 0
    if claim.state == ClaimState.CLOSED and lines:
        claim.state = before_closing(claim)
        reopen(claim, at)
    claim.save(update_fields=CHANGED)
    changed([claim_id])
    Line.objects.bulk_create(lines)
    _note("claims.payment-undone", {claim.pk: claim}, lines, actor, at)
    return claim


@verb("claims.accrue_interest")
def accrue_interest(*, claim_id: UUID, to: date, actor: Actor, at: datetime) -> Claim:
    """
    Book the interest for late payment up to a day (which does not count), if it is not booked yet.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    if claim.state not in OPEN_STATES or to <= claim.interest_to:
        return claim
    lines = _accrued(claim, to, at)
    if lines:
        book(claim, lines)
        record(
            kind="claims.accrued",
            subject=f"claim:{claim_id}",
            actor=actor,
            at=at,
            person_id=claim.debtor_id,
            amount=sum(each.amount for each in lines),
            to=to,
        )
    claim.interest_to = to
    claim.save(update_fields=["interest", "interest_to"])
    return claim


def _accrued(claim: Claim, to: date, at: datetime) -> list[Line]:
    """Return a line for each span that bears interest up to a day."""
    rate = claim.overdue_rate_pct
    stops = InterestStop.objects.filter(claim=claim, until__gt=claim.interest_to, since__lt=to)
    found = []
    for since, until in bearing(claim.interest_to, to, stops.values_list("since", "until")):
        amount, facts = accrue(claim.principal, rate, since, until)
        if amount:
            kind = LineKind.ACCRUED
            found.append(line(claim.pk, Component.INTEREST, kind, amount, at, facts))
    return found


def _locked_many(ids: set[UUID]) -> dict[UUID, Claim]:
    rows = Claim.objects.select_for_update(of=("self",), no_key=True)
    return {claim.pk: claim for claim in rows.filter(pk__in=ids).order_by("pk")}


def _store(claims: Sequence[Claim]) -> None:
    # One statement; `bulk_update` would build an expression per row and column.
    rows = [tuple(getattr(each, name) for name in STORED) for each in claims]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(STORE, [list(column) for column in zip(*rows, strict=True)])


def _lower(claim: Claim, paid: Paid, at: datetime) -> list[Line]:
    lines = []
    for part, amount in paid.amounts.items():
        if not amount:
            continue
        rest = getattr(claim, part) - amount
        if rest < 0 or amount < 0:
            raise TooMuchApplied(component=Component(part).label)
        setattr(claim, part, rest)
        claim.paid += amount
        claim.proven += amount if paid.proven else 0
        facts = _facts(paid.reference, paid.paid_on, at)
        lines.append(line(claim.pk, part, LineKind.PAID, -amount, at, facts))
    return lines


def _facts(reference: str, paid_on: date | None, at: datetime) -> dict[str, object]:
    """Return what a line tells of its payment: its day where it is another than that of booking."""
    late = paid_on is not None and paid_on != day_of(at)
    return {"payment": reference, **({"paid_on": f"{paid_on}"} if late else {})}


def _settled(claim: Claim, at: datetime) -> bool:
    if claim.owed or claim.state not in OPEN_STATES:
        return False
    settle(claim, at)
    return True


def _note(
    kind: str, claims: Mapping[UUID, Claim], lines: Sequence[Line], actor: Actor, at: datetime
) -> None:
    one = next(iter(claims.values())) if len(claims) == 1 else None
    record(
        kind=kind,
        subject=f"claim:{one.pk}" if one else "claims",
        actor=actor,
        at=at,
        person_id=one.debtor_id if one else None,
        claims=len(claims),
        amount=sum(abs(each.amount) for each in lines),
    )
