"""What is counted, each part a queryset over the rows a scope leaves; one statement for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value

from qinghe.casework.models import Hardship, Plan, Promise
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Hold
from qinghe.claims.terms import OPEN_STATES
from qinghe.contact.models import Attempt
from qinghe.kernel.again import together_again
from qinghe.kernel.together import Reading
from qinghe.market.models import Listing, Mandate
from qinghe.market.terms import LIVE
from qinghe.quality.models import Complaint
from qinghe.reporting.tally import ClaimSum, SplitSum, Tally
from qinghe.settlement.models import Split

VOID = ("rejected", "withdrawn")


@dataclass(frozen=True)
class Scope:
    """What an office may count, as the claims and the mandates that are its own."""

    whose: tuple[str, UUID | None]
    claims: Q = field(compare=False)
    mandates: Q = field(compare=False)
    splits: Q = field(compare=False)
    complaints: Q = field(compare=False)
    attempts: Q = field(compare=False)

    @classmethod
    def all(cls) -> Scope:
        return cls(("all", None), Q(), Q(), Q(), Q(), Q())

    @classmethod
    def creditor(cls, org_id: UUID) -> Scope:
        own = Q(claim__creditor_id=org_id)
        claims, splits = Q(creditor_id=org_id), Q(payment__creditor_id=org_id)
        return cls(("creditor", org_id), claims, claims, splits, own, own)

    @classmethod
    def collector(cls, org_id: UUID) -> Scope:
        own = Q(collector_id=org_id)
        worked = Mandate.objects.filter(own).values("claim")
        return cls(("collector", org_id), Q(pk__in=worked), own, own, own, own)


def tally(scope: Scope, at: datetime, *names: str) -> Tally:
    """Count the named parts of a scope, all at one instant, in one query."""

    def reads(when: datetime) -> dict[str, Reading]:
        return {name: PARTS[name](scope, when) for name in names}

    read = together_again((tally, scope, names), at, reads)
    single = {name: rows[0] for name, rows in read.items() if name in SINGLE and rows}
    return Tally(
        claims=tuple(ClaimSum(*row) for row in read.get("claims", ())),
        splits={row[0]: SplitSum(*row[1:]) for row in read.get("splits", ())},
        promises={row[0]: (row[1], row[2]) for row in read.get("promises", ())},
        complaints=dict(read.get("complaints", ())),
        attempts=dict(read.get("attempts", ())),
        worked=single.get("mandates", (0, 0))[0],
        live=single.get("mandates", (0, 0))[1],
        helped=single.get("helped", (0,))[0],
        orders=single.get("orders", (0,))[0],
        under_hold=single.get("under_hold", (0,))[0],
    )


def _claims(scope: Scope, _at: datetime) -> Reading:
    is_open = Q(state__in=OPEN_STATES)
    rows = Claim.objects.filter(scope.claims).exclude(state__in=VOID)
    return rows.values_list("currency", "stage").annotate(
        n=Count("pk"),
        claimed_sum=Sum("claimed"),
        paid_sum=Sum("paid"),
        open=Count("pk", filter=is_open),
        closed=Count("pk", filter=Q(state="closed")),
        owed_sum=Sum(F("principal") + F("interest") + F("costs"), filter=is_open, default=0),
    )


def _splits(scope: Scope, _at: datetime) -> Reading:
    own = Split.objects.filter(scope.splits, payment__state="posted")
    return own.values_list("payment__currency").annotate(
        borne=Sum("amount", filter=Q(mandate__isnull=False), default=0),
        commission_sum=Sum("commission", default=0),
        reserve_sum=Sum("reserve", default=0),
        fee=Sum("platform_fee", default=0),
    )


def _promises(scope: Scope, _at: datetime) -> Reading:
    about = Claim.objects.filter(scope.claims)
    rows = Promise.objects.filter(claim__in=about, state__in=("kept", "broken"))
    return rows.values_list("claim__currency").annotate(
        kept=Sum("amount", filter=Q(state="kept"), default=0), due=Sum("amount", default=0)
    )


def _complaints(scope: Scope, _at: datetime) -> Reading:
    return Complaint.objects.filter(scope.complaints).values_list("state").annotate(Count("pk"))


def _attempts(scope: Scope, _at: datetime) -> Reading:
    return Attempt.objects.filter(scope.attempts).values_list("state").annotate(Count("pk"))


def _mandates(scope: Scope, _at: datetime) -> Reading:
    return _whole(
        Mandate.objects.filter(scope.mandates),
        worked=Count("claim", distinct=True),
        live=Count("pk", filter=Q(state__in=LIVE)),
    )


def _helped(scope: Scope, at: datetime) -> Reading:
    plan = Plan.objects.filter(claim=OuterRef("claim"), state="active")
    pause = Hardship.objects.filter(
        claim=OuterRef("claim"), state="granted", pause_until__gte=day_of(at)
    )
    rows = Mandate.objects.filter(scope.mandates, state__in=LIVE)
    return _whole(rows.filter(Exists(plan) | Exists(pause)), n=Count("pk"))


def _orders(_scope: Scope, at: datetime) -> Reading:
    return _whole(Listing.objects.filter(state="open", expires_at__gt=at), n=Count("pk"))


def _under_hold(scope: Scope, _at: datetime) -> Reading:
    standing = Hold.objects.filter(
        Q(claim__isnull=True) | Q(claim=OuterRef("claim")),
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=OuterRef("sent_at")),
        Q(ends_at__isnull=True) | Q(ends_at__gt=OuterRef("sent_at")),
        person=OuterRef("person"),
        placed_at__lt=OuterRef("sent_at"),
    )
    sent = Attempt.objects.filter(scope.attempts, purpose="collect", sent_at__isnull=False)
    return _whole(sent.filter(Exists(standing)), n=Count("pk"))


def _whole(rows: QuerySet[Any], **sums: Any) -> Reading:
    """Return one row of aggregates over all rows, still as a queryset."""
    summed: Reading = rows.annotate(whole=Value(1)).values("whole").annotate(**sums)
    return summed.values_list(*sums)


PARTS: Final[dict[str, Callable[[Scope, datetime], Reading]]] = {
    "claims": _claims,
    "splits": _splits,
    "promises": _promises,
    "complaints": _complaints,
    "attempts": _attempts,
    "mandates": _mandates,
    "helped": _helped,
    "orders": _orders,
    "under_hold": _under_hold,
}
SINGLE: Final = frozenset({"mandates", "helped", "orders", "under_hold"})
