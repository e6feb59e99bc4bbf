"""Whether signs about some organisations are enough for a person to look. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from qinghe.quality.signs.table import Rule, rules

SEPARATOR = "+"


@dataclass(frozen=True, order=True)
class Item:
    """One sign: its kind, the row it stands in, and its points."""

    kind: str
    ref: str
    weight: int


@dataclass(frozen=True, order=True)
class Spot:
    """A sign about some organisations under a rule."""

    rule: str
    key: str
    item: Item


@dataclass(frozen=True)
class Finding:
    """Enough signs under one rule: their sum, and each of them in one fixed order."""

    rule: str
    score: int
    items: tuple[Item, ...]
    whole: int


def key_of(*organisations: UUID) -> str:
    """Return the key of some organisations; their order does not matter."""
    return SEPARATOR.join(sorted({str(each) for each in organisations}))


def parties_of(key: str) -> list[UUID]:
    """Return the organisations of a key."""
    return [UUID(each) for each in key.split(SEPARATOR)]


def spot(rule: str, key: str, kind: str, ref: str) -> Spot:
    """Return a sign with the points that the table gives its kind."""
    return Spot(rule, key, Item(kind, ref, rules()[rule].weights[kind]))


def judge(rule: Rule, items: Iterable[Item], whole: int = 0) -> Finding | None:
    """
    Return a finding when the signs reach the points, the number and the share of a rule.

    `whole` counts all rows of the signs' kind. One row counts once, however many signs it shows.
    Where a rule says so, fewer signs are enough when they are every row there is.
    """
    found = tuple(sorted(set(items)))
    score = sum(item.weight for item in found)
    rows = len({item.ref for item in found})
    all_of_few = bool(rule.every) and rows >= max(rule.every, whole)
    if not all_of_few and (score < rule.least or rows < rule.count):
        return None
    if rule.percent and rows * 100 < rule.percent * whole:
        return None
    return Finding(rule.code, score, found, whole)


def judge_praise(
    rule: Rule, items: Iterable[Item], *, praise: int, work: int, all_work: int
) -> Finding | None:
    """
    Judge best marks from one side: only where that side gives much less of the work.

    `praise` counts all best marks, `work` the finished orders of this side, `all_work` of all.
    """
    found = judge(rule, items, praise)
    if found is None:
        return None
    share = len(found.items) * 100 / max(praise, 1)
    worked = work * 100 / all_work if all_work else 0
    return found if share - worked >= 50 else None
