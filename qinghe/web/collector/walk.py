"""From case to case, in the order of the worklist last looked at (J and K)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from qinghe.casework.queries import Worklist, still_own
from qinghe.casework.queries.worklist import PAGE_SIZE
from qinghe.web.doors import StaffRequest

KEPT = "walk"
# A list computed anew would move under the walker's feet: what is done sinks to its end.
LONGEST = 200


@dataclass(frozen=True)
class Place:
    """Where a case stands among the others, counted from one, and its neighbours."""

    number: int
    total: int
    before: UUID | None
    after: UUID | None


def keep(request: StaffRequest, found: Worklist) -> None:
    """Remember the order of a worklist, from the page that is shown."""
    first = (found.page - 1) * PAGE_SIZE
    ids = [each.hex for each in found.order[first : first + LONGEST]]
    walk = {"first": first, "total": found.total, "ids": ids}
    if request.session.get(KEPT) != walk:
        request.session[KEPT] = walk


def place_of(request: StaffRequest, claim_id: UUID) -> Place | None:
    """Return where a case stands in the walk; None when it is not on it. One query at most."""
    walk = request.session.get(KEPT)
    if not walk or claim_id.hex not in walk["ids"]:
        return None
    ids = [UUID(each) for each in walk["ids"]]
    mine = still_own(claim_ids=ids, actor=request.actor, at=request.at)
    left = [each for each in ids if each in mine]
    if claim_id not in left:
        return None
    here = left.index(claim_id)
    return Place(
        number=walk["first"] + here + 1,
        total=walk["total"] - (len(ids) - len(left)),
        before=left[here - 1] if here else None,
        after=left[here + 1] if here + 1 < len(left) else None,
    )
