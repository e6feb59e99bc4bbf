"""A situation of the case files in words: who wants to do what to whom, and what the answer is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from qinghe.rules.situations import Situation, neighbours_of, situations_of
from qinghe.web.formats import listed
from qinghe.web.public.words import (
    CHANNELS,
    FLAGS,
    OUTCOMES,
    PURPOSES,
    ROLES,
    SOURCES,
    STATES,
    WISHES,
    WORKERS,
)
from qinghe.web.words import label

MOST: Final = 6
BESIDE: Final = 2
# A calculation may have dozens of numbers; these many tell what it is about.
ENOUGH: Final = 12
UNSAID: Final = ("rules", "steps")
Words = Iterator[str]
# Facts about the act that change the answer, by the value that is worth saying.
ORDINARY: Final = {"recorded": True, "opt_out_included": True}


@dataclass(frozen=True)
class Example:
    """One situation as it is shown; `denied` tells whether a rule refused."""

    id: str
    asked: str
    facts: Sequence[str]
    answer: str
    rules: Sequence[str]
    denied: bool


def examples_of(rule_id: str) -> list[Example]:
    """
    Return situations in which a rule speaks, then some beside it in which nothing does.

    Situations that read the law in another way than this platform does are left out.
    """
    fired = [each for each in situations_of(rule_id) if not each.settings]
    beside = [each for each in neighbours_of(rule_id) if not each.settings]
    read: dict[tuple[str, ...], Example] = {}
    _read(fired, MOST, read)
    _read(beside, BESIDE, read)
    return list(read.values())


def _read(situations: Iterable[Situation], most: int, read: dict[tuple[str, ...], Example]) -> None:
    """
    Add the first that do not read like one before: some differ only in what goes unsaid.

    The same facts with two answers would look like arbitrariness, so the first stands alone.
    """
    full = len(read) + most
    for each in situations:
        if len(read) == full:
            break
        told = _example(each)
        said = told.facts if each.kind == "contact" else [told.answer]
        read.setdefault((told.asked, *said), told)


def _example(each: Situation) -> Example:
    if each.kind != "contact":
        return _calculated(each)
    zones = each.input["addressee"].get("zones") or ["Asia/Shanghai"]
    zone = ZoneInfo(zones[0])
    answer = each.answer
    return Example(
        id=each.id,
        asked=_asked(each.input, zone),
        facts=[*_facts(each.input, zone)],
        answer=_answer(answer, zone),
        rules=list(answer["rules"]),
        denied=answer["decision"] == "deny",
    )


def _asked(given: Mapping[str, Any], zone: ZoneInfo) -> str:
    act = given["act"]
    return _("%(who)s: %(how)s to %(whom)s, %(when)s (%(zone)s), %(purpose)s") % {
        "who": _word(WORKERS, given["actor"].get("kind")),
        "how": _word(CHANNELS, act["channel"]),
        "whom": _word(ROLES, given["addressee"].get("role")),
        "when": _local(act["planned_at"], zone, seconds=True),
        "zone": zone.key,
        "purpose": _word(PURPOSES, act["purpose"]),
    }


def _facts(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    for tell in FACTS:
        yield from tell(given, zone)


def _place(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    zones = given["addressee"].get("zones") or []
    if not zones:
        yield _("Nobody knows where the person is.")
    elif len(zones) > 1:
        yield _("The person may be in %(zones)s.") % {"zones": listed(zones)}


def _before(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    ours = {debt.get("creditor") for debt in given.get("debts") or []}
    past: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for each in given.get("history") or []:
        other = each.get("creditor", "") not in ours
        past[each["channel"], each["outcome"], each["direction"], other].append(each["at"])
    for (channel, outcome, direction, other), moments in past.items():
        words = listed([str(_word(CHANNELS, channel)), str(_word(OUTCOMES, outcome))])
        if other:
            words = _("%(what)s, for another creditor") % {"what": words}
        told = _("Before that: %(n)d × %(what)s, last %(when)s")
        if direction == "inbound":
            told = _("Before that, from the person: %(n)d × %(what)s, last %(when)s")
        last = max(moments, key=datetime.fromisoformat)
        yield told % {"n": len(moments), "what": words, "when": _local(last, zone)}


def _wishes(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    for each in given.get("objections") or []:
        yield _("The person asked: %(what)s") % {
            "what": _limited(each, _word(WISHES, each["kind"]))
        }


def _consents(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    for each in given.get("consents") or []:
        yield _("The person agreed: %(what)s") % {
            "what": _limited(each, _word(WISHES, each["kind"]))
        }
        if each.get("revoked_at"):
            when = _local(each["revoked_at"], zone)
            yield _("The person took it back: %(when)s") % {"when": when}


def _limited(each: Mapping[str, Any], words: str) -> str:
    window = each.get("allowed_window") or each.get("window")
    if window:
        return f"{words} {window['start']}–{window['end']}"
    channels = [_word(CHANNELS, name) for name in each.get("channels") or ()]
    return f"{words} ({listed(channels)})" if channels else words


def _manner(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    act = given["act"]
    if act.get("direction") == "inbound":
        yield _("The person makes the contact.")
    source = act.get("address_source", "contract")
    if source != "contract":
        yield _("The address came from: %(source)s") % {"source": _word(SOURCES, source)}
    for name, words in FLAGS.items():
        value = act.get(name)
        if value is not None and bool(value) is not ORDINARY.get(name, False):
            yield f"{words}"
    if act.get("batch_count", 1) > 1:
        yield _("Asked for together with others: %(n)d") % {"n": act["batch_count"]}


def _state(given: Mapping[str, Any], zone: ZoneInfo) -> Words:
    for name, value in (given.get("case_state") or {}).items():
        if name in STATES and value not in (None, False):
            yield str(STATES[name])
    ends = given["actor"].get("mandate_ends_at")
    if ends:
        yield _("The mandate ends %(when)s.") % {"when": _local(ends, zone)}


FACTS: Final[tuple[Callable[[Mapping[str, Any], ZoneInfo], Words], ...]] = (
    _place,
    _before,
    _wishes,
    _consents,
    _manner,
    _state,
)


def _answer(answer: Mapping[str, Any], zone: ZoneInfo) -> str:
    if answer["decision"] != "deny":
        ends = answer["must_end_by"]
        if ends:
            return _("Permitted; it has to end by %(when)s") % {"when": _local(ends, zone)}
        return _("Permitted") if answer["decision"] == "allow" else _("Permitted, with a caution")
    later = answer["next_allowed_at"]
    if later is None:
        return _("Refused, and time alone does not change that")
    return _("Refused; next allowed %(when)s") % {"when": _local(later, zone)}


def _calculated(each: Situation) -> Example:
    """Return a calculation: what went in and what came out, by the names of the case files."""
    return Example(
        id=each.id,
        asked=_plain(each.input),
        facts=[],
        answer=_plain({k: v for k, v in each.answer.items() if k not in UNSAID}),
        rules=sorted(each.rules),
        denied=False,
    )


def _plain(values: Mapping[str, Any]) -> str:
    told = [f"{name} {value}" for name, value in _flat(values)]
    return " · ".join([*told[:ENOUGH], *(["…"] if told[ENOUGH:] else [])])


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of everything that is neither absent nor a collection."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value, 1):
            yield from _flat(each, f"{name}.{place}")
    elif value is not None:
        yield name, value


def _word(words: Mapping[str, Any], value: str | None) -> str:
    if value is None:
        return _("somebody unknown")
    return str(words[value]) if value in words else label(value, "channel")


def _local(text: str, zone: ZoneInfo, *, seconds: bool = False) -> str:
    local = datetime.fromisoformat(text).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S}" if seconds and local.second else f"{local:%Y-%m-%d %H:%M}"
