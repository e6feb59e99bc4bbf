"""Two persons for one decision: different, and neither made by the other."""

from __future__ import annotations

from qinghe.journal.queries import timeline

# Who does one of these to an account may act as it, or stand behind it.
MADE = frozenset({"parties.user-created", "parties.membership-added", "parties.password-set"})


def independent(one: str, other: str) -> bool:
    """
    Tell whether two journal labels, `role:user`, are people who stand for themselves.

    Whoever made the other's account, gave it a role or a password may stand behind both; the same
    account in two roles does.
    """
    mine, theirs = _user(one), _user(other)
    return mine != theirs and not any(
        entry.kind in MADE and _user(entry.actor) == maker
        for maker, made in ((mine, theirs), (theirs, mine))
        for entry in timeline(subject=f"user:{made}")
    )


def _user(label: str) -> str:
    return label.partition(":")[2]
