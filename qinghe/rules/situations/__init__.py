"""
Situations a lawyer can read, with the answer that is expected: the tests run them, pages show them.

One JSON line each: `id`, `kind`, `packs`, `settings`, `input`, `expect`, `why` and `origin`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from qinghe.rules.check import check_case
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.reading import CaseError

IDS = tuple(f"{name}-" for name in PACK_NAMES)


@dataclass(frozen=True)
class Situation:
    """One situation with the answer the packs give to it."""

    id: str
    kind: str
    group: str
    packs: tuple[str, ...]
    settings: Mapping[str, Any]
    input: Mapping[str, Any]
    answer: Mapping[str, Any]
    why: str

    @property
    def rules(self) -> frozenset[str]:
        """Return every rule the answer names."""
        return frozenset(_named(self.answer))


def lines() -> Iterator[tuple[str, str]]:
    """Yield (name of the file without its ending, line) of every situation, in order."""
    folder = files(__name__)
    for name in sorted(each.name for each in folder.iterdir() if each.name.endswith(".jsonl")):
        for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield name.removesuffix(".jsonl"), line


def situations_of(rule_id: str) -> tuple[Situation, ...]:
    """Return the situations whose answer names a rule, in file order."""
    return _by_rule().get(rule_id, ())


def neighbours_of(rule_id: str) -> tuple[Situation, ...]:
    """
    Return permitted situations beside those of a rule: same group and packs, nothing speaks
    against them. They show where the rule ends.
    """
    beside = {(each.group, each.packs, each.kind) for each in situations_of(rule_id)}
    return tuple(
        each
        for each in _all()
        if (each.group, each.packs, each.kind) in beside and each.answer.get("decision") == "allow"
    )


@cache
def _all() -> tuple[Situation, ...]:
    return tuple(filter(None, (_read(json.loads(line)) for _file, line in lines())))


@cache
def _by_rule() -> Mapping[str, tuple[Situation, ...]]:
    found: dict[str, tuple[Situation, ...]] = {}
    for each in _all():
        for rule_id in each.rules:
            found[rule_id] = (*found.get(rule_id, ()), each)
    return MappingProxyType(found)


def _read(row: Mapping[str, Any]) -> Situation | None:
    """Build a situation; one that is meant to be a defect has no answer and shows nothing."""
    try:
        answer = check_case(row)
    except CaseError:
        return None
    return Situation(
        id=row["id"],
        kind=row["kind"],
        group=row.get("expect_group", row["kind"]),
        packs=tuple(row["packs"]),
        settings=row.get("settings") or {},
        input=row["input"],
        answer=answer,
        why=row.get("why", ""),
    )


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(IDS):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _named(each)
    elif isinstance(value, list | tuple | frozenset | set):
        for each in value:
            yield from _named(each)
