"""Load the rule packs, refuse a rule without its papers, and answer what is in force on a day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from qinghe.rules import law

PACK_NAMES = ("CN", "US", "UK", "EU", "IN", "PLT")
PLATFORM = "PLT"
# What an operator may tighten. The evaluator never asks it: its figures are the operator's own.
HOUSE = "HSE"
LEVELS = frozenset({"deny", "warn", "info"})
STATUSES = frozenset({"in_force", "draft", "superseded"})
MINUTES_PER_HOUR = 60


class PackError(ValueError):
    """A pack that must not be used: a rule lacks its id, source or dates, or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule of law or of the platform, with its papers.

    Effective days are half-open: when the rule binds. `recorded` is the day the pack came to
    know this version of the rule; a later version of the same id replaces it.
    """

    id: str
    pack: str
    title_zh: str
    title_en: str
    source: str
    clause: str
    effective_from: date | None
    effective_to: date | None
    recorded: date
    status: str
    text: str
    scope: str
    level: str
    grade: str
    note: str
    evaluated_by: tuple[str, ...]
    parameters: Mapping[str, Any]
    # Whether two persons of compliance may set it aside for one notice that the law requires.
    overridable: bool = False

    def in_force(self, day: date, *, drafts: bool = False) -> bool:
        """Tell whether the rule binds on a local day."""
        if self.status == "draft" and not drafts:
            return False
        if self.effective_to is None:
            # Superseded, and nobody wrote down since when: no longer relied on, for any day.
            ended = self.status == "superseded"
        else:
            ended = self.effective_to <= day
        return not ended and (self.effective_from is None or self.effective_from <= day)

    def number(self, name: str) -> int:
        """
        Return a whole-number parameter.

        :raises PackError: absent or not a whole number
        """
        value = self.parameters.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise PackError(f"{self.id}: {name} must be a whole number")
        return value

    def words(self, name: str) -> frozenset[str]:
        """
        Return a parameter that is a list of words.

        :raises PackError: absent or not a list
        """
        value = self.parameters.get(name)
        if not isinstance(value, list):
            raise PackError(f"{self.id}: {name} must be a list")
        return frozenset(str(word) for word in value)

    def title(self, lang: str) -> str:
        """Return the title in Chinese (`zh…`) or else in English."""
        return self.title_zh if lang.startswith("zh") else self.title_en


@dataclass(frozen=True, slots=True)
class Pack:
    """
    The rules of one jurisdiction, in file order, with a version that follows the content.

    `rules` are the latest versions, one for each id; `earlier` are those they replaced, which
    answer what was known then and bind nobody now.
    """

    name: str
    version: str
    rules: tuple[Rule, ...]
    earlier: tuple[Rule, ...] = ()


def minutes(clock: str) -> int:
    """
    Return the minute of the day of `HH:MM`; `24:00` is the far side of midnight.

    :raises ValueError: not a clock time
    """
    hour, minute = clock[:2], clock[3:]
    if len(clock) != 5 or clock[2] != ":" or not (hour.isdecimal() and minute.isdecimal()):
        raise ValueError("not HH:MM")
    total = int(hour) * MINUTES_PER_HOUR + int(minute)
    if int(minute) >= MINUTES_PER_HOUR or total > 24 * MINUTES_PER_HOUR:
        raise ValueError("not a time of day")
    return total


def read_yaml(name: str) -> Any:
    """Return the content of a file of the law."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(_raw(name), Loader=loader)  # noqa: S506 - a safe loader


def fingerprint(*names: str) -> str:
    """Return a short hash of the bytes of some files of the law."""
    return sha256(b"".join(map(_raw, names))).hexdigest()[:4]


def _raw(name: str) -> bytes:
    return files(law).joinpath(name).read_bytes()


def parse_rule(row: Mapping[str, Any], pack: str) -> Rule:
    """
    Build a rule from its row.

    :raises PackError: no id, source, dates, or an unknown level or status
    """
    for key in ("id", "source", "effective", "level", "grade", "recorded"):
        if not row.get(key):
            raise PackError(f"{pack}: rule {row.get('id', '?')} lacks {key}")
    effective = row["effective"]
    if row["level"] not in LEVELS or effective.get("status") not in STATUSES:
        raise PackError(f"{row['id']}: unknown level or status")
    if "from" not in effective or not str(row["id"]).startswith(f"{pack}-"):
        raise PackError(f"{row['id']}: no first day, or a foreign id")
    begins, ends = _day(effective["from"]), _day(effective.get("to"))
    if begins and ends and ends <= begins:
        raise PackError(f"{row['id']}: ends before it begins")
    if row.get("overridable") and (pack != PLATFORM or row.get("evaluated_by") != ["gate"]):
        raise PackError(f"{row['id']}: only a rule of the platform's own gate can be set aside")
    return Rule(
        id=row["id"],
        pack=pack,
        title_zh=row["title"]["zh"],
        title_en=row["title"]["en"],
        source=row["source"],
        clause=row.get("clause") or "",
        effective_from=begins,
        effective_to=ends,
        recorded=date.fromisoformat(row["recorded"]),
        status=effective["status"],
        text=row.get("rule") or "",
        scope=row.get("scope") or "",
        level=row["level"],
        grade=row["grade"],
        note=row.get("note") or "",
        evaluated_by=tuple(row.get("evaluated_by") or ()),
        parameters=MappingProxyType(row.get("parameters") or {}),
        overridable=bool(row.get("overridable")),
    )


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def parse_pack(content: Mapping[str, Any], digest: str) -> Pack:
    """
    Build a pack from the content of its file.

    An id may occur once for each day it was recorded on. A row that names no such day has that
    of the pack.

    :raises PackError: a rule without papers, or one id twice on one day or without a change
    """
    name = content["pack"]
    papers = {"recorded": content.get("recorded")}
    rows = [parse_rule({**papers, **row}, name) for row in content["rules"]]
    latest: dict[str, Rule] = {}
    for each in sorted(rows, key=lambda each: each.recorded):
        known = latest.get(each.id)
        if known is not None and replace(each, recorded=known.recorded) == known:
            raise PackError(f"{each.id}: recorded twice without a change")
        if known is not None and known.recorded == each.recorded:
            raise PackError(f"{each.id}: two versions of one day")
        latest[each.id] = each
    return Pack(
        name,
        f"{name.lower()}-{content['version']}-{digest}",
        tuple(each for each in rows if each is latest[each.id]),
        tuple(each for each in rows if each is not latest[each.id]),
    )


@cache
def load_packs() -> Mapping[str, Pack]:
    """
    Return every pack by its name. The files are read once.

    :raises PackError: a pack must not be used
    """
    return MappingProxyType({name: _read_pack(name) for name in (*PACK_NAMES, HOUSE)})


def _read_pack(name: str) -> Pack:
    """Read one pack; its version follows its rules and the sentences people read of them."""
    own = f"{name.lower()}.yaml"
    return parse_pack(read_yaml(own), fingerprint(own, "sentences.yaml"))


@cache
def _by_id() -> Mapping[str, Rule]:
    return MappingProxyType({each.id: each for p in load_packs().values() for each in p.rules})


def rule(rule_id: str) -> Rule:
    """
    Return a rule by its id.

    :raises LookupError: no pack has it
    """
    return _by_id()[rule_id]


@cache
def overridable() -> frozenset[str]:
    """Return the rules that two persons may set aside for one notice that the law requires."""
    return frozenset(each.id for each in load_packs()[PLATFORM].rules if each.overridable)


def pack_version(name: str) -> str:
    """
    Return the version of a pack with a short hash of its content, such as `cn-0.1.0-8f3a`.

    :raises LookupError: no such pack
    """
    return load_packs()[name].version


@lru_cache(maxsize=256)
def with_platform(packs: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the packs to apply: those asked for, and always the platform's.

    :raises ValueError: no pack, or one that does not exist
    """
    if not packs or not set(packs) <= set(PACK_NAMES):
        raise ValueError("unknown pack")
    return tuple(name for name in PACK_NAMES if name in packs or name == PLATFORM)


@lru_cache(maxsize=4096)
def rules_on(
    day: date, packs: tuple[str, ...] | None = None, drafts: bool = False
) -> tuple[Rule, ...]:
    """
    Return the rules in force on a local day, in file order; of all packs unless some are named.

    :raises ValueError: a pack does not exist
    """
    names = PACK_NAMES if packs is None else with_platform(packs)
    loaded = load_packs()
    return tuple(
        each for name in names for each in loaded[name].rules if each.in_force(day, drafts=drafts)
    )
