"""Look before publishing: how many of these claims could be offered, and why the others not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries.placeable import obstacles
from qinghe.parties.roles import OVERSIGHT

# More than this at once is the work of the API, not of a page.
PREVIEW_CAP = 5_000


@dataclass(frozen=True)
class Preview:
    """The claims that can be offered now, and how many cannot, by refusal code."""

    asked: int
    placeable: tuple[UUID, ...]
    skipped: dict[str, int]


def preview(*, claim_ids: Iterable[UUID] | None, actor: Actor, at: datetime) -> Preview:
    """
    Return what publishing these claims (or, with None, all that are ready) would do now.

    Three queries. Claims of another creditor are not counted at all.
    """
    rows = Claim.objects.order_by("pk")
    if actor.role not in OVERSIGHT:
        rows = rows.filter(creditor=actor.org_id) if actor.role == Role.CREDITOR else rows.none()
    if claim_ids is None:
        rows = rows.filter(state=ClaimState.READY)
    else:
        rows = rows.filter(pk__in=list(claim_ids))
    claims = list(rows[:PREVIEW_CAP])
    refused = obstacles(claims, at)
    return Preview(
        asked=len(claims),
        placeable=tuple(claim.pk for claim in claims if claim.pk not in refused),
        skipped=dict(Counter(reason.code for reason in refused.values())),
    )
