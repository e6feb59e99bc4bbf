"""
The law in two times: what bound on a day, and what was known of it on another.

A verdict is judged by what was known when it was given. Asked later, `law_on` answers with the
same rules again, whatever has been learned, corrected or enacted since.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from qinghe.rules.packs import PACK_NAMES, Pack, Rule, load_packs, with_platform


@dataclass(frozen=True, slots=True)
class Version:
    """
    One version of a rule and the days it was what the pack knew, half-open.

    `known_to` is `None` for the version that counts now. `changed` names the papers of the rule
    that differ from the version before; the first version has none.
    """

    rule: Rule
    known_from: date
    known_to: date | None
    changed: tuple[str, ...] = ()

    def known(self, on: date) -> bool:
        """Tell whether this was the version known on a day."""
        return self.known_from <= on and (self.known_to is None or on < self.known_to)


def history_of(rule_id: str) -> tuple[Version, ...]:
    """
    Return every version of a rule, the oldest first.

    :raises LookupError: no pack has it
    """
    return _histories()[rule_id]


def law_on(
    day: date,
    *,
    known_on: date | None = None,
    packs: tuple[str, ...] | None = None,
    drafts: bool = False,
) -> tuple[Rule, ...]:
    """
    Return the rules that bound on a local day, as they were known on another, in file order.

    Without `known_on` everything known now counts; without `packs`, all of them.

    :raises ValueError: a pack does not exist
    """
    names = PACK_NAMES if packs is None else with_platform(packs)
    known = [
        version.rule
        for name in names
        for rule in load_packs()[name].rules
        for version in history_of(rule.id)
        if (version.known_to is None if known_on is None else version.known(known_on))
    ]
    return tuple(rule for rule in known if rule.in_force(day, drafts=drafts))


@cache
def _histories() -> Mapping[str, tuple[Version, ...]]:
    return MappingProxyType(
        {
            history[0].rule.id: history
            for pack in load_packs().values()
            for history in histories(pack)
        }
    )


def histories(pack: Pack) -> Iterator[tuple[Version, ...]]:
    """Yield the history of every rule of a pack, in file order."""
    for rule in pack.rules:
        earlier = sorted(
            (each for each in pack.earlier if each.id == rule.id), key=lambda each: each.recorded
        )
        yield _versions([*earlier, rule])


def _versions(rules: list[Rule]) -> tuple[Version, ...]:
    ends = [*(each.recorded for each in rules[1:]), None]
    changes = [(), *(_changed(before, after) for before, after in pairwise(rules))]
    return tuple(
        Version(rule, rule.recorded, end, changed)
        for rule, end, changed in zip(rules, ends, changes, strict=True)
    )


def _changed(before: Rule, after: Rule) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in fields(Rule)
        if each.name != "recorded" and getattr(before, each.name) != getattr(after, each.name)
    )
