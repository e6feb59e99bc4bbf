"""Jobs of this room: look at what was submitted."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.claims.services.unseen import Chunk, look_at
from qinghe.graph.services import find_links
from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.risk.services import hold_confirmed, raise_flags, release_clean


@app.task(name="risk.look", queueing_lock="risk.look")
def look(**_later: object) -> None:
    """Look at submitted claims that are new or have changed."""
    look_at(_look)


@app.task(name="risk.look-soon", lock="risk.look-soon")
def look_soon(**_later: object) -> None:
    """Look at once, where something was submitted a moment ago. Safe to run twice."""
    look_at(_look)


@app.task(name="risk.look-around", queueing_lock="risk.look-around")
def look_around(**_later: object) -> None:
    """
    Look at every submitted claim: what others have done since may make it doubtful. Claims whose
    doubt was confirmed before such a doubt held anything are held.
    """
    look_at(_look, everything=True)
    hold_confirmed(actor=system("risk.look"), at=clock.now())


def _look(chunk: Chunk) -> None:
    """Link the debtors of claims and raise doubts about them; release what is beyond."""
    actor, at = system("risk.look"), clock.now()
    find_links(person_ids={debtor_id for _claim_id, debtor_id in chunk}, actor=actor, at=at)
    ids = [claim_id for claim_id, _debtor_id in chunk]
    raise_flags(claim_ids=ids, actor=actor, at=at)
    release_clean(claim_ids=ids, actor=actor, at=at)
