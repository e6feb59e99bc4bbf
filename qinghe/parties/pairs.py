"""Two persons for one decision: different, and nobody behind both."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from qinghe.journal.queries import told_of
from qinghe.kernel.actor import Actor, system

# Who does one of these to an account may act as it, or stand behind it.
MADE: Final = frozenset({"parties.user-created", "parties.password-set"})
# A role lets nobody act as the account, but it may bring in one that nobody here knows.
GIVEN: Final = "parties.membership-added"
# Somebody who stands apart from whoever made an account knows that a person of its own has it.
CONFIRMED: Final = "parties.account-confirmed"
# The installation itself, and whoever has its shell, makes the first accounts.
SYSTEM: Final = "system:"
# Anybody at all makes an account at this door, also whoever gives it a role afterwards.
DOOR: Final[Actor] = system("join-door")


def independent(one: str, other: str) -> bool:
    """
    Tell whether two journal labels, `role:user`, are people who stand for themselves.

    Whoever made an account or gave it a password may stand behind it, and so may whoever stands
    behind that one: with nobody may both be tied. The same account in two roles is one.
    A query for each step of the longer chain.
    """
    return not tied([one], other)


def tied(labels: Collection[str], to: str) -> set[str]:
    """
    Return those of some journal labels that are not independent of one.

    A query for each step of the longest chain, however many labels.
    """
    users = {label: _user(label) for label in labels}
    if not users:
        return set()
    behind = _behind({*users.values(), _user(to)})
    return {label for label, user in users.items() if behind[user] & behind[_user(to)]}


def stands_behind(user: str, label: str) -> bool:
    """Tell whether an account is the one of a journal label, or may act through it."""
    return user in _behind({_user(label)})[_user(label)]


def makers_of(users: Collection[str]) -> dict[str, set[str]]:
    """
    Return by account who made it since it was last confirmed; accounts with none are absent.

    A role ties an account to whoever gave it only where nobody has answered for the account
    before: one from the door of applicants may be the giver's own.
    """
    subjects = {f"user:{user}": user for user in users}
    found: dict[str, set[str]] = {}
    known: set[str] = set()
    for subject, kind, actor in told_of(subjects=subjects, kinds=MADE | {GIVEN, CONFIRMED}):
        user = subjects[subject]
        if kind == CONFIRMED:
            found.pop(user, None)
            known.add(user)
        elif actor.startswith(SYSTEM):
            # A new password from the shell says nothing of who has the account.
            if actor != DOOR.label and kind != "parties.password-set":
                known.add(user)
        elif kind != GIVEN or (user not in known and user not in found):
            found.setdefault(user, set()).add(_user(actor))
    return found


def _behind(users: Collection[str]) -> dict[str, set[str]]:
    """Return by account itself and all who may stand behind it."""
    makers: dict[str, set[str]] = {}
    seen, fresh = set(users), set(users)
    while fresh:
        found = makers_of(fresh)
        makers |= found
        fresh = set().union(*found.values()) - seen
        seen |= fresh
    return {user: _reached(user, makers) for user in users}


def _reached(user: str, makers: dict[str, set[str]]) -> set[str]:
    seen, fresh = {user}, {user}
    while fresh:
        fresh = set().union(*(makers.get(each, set()) for each in fresh)) - seen
        seen |= fresh
    return seen


def _user(label: str) -> str:
    return label.partition(":")[2]
