"""The sums under the figures: each one query, over the rows a scope leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from qinghe.casework.models import Hardship, Plan, Promise
from qinghe.claims.models import Claim, Hold
from qinghe.claims.terms import OPEN_STATES, Stage
from qinghe.contact.models import Attempt
from qinghe.market.models import Listing, Mandate
from qinghe.market.terms import LIVE
from qinghe.quality.models import Complaint
from qinghe.reporting.figures import Figure, StageRow, count, money, share
from qinghe.settlement.models import Split

VOID = ("rejected", "withdrawn")
LAST_RESORT = "CNY"


@dataclass(frozen=True)
class Scope:
    """What an office may count, as the claims and the mandates that are its own."""

    claims: Q
    mandates: Q
    splits: Q
    complaints: Q
    attempts: Q

    @classmethod
    def all(cls) -> Scope:
        return cls(Q(), Q(), Q(), Q(), Q())

    @classmethod
    def creditor(cls, org_id: UUID) -> Scope:
        own = Q(claim__creditor_id=org_id)
        return cls(
            Q(creditor_id=org_id), Q(creditor_id=org_id), Q(payment__creditor_id=org_id), own, own
        )

    @classmethod
    def collector(cls, org_id: UUID) -> Scope:
        own = Q(collector_id=org_id)
        worked = Mandate.objects.filter(own).values("claim")
        return cls(Q(pk__in=worked), own, own, own, own)


def stages(scope: Scope) -> tuple[StageRow, ...]:
    """Return open claims by stage and currency, in the order of the stages."""
    rows = (
        Claim.objects.filter(scope.claims, state__in=OPEN_STATES)
        .values_list("stage", "currency")
        .annotate(n=Count("pk"), total=Sum(F("principal") + F("interest") + F("costs")))
    )
    order = list(Stage.values)
    return tuple(
        StageRow(*row) for row in sorted(rows, key=lambda row: (order.index(row[0]), row[1]))
    )


def claims(scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return the currency with the most claims, and its sums."""
    rows = list(
        Claim.objects.filter(scope.claims)
        .exclude(state__in=VOID)
        .values("currency")
        .annotate(
            n=Count("pk"),
            claimed_sum=Sum("claimed"),
            paid_sum=Sum("paid"),
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            closed=Count("pk", filter=Q(state="closed")),
        )
        .order_by("-n", "currency")
    )
    nothing = {"n": 0, "claimed_sum": 0, "paid_sum": 0, "open": 0, "closed": 0}
    return (rows[0]["currency"], dict(rows[0])) if rows else (LAST_RESORT, nothing)


def splits(scope: Scope, currency: str) -> dict[str, int]:
    """Return sums of commissions over payments that stand."""
    own = Split.objects.filter(scope.splits, payment__state="posted", payment__currency=currency)
    return own.aggregate(
        borne=Sum("amount", filter=Q(mandate__isnull=False), default=0),
        commission=Sum("commission", default=0),
        reserve=Sum("reserve", default=0),
        fee=Sum("platform_fee", default=0),
    )


def promises(scope: Scope, currency: str) -> Figure:
    """Return the share of promised money that came."""
    about = Claim.objects.filter(scope.claims, currency=currency)
    sums = Promise.objects.filter(claim__in=about, state__in=("kept", "broken")).aggregate(
        kept=Sum("amount", filter=Q(state="kept"), default=0), due=Sum("amount", default=0)
    )
    return share("K-11", sums["kept"], sums["due"], currency)


def complaints(scope: Scope) -> tuple[Figure, Figure]:
    """Return justified complaints per claim ever worked, and those that wait."""
    sums = Complaint.objects.filter(scope.complaints).aggregate(
        upheld=Count("pk", filter=Q(state="upheld")), waiting=Count("pk", filter=Q(state="open"))
    )
    worked = Mandate.objects.filter(scope.mandates).aggregate(n=Count("claim", distinct=True))
    return share("K-17", sums["upheld"], worked["n"]), count("K-19", sums["waiting"])


def attempts(scope: Scope, settled: int) -> tuple[Figure, Figure]:
    """Return the share of refused requests, and contacts per settled claim."""
    sums = Attempt.objects.filter(scope.attempts).aggregate(
        asked=Count("pk"), refused=Count("pk", filter=Q(state="refused"))
    )
    made = sums["asked"] - sums["refused"]
    return share("K-18", sums["refused"], sums["asked"]), share("K-12", made, settled)


def in_work(scope: Scope) -> Figure:
    """Return how many mandates live."""
    return count("K-07", Mandate.objects.filter(scope.mandates, state__in=LIVE).count())


def open_orders(at: datetime) -> Figure:
    """Return how many orders stand open in the hall."""
    return count("K-08", Listing.objects.filter(state="open", expires_at__gt=at).count())


def helped(scope: Scope, at: datetime) -> Figure:
    """Return the share of claims in work whose debtor has a plan or a pause."""
    plan = Plan.objects.filter(claim=OuterRef("pk"), state="active")
    pause = Hardship.objects.filter(
        claim=OuterRef("pk"), state="granted", pause_until__gte=at.date()
    )
    live = Mandate.objects.filter(claim=OuterRef("pk"), state__in=LIVE)
    working: QuerySet[Claim] = Claim.objects.filter(scope.claims).filter(Exists(live))
    sums = working.aggregate(
        n=Count("pk"), helped=Count("pk", filter=Q(Exists(plan)) | Q(Exists(pause)))
    )
    return share("K-26", sums["helped"], sums["n"])


def under_hold(scope: Scope) -> Figure:
    """Return messages about a claim sent while a hold stood; must be zero."""
    standing = Hold.objects.filter(
        Q(claim__isnull=True) | Q(claim=OuterRef("claim")),
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=OuterRef("sent_at")),
        Q(ends_at__isnull=True) | Q(ends_at__gt=OuterRef("sent_at")),
        person=OuterRef("person"),
        placed_at__lt=OuterRef("sent_at"),
    )
    sent = Attempt.objects.filter(scope.attempts, purpose="collect", sent_at__isnull=False)
    return count("K-24", sent.filter(Exists(standing)).count())


def recovery(sums: Mapping[str, Any], currency: str) -> tuple[Figure, Figure, Figure]:
    """Return what was claimed, what came, and the rate between them."""
    return (
        money("K-01", sums["claimed_sum"], currency),
        money("K-02", sums["paid_sum"], currency),
        share("K-04", sums["paid_sum"], sums["claimed_sum"], currency),
    )
