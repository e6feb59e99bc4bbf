"""Look before publishing: how many of these claims could be offered, and why the others not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, Role
from qinghe.market.placing import Passed, Wish, by_code, passed_over
from qinghe.market.queries.placeable import obstacles
from qinghe.market.queries.wished import unfit
from qinghe.parties.roles import OVERSIGHT

# More than this at once is the work of the API, not of a page.
PREVIEW_CAP = 5_000
ANY = Wish()


@dataclass(frozen=True)
class Preview:
    """
    The claims of the actor that were asked about, those that can be offered now, and why not.

    `free` says how many nothing stands against but, maybe, the way of placing itself.
    """

    known: tuple[UUID, ...]
    placeable: tuple[UUID, ...]
    free: int
    passed: list[Passed]

    @property
    def asked(self) -> int:
        """Return how many claims it is about."""
        return len(self.known)

    @property
    def skipped(self) -> dict[str, int]:
        """Return how many cannot be offered, by refusal code."""
        return by_code(self.passed)


def preview(
    *, claim_ids: Iterable[UUID] | None, actor: Actor, at: datetime, wish: Wish = ANY
) -> Preview:
    """
    Return what placing these claims (or, with None, all that are ready) in a way would do now.

    The same function decides when placing. Claims of another creditor are not counted at all.
    """
    rows = Claim.objects.order_by("pk")
    if actor.role not in OVERSIGHT:
        rows = rows.filter(creditor=actor.org_id) if actor.role == Role.CREDITOR else rows.none()
    if claim_ids is None:
        rows = rows.filter(state=ClaimState.READY)
    else:
        rows = rows.filter(pk__in=list(claim_ids))
    claims = list(rows[:PREVIEW_CAP])
    stopped = obstacles(claims, at)
    free = [claim for claim in claims if claim.pk not in stopped]
    refused = {**stopped, **unfit(free, wish, at)}
    return Preview(
        known=tuple(claim.pk for claim in claims),
        placeable=tuple(claim.pk for claim in claims if claim.pk not in refused),
        free=len(free),
        passed=passed_over((claim, refused[claim.pk]) for claim in claims if claim.pk in refused),
    )
