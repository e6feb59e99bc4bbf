"""What creditors do over many claims: bursts, copies, claims that did not exist, claims back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from qinghe.claims.models import Claim, Dispute, Review
from qinghe.claims.queries.decisions import DENIED
from qinghe.claims.terms import (
    ClaimState,
    DisputeState,
    EvidenceKind,
    Rejection,
    ReviewStep,
)
from qinghe.graph.queries import organisations_of, persons_of
from qinghe.parties.terms import OrgKind

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
# Only these speak of one debtor; an assignment or a notice may name many.
PERSONAL: Final = (EvidenceKind.CONTRACT, EvidenceKind.TRANSFER, EvidenceKind.STATEMENT)
SAME_FILE: Final = """
SELECT mine.claim_id, count(DISTINCT other_claim.debtor_id)
FROM claims_evidence mine
JOIN claims_claim my_claim ON my_claim.id = mine.claim_id
JOIN claims_evidence other ON other.sha256 = mine.sha256 AND other.claim_id <> mine.claim_id
    AND other.kind = ANY(%(kinds)s)
JOIN claims_claim other_claim ON other_claim.id = other.claim_id
    AND other_claim.debtor_id <> my_claim.debtor_id
WHERE mine.claim_id = ANY(%(claims)s) AND mine.kind = ANY(%(kinds)s)
GROUP BY mine.claim_id
"""
# Claims of private creditors in the day before, and the private creditors of the month before.
AROUND: Final = """
SELECT claim.id, count(other.id), count(DISTINCT other.creditor_id)
FROM claims_claim claim
JOIN parties_organisation creditor ON creditor.id = claim.creditor_id
    AND creditor.kind = %(private)s
JOIN claims_claim other ON other.{same} = claim.{same}
    AND other.created_at > claim.created_at - %(within)s AND other.created_at <= claim.created_at
JOIN parties_organisation its ON its.id = other.creditor_id AND its.kind = %(private)s
WHERE claim.id = ANY(%(claims)s)
GROUP BY claim.id
"""


# One paper read twice: the same sum, and days that differ by a slip of the pen at most.
ALIKE: Final = ("creditor", "debtor", "product", "currency", "principal")


def entered_twice(claim_ids: Collection[UUID]) -> set[UUID]:
    """Return the claims like an earlier one of their creditor, but for the number and some days."""
    before = Q(created_at__lt=OuterRef("created_at")) | Q(
        created_at=OuterRef("created_at"), pk__lt=OuterRef("pk")
    )
    near = {
        f"{name}__range": (OuterRef(name) - MONTH, OuterRef(name) + MONTH)
        for name in ("contract_on", "due_on")
    }
    same = {name: OuterRef(name) for name in ALIKE}
    twin = Claim.objects.filter(before, **same, **near).exclude(
        state__in=(ClaimState.REJECTED, ClaimState.WITHDRAWN)
    )
    rows = Claim.objects.filter(Exists(twin), pk__in=claim_ids, contract_on__isnull=False)
    return set(rows.values_list("pk", flat=True))


def documents(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many other debtors' claims rest on a file of each claim; none is absent."""
    with connection.cursor() as cursor:
        kinds = [kind.value for kind in PERSONAL]
        cursor.execute(SAME_FILE, {"claims": list(claim_ids), "kinds": kinds})
        return dict(cursor.fetchall())


def bursts(claims: Collection[Claim]) -> dict[UUID, int]:
    """Return how many claims a private creditor had sent within a day, each claim included."""
    return {claim_id: count for claim_id, count, _who in _around(claims, "creditor_id", DAY)}


def private_creditors(claims: Collection[Claim]) -> dict[UUID, int]:
    """Return how many private creditors had named the debtor of a private claim in a month."""
    return {claim_id: who for claim_id, _count, who in _around(claims, "debtor_id", MONTH)}


def _around(claims: Collection[Claim], same: str, within: timedelta) -> list[tuple[UUID, int, int]]:
    values: dict[str, Any] = {
        "claims": [claim.pk for claim in claims],
        "private": OrgKind.PRIVATE_CREDITOR.value,
        "within": within,
    }
    with connection.cursor() as cursor:
        cursor.execute(AROUND.format(same=same), values)
        return list(cursor.fetchall())


def refutations(creditors: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return (claims that did not exist, decided claims) of creditors with at least one refuted."""
    invented = Claim.objects.filter(
        creditor_id__in=creditors,
        state__in=(ClaimState.REJECTED, ClaimState.WITHDRAWN),
        ended_because__startswith=Rejection.INVENTED.value,
    )
    refuted: dict[UUID, set[UUID]] = {}
    for creditor_id, claim_id in invented.values_list("creditor_id", "pk"):
        refuted.setdefault(creditor_id, set()).add(claim_id)
    never = Dispute.objects.filter(
        DENIED,
        claim__creditor_id__in=creditors,
        state=DisputeState.UPHELD,
    )
    for creditor_id, claim_id in never.values_list("claim__creditor_id", "claim_id"):
        refuted.setdefault(creditor_id, set()).add(claim_id)
    decided = _decided(refuted)
    return {each: (len(claims), decided.get(each, 0)) for each, claims in refuted.items()}


def taken_back(creditors: Collection[UUID]) -> dict[UUID, int]:
    """Return how many claims creditors took back after a reviewer's question; none is absent."""
    asked = Review.objects.filter(claim=OuterRef("pk"), step=ReviewStep.RETURNED)
    rows = Claim.objects.filter(
        Exists(asked),
        creditor_id__in=creditors,
        state=ClaimState.WITHDRAWN,
        noticed_at__isnull=True,
    )
    found = rows.order_by().values("creditor_id").annotate(n=Count("pk"))
    return dict(found.values_list("creditor_id", "n"))


def _decided(creditors: Iterable[UUID]) -> dict[UUID, int]:
    over = Q(state__in=(ClaimState.CLOSED, ClaimState.REJECTED, ClaimState.WITHDRAWN))
    rows = Claim.objects.filter(over, creditor_id__in=list(creditors)).order_by()
    return dict(rows.values("creditor_id").annotate(n=Count("pk")).values_list("creditor_id", "n"))


def mutual(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return (creditor, debtor) where the debtor, as a creditor, claims from that creditor."""
    firms = organisations_of({debtor for _creditor, debtor in pairs})
    persons = persons_of({creditor for creditor, _debtor in pairs})
    back = {
        (firm, person): (creditor, debtor)
        for creditor, debtor in pairs
        for firm in firms.get(debtor, ())
        for person in persons.get(creditor, ())
    }
    found = Claim.objects.filter(
        creditor_id__in={firm for firm, _person in back},
        debtor_id__in={person for _firm, person in back},
    ).exclude(state__in=(ClaimState.REJECTED, ClaimState.WITHDRAWN))
    both = set(found.values_list("creditor_id", "debtor_id"))
    return {pair for way, pair in back.items() if way in both}
