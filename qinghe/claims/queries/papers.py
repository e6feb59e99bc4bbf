"""How complete the papers of claims are, which lack some, and what waits for the scanner."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qinghe.claims.completeness import BUYERS, NEEDS, Case, Completeness, Need, completeness
from qinghe.claims.findings import EMPTY
from qinghe.claims.models import Claim, Evidence, Line
from qinghe.claims.queries.access import visible
from qinghe.claims.terms import USABLE_SCANS, ClaimState, EvidenceKind, LineKind, ReviewQueue, Scan
from qinghe.kernel.actor import Actor
from qinghe.parties.queries.opened import opened_files
from qinghe.parties.terms import OrgKind

# Enough for one run; the next takes the rest.
RESCAN = 200
# What proves something: no newer version of it, the scanner lets it pass, and it shows something.
PROVES = Q(
    scan__in=USABLE_SCANS, superseded_at__isnull=True, **{f"findings__{EMPTY}__isnull": True}
)
# Nobody adds papers to more in a day; looking on would cost more than it tells.
LOOKED_AT = 2000
_PRIVATE = Q(creditor__kind=OrgKind.PRIVATE_CREDITOR) | Q(creditor__lender_kind="natural_person")
_BOUGHT = Q(creditor__lender_kind__in=sorted(BUYERS))


@dataclass(frozen=True)
class Lacking:
    """
    How many claims wait for papers, of those looked at; `more` says that there are others.

    `incomplete` are these and those about which the review desk has asked something.
    """

    count: int
    more: bool
    incomplete: int = 0


def papers_of(claim_ids: Collection[UUID]) -> dict[UUID, Completeness]:
    """Return how complete the papers of claims are, by claim. Two queries, however many."""
    papers: dict[UUID, list[str]] = {}
    usable = Evidence.objects.filter(PROVES, claim__in=claim_ids)
    for claim_id, kind in usable.values_list("claim_id", "kind"):
        papers.setdefault(claim_id, []).append(kind)
    rows = Claim.objects.filter(pk__in=claim_ids).values_list(
        "pk", "product", "creditor__kind", "creditor__lender_kind", "assignments"
    )
    return {
        pk: completeness(Case(product, kind, lender, links), papers.get(pk, ()))
        for pk, product, kind, lender, links in rows
    }


def lacking() -> Q:
    """Return which claims wait for a needed paper; the same table as `completeness`, in SQL."""
    return Q(state=ClaimState.SUBMITTED) & reduce(or_, [_lacks(n) for n in NEEDS if n.needed])


def lacking_of(claim_ids: Collection[UUID]) -> set[UUID]:
    """Return which of some claims wait for a needed paper. One query."""
    short = Claim.objects.filter(lacking(), pk__in=claim_ids)
    return set(short.values_list("pk", flat=True)) if claim_ids else set()


def incomplete() -> Q:
    """Return which claims wait for their creditor: a paper is missing, or the desk has asked."""
    return lacking() | Q(state=ClaimState.SUBMITTED, review=ReviewQueue.RETURNED)


def count_lacking(*, actor: Actor, batch_id: UUID | None = None) -> Lacking:
    """Return how many claims an actor may see wait for papers; of one batch only. One query."""
    waiting = Claim.objects.filter(visible(actor), state=ClaimState.SUBMITTED)
    if batch_id is not None:
        waiting = waiting.filter(batch=batch_id)
    looked_at = Claim.objects.filter(pk__in=waiting.values("pk")[: LOOKED_AT + 1])
    asked = Q(review=ReviewQueue.RETURNED)
    found = looked_at.aggregate(
        all=Count("pk"),
        lack=Count("pk", filter=lacking()),
        open=Count("pk", filter=lacking() | asked),
    )
    return Lacking(
        min(found["lack"], LOOKED_AT),
        more=found["all"] > LOOKED_AT,
        incomplete=min(found["open"], LOOKED_AT),
    )


def _lacks(need: Need) -> Q:
    applies = Q(product__in=sorted(need.products))
    if need.private is not None:
        applies &= _PRIVATE if need.private else ~_PRIVATE
    if need.assigned:
        applies &= Q(assignments__gt=0) | _BOUGHT
    missing = Q(~Exists(_files(need.paper, *need.instead)))
    if need.paper is EvidenceKind.ASSIGNMENT:
        # Each link of the chain needs its own.
        return applies & (missing | Q(assignments__gt=_counted(need.paper)))
    return applies & missing


def _files(*kinds: EvidenceKind) -> QuerySet[Evidence]:
    return Evidence.objects.filter(PROVES, claim=OuterRef("pk"), kind__in=kinds)


def _counted(kind: EvidenceKind) -> Coalesce:
    each = _files(kind).order_by().values("claim").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(each, output_field=IntegerField()), 0)


def unread_by(claim_id: UUID, actor: Actor) -> tuple[str, ...]:
    """
    Return what papers are here that a person must open and has not, by name; by the journal.

    Each that is needed, and each that came after the first look. A look before the amount was
    stated anew does not count: other papers, or another reading of them, may be behind it.
    """
    stated = Line.objects.filter(claim=claim_id, kind=LineKind.RESTATED).order_by("-booked_at")
    files = list(
        Evidence.objects.filter(PROVES, claim=claim_id)
        .order_by("uploaded_at", "pk")
        .values_list("sha256", "kind", "uploaded_at", Subquery(stated.values("booked_at")[:1]))
    )
    kinds = {sha256: kind for sha256, kind, *_when in files}
    since = files[0][-1] if files else None
    opened = opened_files(kinds, by=actor.label, claim_id=claim_id, since=since)
    first = min(opened.values(), default=None)
    later = (
        str(EvidenceKind(kind).label)
        for sha256, kind, at, _stated in files
        if first is not None and at > first and sha256 not in opened
    )
    needed = _unread_needs(claim_id, kinds, opened)
    return tuple(dict.fromkeys([*needed, *later]))


def _unread_needs(claim_id: UUID, kinds: Mapping[str, str], opened: Collection[str]) -> list[str]:
    case = Claim.objects.values_list(
        "product", "creditor__kind", "creditor__lender_kind", "assignments"
    ).get(pk=claim_id)
    here = completeness(Case(*case), kinds.values())
    read = completeness(Case(*case), [kinds[each] for each in opened])
    pairs = zip(here.parts, read.parts, strict=True)
    return [part.name for part, seen in pairs if part.met and seen.blocks]


def unread_since(claim_id: UUID, since: datetime, actor: Actor) -> list[str]:
    """Return the kinds of all papers that came since a moment and that a person has not opened."""
    files = Evidence.objects.filter(PROVES, claim=claim_id, uploaded_at__gte=since)
    kinds = dict(files.values_list("sha256", "kind"))
    opened = opened_files(kinds, by=actor.label, claim_id=claim_id)
    return sorted({kind for sha256, kind in kinds.items() if sha256 not in opened})


def waiting_for_scan(*, limit: int = RESCAN) -> list[tuple[UUID, str]]:
    """Return (file, hash) of what waits for the scanner, the oldest first."""
    rows = Evidence.objects.filter(scan=Scan.WAITING).order_by("uploaded_at", "id")
    return list(rows.values_list("pk", "sha256")[:limit])
