"""Many claims, filtered and in pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from qinghe.claims.models import Claim, Hold
from qinghe.claims.queries.access import visible
from qinghe.claims.queries.papers import incomplete, lacking
from qinghe.claims.terms import OPEN_STATES, Stage
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import reachable

PAGE_SIZE = 50
# Beyond this the table says "more than": counting a million rows would cost more than it tells.
COUNT_CAP = 10_000


@dataclass(frozen=True)
class ClaimFilters:
    """
    What to show; empty means everything. `text` matches a claim or contract number, `lacking`
    means claims that wait for papers, `to_complete` those and what the review desk has asked about.
    """

    state: str = ""
    stage: str = ""
    product: str = ""
    region: str = ""
    creditor_id: UUID | None = None
    batch_id: UUID | None = None
    held: bool | None = None
    text: str = ""
    lacking: bool = False
    to_complete: bool = False


@dataclass(frozen=True)
class ClaimRow:
    id: UUID
    number: str
    contract_number: str
    creditor_id: UUID
    creditor_name: str
    debtor_id: UUID
    debtor_label: str
    product: str
    stage: str
    state: str
    region: str
    currency: str
    owed: int
    claimed: int
    paid: int
    due_on: date
    held: bool
    reachable: bool


@dataclass(frozen=True)
class ClaimsPage:
    """One page. `total` stops at a cap, `capped` says so; `more` says that a page follows."""

    rows: tuple[ClaimRow, ...]
    total: int
    capped: bool
    page: int
    pages: int
    more: bool


_FIELDS = (
    "id", "number", "contract_number", "creditor_id", "creditor__name", "debtor_id",
    "debtor__masked_name", "product", "stage", "state", "region", "currency", "open_amount",
    "claimed", "paid", "due_on", "held",
)  # fmt: skip


def claims_table(*, actor: Actor, filters: ClaimFilters | None = None, page: int = 1) -> ClaimsPage:
    """Return one page of the claims an actor may see, the newest first. Three queries."""
    rows = _filtered(actor, filters or ClaimFilters())
    counted = rows[: COUNT_CAP + 1].count()
    pages = max(-(-min(counted, COUNT_CAP) // PAGE_SIZE), 1)
    # Whoever follows the pages of a large market one by one may go on beyond what was counted.
    page = max(page, 1) if counted > COUNT_CAP else min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    found: list[tuple[Any, ...]] = list(
        rows.annotate(open_amount=F("principal") + F("interest") + F("costs"))
        .order_by("-created_at", "-id")
        .values_list(*_FIELDS)[start : start + PAGE_SIZE + 1]
    )
    shown = found[:PAGE_SIZE]
    known = reachable(row[5] for row in shown)
    return ClaimsPage(
        rows=tuple(ClaimRow(*(*row, row[5] in known)) for row in shown),
        total=min(counted, COUNT_CAP),
        capped=counted > COUNT_CAP,
        page=page,
        pages=pages,
        more=len(found) > PAGE_SIZE,
    )


def stage_totals(*, actor: Actor) -> list[tuple[str, str, int, int]]:
    """Return (stage, currency, open claims, open minor units) of what an actor may see."""
    rows = (
        Claim.objects.filter(visible(actor), state__in=OPEN_STATES)
        .values_list("stage", "currency")
        .annotate(n=Count("pk"), total=Sum(F("principal") + F("interest") + F("costs")))
        .order_by("stage", "currency")
    )
    order = {stage: place for place, stage in enumerate(Stage.values)}
    return sorted(
        ((stage, currency, n, int(total)) for stage, currency, n, total in rows),
        key=lambda row: (order[row[0]], row[1]),
    )


def _filtered(actor: Actor, filters: ClaimFilters) -> QuerySet[Claim]:
    rows = Claim.objects.filter(visible(actor)).annotate(held=Exists(_holds()))
    exact = {
        "state": filters.state,
        "stage": filters.stage,
        "product": filters.product,
        "region": filters.region,
        "creditor_id": filters.creditor_id,
        "batch_id": filters.batch_id,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.held is not None:
        rows = rows.filter(held=filters.held)
    if filters.lacking:
        rows = rows.filter(lacking())
    if filters.to_complete:
        rows = rows.filter(incomplete())
    text = filters.text.strip()
    if text:
        rows = rows.filter(Q(number=text.upper()) | Q(contract_number=text))
    return rows


def _holds() -> QuerySet[Hold]:
    live = Hold.objects.filter(person=OuterRef("debtor"), lifted_at__isnull=True)
    return live.filter(Q(claim=OuterRef("pk")) | Q(claim__isnull=True))
