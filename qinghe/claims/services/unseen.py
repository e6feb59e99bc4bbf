"""Which submitted claims wait to be looked at for doubts: new ones, and those that changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final
from uuid import UUID

from django.db import transaction

from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.kernel.queue import enqueue

CHUNK: Final = 500
# The job that looks; it stands two floors above, and is a no-op when nothing waits.
LOOK: Final = "risk.look-soon"
Chunk = list[tuple[UUID, UUID]]


def changed(claim_ids: Collection[UUID]) -> None:
    """Let claims be looked at again, inside the caller's transaction; one statement."""
    seen = Claim.objects.filter(pk__in=claim_ids, state=ClaimState.SUBMITTED, unseen=False)
    seen.update(unseen=True)


def changed_for(creditor_id: UUID) -> None:
    """Let all submitted claims of a creditor be looked at again."""
    seen = Claim.objects.filter(creditor=creditor_id, state=ClaimState.SUBMITTED, unseen=False)
    seen.update(unseen=True)


def look_soon() -> None:
    """Have what waits looked at as soon as the caller's transaction ends."""
    enqueue(LOOK)


def look_at(look: Callable[[Chunk], object], *, everything: bool = False) -> int:
    """
    Give (claim, debtor) of what waits to a look, in chunks; with `everything`, of all. How many.

    A chunk counts as seen before its look, so that a change meanwhile is looked at the next time;
    one whose look fails waits again.
    """
    last, count = UUID(int=0), 0
    while chunk := _taken(last, everything=everything):
        last, count = chunk[-1][0], count + len(chunk)
        try:
            look(chunk)
        except BaseException:
            changed([claim_id for claim_id, _debtor in chunk])
            raise
    return count


@transaction.atomic
def _taken(last: UUID, *, everything: bool) -> Chunk:
    waiting = Claim.objects.filter(state=ClaimState.SUBMITTED, pk__gt=last)
    if not everything:
        waiting = waiting.filter(unseen=True)
    # One that somebody works on now waits for the next look.
    rows = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    chunk = list(rows.values_list("pk", "debtor_id")[:CHUNK])
    Claim.objects.filter(pk__in=[pk for pk, _debtor in chunk], unseen=True).update(unseen=False)
    return chunk
