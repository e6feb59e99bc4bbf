"""Who signs in to a demonstration market, and what fills it on a first start."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from qinghe.claims.days import day_of
from qinghe.kernel import clock
from qinghe.simulation import demo_door
from qinghe.simulation.commands import in_this_database, is_empty
from qinghe.simulation.demo_applicant import let_apply
from qinghe.simulation.demo_desks import leave_open
from qinghe.simulation.demo_review import leave_to_review
from qinghe.simulation.people_of_demo import APPLICANT, DEMO_PASSWORD, DEMO_USERS

# A smaller market fills faster: tests of a whole installation ask for one.
CLAIMS: Final = int(os.environ.get("QINGHE_DEMO_CLAIMS", "96"))
# More claims, in a portfolio of claims that are alike: what a hall and its map can show.
ALIKE: Final = CLAIMS * 7 // 12
DAYS: Final = int(os.environ.get("QINGHE_DEMO_DAYS", "24"))
SEED: Final = 2026


__all__ = ["APPLICANT", "DEMO_PASSWORD", "DEMO_USERS", "debtor_key", "fill_if_empty"]


def debtor_key() -> demo_door.DoorKey | None:
    """Issue a debtor's key for this start of the demonstration."""
    return demo_door.issue(at=clock.now())


def fill_if_empty(progress: Callable[[str], None] = lambda _line: None) -> bool:
    """Fill an empty database with a market that ends yesterday; say whether it was empty."""
    if not is_empty():
        return False
    start = day_of(clock.now()) - timedelta(days=DAYS)
    in_this_database(
        claims=CLAIMS,
        alike=ALIKE,
        days=DAYS,
        seed=SEED,
        start=start,
        checked_every=DAYS,
        progress=progress,
    )
    leave_open(at=clock.now())
    leave_to_review(at=clock.now())
    let_apply(at=clock.now())
    return True
