"""What was done under mandates, from the rows that the work itself leaves; many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from qinghe.casework.models import Hardship, Plan, Promise
from qinghe.casework.terms import PromiseState
from qinghe.claims.models import Hold
from qinghe.contact.models import Attempt
from qinghe.contact.terms import SILENT, AttemptState
from qinghe.market.models import Mandate
from qinghe.market.queries.signed import figures_of
from qinghe.market.serving import Due, Service, dues, returns_at

# What a person's day is used up by, whoever used it.
STANDS = (PromiseState.OPEN, PromiseState.KEPT)
BUDGETS = ["PLT-CAP-01", "CN-FRQ-01", "CN-FRQ-02", "CN-FRQ-03"]


def activity(mandates: Iterable[Mandate], at: datetime) -> dict[UUID, Service]:
    """
    Return what was done under each mandate; each comes with its claim. Six queries.

    Work is what leaves more than the collector's own word: a contact that the gate let through, a
    promise, which payments judge, and what the debtor did. A note without a contact, a planned call
    and a contact that the gate refused are none; but the first that only a used-up budget refused
    counts once, for another collector may have used it.
    """
    rows = list(mandates)
    ids = [mandate.pk for mandate in rows]
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for pk, first, last in chain(
        _spans(Attempt.objects.exclude(state__in=SILENT), "at", ids),
        # One taken back or not kept is a collector's word alone: it could be invented anew.
        _spans(Promise.objects.filter(state__in=STANDS), "made_at", ids),
        _once(ids),
        _of_debtors(Plan.objects.all(), "proposed_at", rows),
        _of_debtors(Hardship.objects.all(), "asked_at", rows),
    ):
        spans.setdefault(pk, []).append((first, last))
    holds = _holds(rows, at)
    return {
        each.pk: _service(each, spans.get(each.pk, ()), holds.get(each.pk, ())) for each in rows
    }


def _spans(
    rows: QuerySet[Attempt] | QuerySet[Promise],
    column: str,
    ids: list[UUID],
) -> Iterable[tuple[UUID, datetime, datetime]]:
    named = rows.filter(mandate__in=ids).values("mandate")
    found = named.annotate(first=Min(column), last=Max(column)).order_by()
    return found.values_list("mandate", "first", "last")


def _once(ids: list[UUID]) -> Iterable[tuple[UUID, datetime, datetime]]:
    """Return the first contact of each mandate that nothing but a used-up budget refused."""
    refused = Attempt.objects.filter(
        state=AttemptState.REFUSED, rules__contained_by=BUDGETS, mandate__in=ids
    )
    found = refused.values("mandate").annotate(first=Min("at")).order_by()
    return ((pk, first, first) for pk, first in found.values_list("mandate", "first"))


def _of_debtors(
    rows: QuerySet[Plan] | QuerySet[Hardship], column: str, mandates: list[Mandate]
) -> Iterable[tuple[UUID, datetime, datetime]]:
    """Return when the debtors of mandates did something while these ran."""
    claims = {mandate.claim_id: mandate for mandate in mandates}
    for claim_id, at in rows.filter(claim__in=list(claims)).values_list("claim", column):
        if at >= claims[claim_id].starts_at:
            yield claims[claim_id].pk, at, at


def _holds(rows: list[Mandate], at: datetime) -> dict[UUID, list[tuple[datetime, bool]]]:
    """Return per mandate the holds that touched it: when each ended (or now), whether it stands."""
    persons = {mandate.claim.debtor_id for mandate in rows}
    found: dict[UUID, list[tuple[datetime, bool]]] = {}
    placed = list(Hold.objects.filter(person__in=persons, placed_at__lte=at))
    by_person: dict[UUID, list[Hold]] = {}
    for hold in placed:
        by_person.setdefault(hold.person_id, []).append(hold)
    for mandate in rows:
        for hold in by_person.get(mandate.claim.debtor_id, ()):
            if hold.claim_id in (None, mandate.claim_id):
                ended = min(filter(None, [hold.lifted_at, hold.ends_at]), default=None)
                stands = ended is None or ended > at
                found.setdefault(mandate.pk, []).append((at if stands else ended or at, stands))
    return found


def _service(
    mandate: Mandate,
    own: Collection[tuple[datetime, datetime]],
    holds: Collection[tuple[datetime, bool]],
) -> Service:
    ended = [moment for moment, stands in holds if not stands and moment > mandate.starts_at]
    # While it was completed nobody could work it.
    if mandate.reinstated_at is not None:
        ended.append(mandate.reinstated_at)
    return Service(
        starts_at=mandate.starts_at,
        first_at=min((first for first, _last in own), default=None),
        last_at=max((last for _first, last in own), default=None),
        reported_at=mandate.reported_at,
        paused=any(stands for _moment, stands in holds),
        resumed_at=max(ended, default=None),
        warned_at=mandate.warned_at,
        warned_for=mandate.warned_for,
    )


@dataclass(frozen=True)
class ServiceView:
    """What service one mandate owes now, and what a warning threatens."""

    dues: tuple[Due, ...]
    last_at: datetime | None
    paused: bool
    warned_for: str
    returns_at: datetime | None


def service_view(mandate: Mandate, at: datetime) -> ServiceView | None:
    """Return the service of a mandate that comes with its claim; None: its terms ask for none."""
    if mandate.document_id is None:
        return None
    done = activity([mandate], at)[mandate.pk]
    returns = returns_at(mandate.warned_at, done.resumed_at) if mandate.warned_at else None
    return ServiceView(
        dues=tuple(dues(figures_of(mandate.document_id).levels, done)),
        last_at=done.last_at,
        paused=done.paused,
        warned_for=mandate.warned_for,
        returns_at=returns,
    )
