"""
The same debt claimed twice: found at intake for all rows at once, and both held.

Claims of one debtor are few and found by its index; the debtor's row is locked first, so that of
two deliveries at the same instant the second sees the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from qinghe.claims.contract_terms import DuplicateState
from qinghe.claims.models import Claim, Duplicate, Hold
from qinghe.claims.terms import OPEN_STATES, ClaimState, HoldKind
from qinghe.journal.services import record, record_many
from qinghe.kernel.actor import Actor
from qinghe.kernel.bulk import copy_rows
from qinghe.parties.models import Person
from qinghe.parties.terms import OrgKind

# Where a claim stands whose debtor was told and let the window pass.
TOLD: Final = (ClaimState.READY, ClaimState.LISTED, ClaimState.PLACED)
# Without blanks and marks, in one width and in capitals: what people mean by the same number.
NORMAL: Final = "regexp_replace(upper(normalize({}, NFKC)), '[^[:alnum:]]', '', 'g')"
# What was rejected or withdrawn claims nothing; what was settled must not be claimed again.
FIND: Final = f"""
SELECT DISTINCT
    CASE WHEN (o.created_at, o.id) < (n.created_at, n.id) THEN o.id ELSE n.id END,
    CASE WHEN (o.created_at, o.id) < (n.created_at, n.id) THEN n.id ELSE o.id END,
    CASE WHEN {NORMAL.format("n.contract_number")} = {NORMAL.format("o.contract_number")}
        THEN 'number' ELSE 'facts' END
FROM claims_claim n
JOIN claims_claim o ON o.debtor_id = n.debtor_id AND o.id <> n.id
WHERE n.id = ANY (%(new)s) AND o.state NOT IN ('rejected', 'withdrawn')
    AND (
        {NORMAL.format("n.contract_number")} = {NORMAL.format("o.contract_number")}
        OR (n.creditor_id <> o.creditor_id AND n.currency = o.currency
            AND n.principal = o.principal AND n.due_on = o.due_on
            AND n.contract_on IS NOT DISTINCT FROM o.contract_on)
    )
"""  # noqa: S608  a constant of this module


def find(*, claim_ids: Sequence[UUID]) -> list[tuple[UUID, UUID, str]]:
    """Return (earlier, later, ground) of every pair that new claims are part of. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"new": list(claim_ids)})
        return [(first, second, ground) for first, second, ground in cursor.fetchall()]


def freeze(*, debtors: Mapping[UUID, UUID], actor: Actor, at: datetime) -> int:
    """
    Hold new claims that look like others, and these others; return how many pairs are new.

    `debtors` says of each new claim who owes it.

    For intake, inside its transaction. Its work grows with the claims delivered, not with those
    that are there.
    """
    people = set(debtors.values())
    # Locked in one order; whoever delivers the same person's claim waits here, then sees ours.
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
    list(rows.values_list("pk"))
    found = find(claim_ids=list(debtors))
    if not found:
        return 0
    both = {pk for pair in found for pk in pair[:2]}
    known = set(Duplicate.objects.filter(first__in=both).values_list("first_id", "second_id"))
    pairs = [
        Duplicate(first_id=first, second_id=second, ground=ground, found_at=at)
        for first, second, ground in found
        if (first, second) not in known
    ]
    copy_rows(pairs)
    open_claims = Claim.objects.filter(pk__in=both, state__in=OPEN_STATES)
    held = dict(open_claims.values_list("pk", "debtor_id"))
    hold_pairs(pairs, held, only_later(pairs), actor, at)
    record(
        kind="claims.duplicates-found",
        subject="claims",
        actor=actor,
        at=at,
        pairs=[row.pk for row in pairs],
    )
    return len(pairs)


def only_later(pairs: Sequence[Duplicate]) -> set[UUID]:
    """
    Return the pairs of which the earlier claim goes on until a person has decided.

    A claim that was released, told and not contested is not stopped by the word of a private
    creditor, nor of one that lost such a pair lately: else anybody who knows a contract could
    freeze another's claims. The later claim stands still all the same, so nobody is asked twice.
    """
    told = Claim.objects.filter(
        pk__in=[row.first_id for row in pairs], state__in=TOLD, noticed_at__isnull=False
    )
    later = Claim.objects.filter(pk__in=[row.second_id for row in pairs])
    lost = Duplicate.objects.filter(
        state=DuplicateState.DECIDED,
        second__creditor=OuterRef("creditor"),
        kept=F("first"),
    ).exclude(first__creditor=OuterRef("creditor"))
    weak = later.filter(Q(creditor__kind=OrgKind.PRIVATE_CREDITOR) | Exists(lost))
    firsts, seconds = set(told.values_list("pk", flat=True)), set(weak.values_list("pk", flat=True))
    return {row.pk for row in pairs if row.first_id in firsts and row.second_id in seconds}


def hold_pairs(
    rows: Sequence[Duplicate],
    debtors: Mapping[UUID, UUID],
    later: set[UUID],
    actor: Actor,
    at: datetime,
) -> None:
    """Stop contact about the claims of these pairs; their debtors are locked already."""
    holds = [
        Hold(
            person_id=debtors[pk],
            claim_id=pk,
            kind=HoldKind.DUPLICATE,
            cause=cause_of(row, pk),
            placed_at=at,
        )
        for row in rows
        for pk in ((row.first_id,) if row.pk not in later else ()) + (row.second_id,)
        if pk in debtors
    ]
    Hold.objects.bulk_create(holds, batch_size=5_000)
    told = [
        (f"claim:{each.claim_id}", each.person_id, {"hold": each.pk, "hold_kind": each.kind})
        for each in holds
    ]
    record_many(kind="claims.hold-placed", rows=told, actor=actor, at=at)


def cause_of(row: Duplicate, claim_id: UUID) -> str:
    """Return the cause of the hold that a pair puts on one of its claims."""
    return f"duplicate:{row.pk}:{claim_id}"
