"""
How sure the platform is of a party, from what is proven of it. Pure.

| level | means | opens |
|---|---|---|
| 0 | declared | filling in the application |
| 1 | its number agrees with the register | |
| 2 | its account is proven | submitting claims |
| 3 | papers, licences and authority were reviewed by a person | listing, taking, contact, payout |

A level needs every proof of the levels below it. A proof counts until the day it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from qinghe.parties.terms import OrgKind, ProofKind

TOP: Final = 3
# So many days before a level falls its party is told.
WARN_DAYS: Final = (30, 7)


class Act(IntEnum):
    """What a party wants to do; the value is the level that opens it."""

    SUBMIT = 2
    WORK = 3


@dataclass(frozen=True)
class Held:
    """One proof: its kind and the first day without it (None: it does not end)."""

    kind: str
    expires_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """The level on a day, the first day on which it is lower, and what the next level lacks."""

    level: int
    until: date | None
    missing: tuple[ProofKind, ...] = ()


_NUMBER: Final = (ProofKind.NUMBER,)
_ACCOUNT: Final = (ProofKind.ACCOUNT,)
# What each level needs beyond the one below it.
NEEDS: Final[dict[str, tuple[tuple[ProofKind, ...], ...]]] = {
    OrgKind.PRIVATE_CREDITOR: (_NUMBER, _ACCOUNT, (ProofKind.PAPERS, ProofKind.REVIEW)),
    OrgKind.INSTITUTION: (
        _NUMBER,
        _ACCOUNT,
        (ProofKind.LICENCE, ProofKind.MANDATE, ProofKind.REVIEW),
    ),
    OrgKind.AGENCY: (
        _NUMBER,
        _ACCOUNT,
        (
            ProofKind.LICENCE,
            ProofKind.MANDATE,
            ProofKind.PRINCIPAL,
            ProofKind.COVER,
            ProofKind.REVIEW,
        ),
    ),
}
# Founded by the operator, never by an application.
FOUNDED: Final = ((), (), (ProofKind.VOUCHED,))


def standing(kind: str, proofs: Iterable[Held], on: date) -> Standing:
    """Return the standing of a party of a kind on a day."""
    ends = _ends(proofs, on)
    vouched = Standing(0, None)
    if ProofKind.VOUCHED in ends:
        vouched = Standing(TOP, ends[ProofKind.VOUCHED])
    earned = _earned(NEEDS.get(kind, FOUNDED), ends)
    if vouched.level > earned.level:
        return vouched
    if vouched.level == earned.level and _later(vouched.until, earned.until):
        return vouched
    return earned


def _earned(needs: tuple[tuple[ProofKind, ...], ...], ends: dict[str, date | None]) -> Standing:
    level, until = 0, None
    for asked in needs:
        missing = tuple(kind for kind in asked if kind not in ends)
        if missing:
            return Standing(level, until if level else None, missing)
        level += 1
        until = _sooner(until, *(ends[kind] for kind in asked))
    return Standing(level, until)


def _ends(proofs: Iterable[Held], on: date) -> dict[str, date | None]:
    """Return the latest end of each kind of proof that counts on a day."""
    found: dict[str, date | None] = {}
    for each in proofs:
        if each.expires_on is not None and each.expires_on <= on:
            continue
        if each.kind not in found or _later(each.expires_on, found[each.kind]):
            found[each.kind] = each.expires_on
    return found


def _later(one: date | None, other: date | None) -> bool:
    return other is not None and (one is None or one > other)


def _sooner(*ends: date | None) -> date | None:
    return min((end for end in ends if end is not None), default=None)
