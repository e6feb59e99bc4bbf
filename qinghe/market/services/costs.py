"""The operator's own cost figures: checked, dated, never changed once in force."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.bid_refusals import BadCosts, CostsVersionUsed
from qinghe.market.costs import BadFigures, parse
from qinghe.market.models import CostFigures
from qinghe.market.queries.costs import figures_at
from qinghe.parties.roles import Permission, require


@verb("market.put-costs")
def put_costs(*, text: str, actor: Actor, at: datetime) -> CostFigures:
    """
    Put cost figures in force from a moment on; orders that are open keep the floor they have.

    :raises NotPermitted: only the operator
    :raises BadCosts: a figure is missing or out of range; its place is named
    :raises CostsVersionUsed: figures of this version exist
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    try:
        figures = parse(text)
    except BadFigures as fault:
        raise BadCosts(where=str(fault)) from fault
    if figures_at(at).version == figures.version:
        raise CostsVersionUsed(version=figures.version)
    made, new = CostFigures.objects.get_or_create(
        version=figures.version, defaults={"text": text, "starts_at": at}
    )
    if not new:
        raise CostsVersionUsed(version=figures.version)
    digest = sha256(text.encode()).hexdigest()
    record(
        kind="market.costs-put",
        subject="costs",
        actor=actor,
        at=at,
        version=figures.version,
        sha256=digest,
    )
    return made
