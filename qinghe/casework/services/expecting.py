"""The floor of money says until when the money of an instalment is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from qinghe.casework.models import Instalment
from qinghe.casework.terms import PlanState
from qinghe.claims.models import Claim
from qinghe.journal.services import record_many, verb
from qinghe.kernel.actor import Actor


@verb("casework.expect-instalments")
def expect_instalments(*, until: Mapping[UUID, date], actor: Actor, at: datetime) -> None:
    """
    Say of instalments until which day their money is on its way; none is late before its grace from
    that day is over. Said anew it takes the place of what was said; of an ended plan nothing moves.
    """
    parts = Instalment.objects.filter(pk__in=until)
    # As whoever judges and whoever pays: the claim first.
    claims = Claim.objects.filter(pk__in=parts.values("plan__claim")).order_by("pk")
    list(claims.select_for_update(no_key=True).values_list("pk", flat=True))
    running = parts.filter(plan__state=PlanState.ACTIVE, missed_at__isnull=True)
    moved = [
        part
        for part in running.select_related("plan__claim").order_by("pk")
        if part.expected_on != until[part.pk]
    ]
    for part in moved:
        part.expected_on = until[part.pk]
    Instalment.objects.bulk_update(moved, ["expected_on"])
    rows = [_evidence(part) for part in moved]
    record_many(kind="casework.instalment-expected", rows=rows, actor=actor, at=at)


def _evidence(part: Instalment) -> tuple[str, UUID | None, dict[str, object]]:
    facts = {"plan": part.plan_id, "seq": part.seq, "expected_on": part.expected_on}
    return f"claim:{part.plan.claim_id}", part.plan.claim.debtor_id, facts
