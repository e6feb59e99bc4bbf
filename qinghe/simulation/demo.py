"""Who signs in to a demonstration market, and what fills it on a first start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.simulation.commands import in_this_database, is_empty
from qinghe.simulation.people_of_demo import DEMO_PASSWORD, DEMO_USERS

CLAIMS: Final = 110
DAYS: Final = 26
SEED: Final = 2026


@dataclass(frozen=True)
class SignIn:
    """One account of the demonstration; the password is printed on purpose."""

    role: Role
    email: str
    password: str


def sign_ins() -> list[SignIn]:
    """Return the accounts of a demonstration, one or more per role."""
    return [SignIn(role, email, DEMO_PASSWORD) for email, role, _slug in DEMO_USERS]


def fill_if_empty(progress: Callable[[str], None] = lambda _line: None) -> bool:
    """Fill an empty database with a market that ends yesterday; say whether it was empty."""
    if not is_empty():
        return False
    start = clock.now().date() - timedelta(days=DAYS)
    in_this_database(claims=CLAIMS, days=DAYS, seed=SEED, start=start, progress=progress)
    return True
