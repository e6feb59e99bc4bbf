"""Jobs of this room: look at what was submitted."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.claims.queries import waiting_for_review
from qinghe.graph.services import find_links
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.risk.services import raise_flags, release_clean


@app.task(name="risk.look", queueing_lock="risk.look")
def look(**_later: object) -> None:
    """Link the debtors of submitted claims and raise doubts about them; release what is beyond."""
    actor, at = system("risk.look"), clock.now()
    for chunk in waiting_for_review():
        find_links(person_ids={debtor_id for _claim_id, debtor_id in chunk}, actor=actor, at=at)
        ids = [claim_id for claim_id, _debtor_id in chunk]
        raise_flags(claim_ids=ids, actor=actor, at=at)
        release_clean(claim_ids=ids, actor=actor, at=at)
