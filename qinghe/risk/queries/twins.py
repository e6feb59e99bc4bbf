"""The other claims that a warning about one entered twice, or several times, speaks of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from qinghe.claims.models import Claim
from qinghe.claims.queries import ClaimView

ENTERED_TWICE: Final = "entered-twice"
SAME_CLAIMS: Final = "same-claims"
# One paper read twice: its days differ by a slip of the pen at most.
SLIP: Final = timedelta(days=30)
MOST: Final = 10


def twins_of(view: ClaimView, codes: Collection[str]) -> dict[str, list[UUID]]:
    """
    Return the claims that warnings of these codes compare a claim with, the oldest first.

    One query, and none where no such warning is raised. A twin that was paid or rejected since is
    still found by what it claimed.
    """
    if not {ENTERED_TWICE, SAME_CLAIMS} & set(codes):
        return {}
    rows = Claim.objects.filter(
        Q(principal=view.principal) | Q(claimed=view.claimed),
        creditor=view.creditor_id,
        debtor=view.debtor_id,
    ).exclude(pk=view.id)
    near = rows.filter(due_on__range=(view.due_on - SLIP, view.due_on + SLIP))
    found = near.order_by("created_at", "pk").values_list("pk", "created_at", "claimed", "due_on")
    kept = list(found[:MOST])
    return {
        ENTERED_TWICE: [pk for pk, at, _sum, _due in kept if at <= view.created_at],
        SAME_CLAIMS: [
            pk for pk, _at, claimed, due in kept if (claimed, due) == (view.claimed, view.due_on)
        ],
    }
