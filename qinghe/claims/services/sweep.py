"""
The night: stages change, interest accrues, challenge windows and holds come to their end.

Each sweep finds its rows by a partial index, so its work grows with what changed and not with the
table. It works in chunks, each a transaction: a crash loses nothing, a second run is safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from qinghe.claims.ageing import next_change, stage
from qinghe.claims.interest import accrue
from qinghe.claims.models import Claim, Dispute, Hold, Line
from qinghe.claims.services.books import line, postings
from qinghe.claims.services.states import set_states
from qinghe.claims.terms import OPEN_STATES, ClaimState, Component, DisputeState, LineKind
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.ledger.services import post_many

SWEEPER: Final = system("claims.sweep")
CHUNK: Final = 5_000
NEEDED: Final = (
    "id", "creditor_id", "currency", "due_on", "principal", "interest", "interest_to",
    "overdue_rate_pct",
)  # fmt: skip
STORE: Final = """
UPDATE claims_claim AS c
SET stage = v.stage, stage_changes_on = v.changes_on,
    interest = v.interest, interest_to = v.interest_to
FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::bigint[], %s::date[])
    AS v (id, stage, changes_on, interest, interest_to)
WHERE c.id = v.id
"""


@dataclass(frozen=True)
class Swept:
    """How many claims changed stage, and how many of them were charged interest."""

    moved: int
    accrued: int


def sweep_stages(*, day: date, at: datetime) -> Swept:
    """Move every open claim whose stage is out of date on a day; accrue its interest up to it."""
    moved = accrued = 0
    while chunk := _move_chunk(day, at):
        moved += chunk.moved
        accrued += chunk.accrued
    return Swept(moved, accrued)


@transaction.atomic
def _move_chunk(day: date, at: datetime) -> Swept | None:
    due = Claim.objects.filter(stage_changes_on__lte=day, state__in=OPEN_STATES)
    rows = due.order_by("stage_changes_on", "pk").select_for_update(no_key=True)
    claims = list(rows.only(*NEEDED)[:CHUNK])
    if not claims:
        return None
    lines = [each for claim in claims if (each := _age(claim, day, at)) is not None]
    by_id = {claim.pk: claim for claim in claims}
    _store(claims)
    Line.objects.bulk_create(lines)
    post_many(postings=[p for each in lines for p in postings(by_id[each.claim_id], [each])])
    record(
        kind="claims.swept",
        subject=f"sweep:{day.isoformat()}",
        actor=SWEEPER,
        at=at,
        moved=len(claims),
        accrued=len(lines),
    )
    return Swept(len(claims), len(lines))


def _age(claim: Claim, day: date, at: datetime) -> Line | None:
    """Bring one claim up to a day, in memory; return the line of its interest, if there is any."""
    claim.stage = stage(claim.due_on, day)
    claim.stage_changes_on = next_change(claim.due_on, day)
    if claim.overdue_rate_pct is None or day <= claim.interest_to:
        return None
    amount, facts = accrue(claim.principal, claim.overdue_rate_pct, claim.interest_to, day)
    if not amount:
        return None
    claim.interest += amount
    claim.interest_to = day
    return line(claim.pk, Component.INTEREST, LineKind.ACCRUED, amount, at, facts)


def _store(claims: Sequence[Claim]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            STORE,
            [
                [claim.pk for claim in claims],
                [str(claim.stage) for claim in claims],
                [claim.stage_changes_on for claim in claims],
                [claim.interest for claim in claims],
                [claim.interest_to for claim in claims],
            ],
        )


def end_challenges(*, at: datetime) -> int:
    """Make every claim ready whose debtor was told, whose window is over and which stands."""
    ended = 0
    while count := _end_chunk(at):
        ended += count
    return ended


@transaction.atomic
def _end_chunk(at: datetime) -> int:
    contested = Dispute.objects.filter(state=DisputeState.OPEN).values("claim")
    over = Claim.objects.filter(
        state=ClaimState.CHALLENGE, challenge_ends_at__lte=at, noticed_at__isnull=False
    )
    ids = list(over.exclude(pk__in=contested).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return 0
    return set_states(claim_ids=ids, state=ClaimState.READY, actor=SWEEPER, at=at)


@transaction.atomic
def lift_ended_holds(*, at: datetime) -> int:
    """Lift every hold that has come to its end; one entry of the journal names their causes."""
    ended = Hold.objects.filter(lifted_at__isnull=True, ends_at__lte=at)
    holds = list(ended.select_for_update().order_by("pk"))
    if not holds:
        return 0
    Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(lifted_at=at)
    causes = [hold.cause for hold in holds]
    record(kind="claims.holds-ended", subject="holds", actor=SWEEPER, at=at, causes=causes)
    return len(holds)
