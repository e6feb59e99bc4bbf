"""
The gate's judgement: facts of one person and claim in, a decision with its reasons out. Pure.

Law and the platform's rules are judged by `qinghe.rules`; what only the platform's own tables know
(no usable address, no approved wording, holds without a law, caps on messages and addresses) is
added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from qinghe.contact.addresses import reached
from qinghe.rules.contact.case import check_words
from qinghe.rules.contact.clock import (
    DAY,
    day_after,
    day_start,
    local_day,
    national,
)
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import (
    Act,
    Addressee,
    CaseState,
    Counters,
    Debt,
    Finding,
    Objection,
    Past,
    PersonCap,
    Request,
    Settings,
    Verdict,
    Window,
    Worker,
)
from qinghe.rules.packs import pack_version, rule

# Over all creditors, collectors and numbers: stricter than any law, and not for sale.
SETTINGS: Final = Settings(
    person_cap=PersonCap(answered_per_day=3, dials_per_day=6), dispute_hold="all"
)
Hours = tuple[time | None, time | None]
MESSAGES: Final = frozenset({"sms", "email", "letter"})
KIND_OF: Final = {
    "voice": "phone",
    "sms": "phone",
    "email": "email",
    "letter": "address",
    "visit": "address",
}
# Holds that no law of the packs speaks of, and the platform rule that refuses for them.
HOUSE_HOLDS: Final = {
    "hardship": "PLT-HLD-01",
    "representation": "PLT-HLD-02",
    "moratorium": "PLT-HLD-03",
    "flag": "PLT-HLD-04",
}
HELD_PURPOSES: Final = frozenset({"collect", "locate"})
# Zones abroad bring their own law with them; China's always applies, the strictest answer wins.
PACKS_BY_AREA: Final = {
    "America": "US",
    "Europe/London": "UK",
    "Europe/Belfast": "UK",
    "Europe": "EU",
    "Asia/Kolkata": "IN",
    "Asia/Calcutta": "IN",
}


@dataclass(frozen=True)
class Point:
    """One address of the person, as a token."""

    id: UUID
    token: str
    kind: str
    zone: str
    source: str
    is_work: bool


@dataclass(frozen=True)
class Held:
    """One live hold: its kind, since when, until when."""

    kind: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Earlier:
    """An earlier attempt that counts, and whether it was about collecting."""

    past: Past
    purpose: str


@dataclass(frozen=True)
class Situation:
    """Everything about one person and one claim that the gate looks at."""

    person: str
    zones: tuple[str, ...]
    deceased: bool
    debt: Debt
    worker: Worker
    points: tuple[Point, ...]
    holds: tuple[Held, ...]
    objections: tuple[Objection, ...]
    earlier: tuple[Earlier, ...]

    def point_for(self, channel: str) -> Point | None:
        """Return the address for a channel: the first usable one, never another when it fails."""
        return next((p for p in self.points if p.kind == KIND_OF.get(channel)), None)

    def all_zones(self) -> tuple[str, ...]:
        """Return every zone where the person may be, each once, the primary first."""
        named = (*self.zones, *(point.zone for point in self.points if point.zone))
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Asked:
    """What somebody wants to do."""

    channel: str
    mode: str
    purpose: str
    at: datetime
    approved: bool = True


@dataclass(frozen=True)
class Decision:
    """The answer, with all it was based on. `next_allowed_at` None: it does not lapse by time."""

    denied: bool
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    counters: Mapping[str, Any]
    pack: str
    point: Point | None
    next_allowed_at: datetime | None
    must_end_by: datetime | None


def decide(situation: Situation, asked: Asked) -> Decision:
    """Judge one planned contact; the strictest of law, platform and house answers."""
    point = situation.point_for(asked.channel)
    packs = packs_for(situation.all_zones())
    request = request_of(situation, asked, point)
    if not _understood(request):
        return _not_understood(packs, point)
    verdict = evaluate(request, packs, SETTINGS)
    house = house_findings(situation, asked, point)
    findings = _ordered((*verdict.findings, *house))
    denied = bool(house) or verdict.denied
    return Decision(
        denied=denied,
        rules=tuple(finding.rule_id for finding in findings),
        findings=findings,
        counters=_counted(verdict.counters, messages_today(situation, asked.at)),
        pack=_versions(packs),
        point=point,
        next_allowed_at=_next(request, packs, verdict, house) if denied else None,
        must_end_by=None if denied else verdict.must_end_by,
    )


def _understood(request: Request) -> bool:
    """Tell whether every word and zone is one that the rules know."""
    try:
        check_words(request)
    except ValueError:
        return False
    return True


def _not_understood(packs: tuple[str, ...], point: Point | None) -> Decision:
    """Refuse what no rule can judge: silence must never read as permission."""
    missing = ("PLT-IN-05",) if point else ("PLT-IN-03", "PLT-IN-05")
    return Decision(
        denied=True,
        rules=missing,
        findings=tuple(Finding(rule_id, "deny") for rule_id in missing),
        counters={},
        pack=_versions(packs),
        point=point,
        next_allowed_at=None,
        must_end_by=None,
    )


def _versions(packs: tuple[str, ...]) -> str:
    return " ".join(pack_version(name) for name in (*packs, "PLT"))


def request_of(situation: Situation, asked: Asked, point: Point | None) -> Request:
    """Put the facts into the words of the rules."""
    act = Act(
        channel=asked.channel,
        planned_at=asked.at,
        address=point.token if point else None,
        purpose=asked.purpose,
        mode=asked.mode,
        address_kind="work" if point and point.is_work else "personal",
        address_source=point.source if point else "contract",
        opt_out_included=True,
    )
    return Request(
        act=act,
        addressee=Addressee(person=situation.person, role="debtor", zones=situation.all_zones()),
        debts=(situation.debt,),
        worker=_worker(situation),
        case_state=case_state(situation),
        objections=situation.objections,
        history=tuple(earlier.past for earlier in situation.earlier),
    )


def house_findings(situation: Situation, asked: Asked, point: Point | None) -> list[Finding]:
    """Return what only the platform's own tables know; every one of them denies."""
    found = []
    if point is None:
        found.append(Finding("PLT-IN-03", "deny"))
    if not asked.approved:
        found.append(Finding("PLT-IN-04", "deny"))
    if asked.purpose in HELD_PURPOSES:
        found += [
            Finding(HOUSE_HOLDS[held.kind], "deny", held.until)
            for held in situation.holds
            if held.kind in HOUSE_HOLDS
        ]
        found += _too_many_messages(situation, asked)
    if point is not None:
        pasts = [earlier.past for earlier in situation.earlier]
        found += reached(pasts, point.token, asked.channel, asked.at)
    return found


def _too_many_messages(situation: Situation, asked: Asked) -> list[Finding]:
    if asked.channel not in MESSAGES or not situation.all_zones():
        return []
    if messages_today(situation, asked.at) < message_cap():
        return []
    home = national(situation.all_zones()[0])
    return [Finding("PLT-MSG-01", "deny", day_after(home, local_day(home, asked.at)))]


def noticed(situation: Situation) -> bool:
    """Tell whether a notice required by law about this very claim went out in the last days."""
    return any(
        earlier.purpose == "legal_notice" and situation.debt.id in earlier.past.debts
        for earlier in situation.earlier
    )


def message_cap() -> int:
    """Return how many messages a person gets in a day, over everybody."""
    return rule("PLT-MSG-01").number("max")


def messages_today(situation: Situation, at: datetime) -> int:
    """Count the person's messages about claims on the local day, over everybody."""
    zones = situation.all_zones()
    if not zones:
        return 0
    home = national(zones[0])
    since = day_start(home, local_day(home, at))
    return sum(
        earlier.past.channel in MESSAGES
        and earlier.purpose in HELD_PURPOSES
        and since <= earlier.past.at <= at
        for earlier in situation.earlier
    )


def case_state(situation: Situation) -> CaseState:
    """Say the holds in the words of the rules; a hold lasts until its known end."""
    kinds = {held.kind: held for held in situation.holds}
    dispute = kinds.get("dispute")
    return CaseState(
        disputed=dispute is not None,
        dispute_received_at=dispute.since if dispute else None,
        dispute_resolved_at=dispute.until if dispute else None,
        deceased=situation.deceased or "death" in kinds,
        plan_kept="plan" in kinds,
        complaint_open="complaint" in kinds,
    )


def _worker(situation: Situation) -> Worker:
    """A recalled claim ends the mandate at the moment of the recall."""
    recalled = [held.since for held in situation.holds if held.kind == "recall"]
    ends = [*recalled, *filter(None, [situation.worker.mandate_ends_at])]
    return replace(situation.worker, mandate_ends_at=min(ends)) if recalled else situation.worker


def packs_for(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Return the packs to judge by, for a person who may be in any of the zones."""
    areas = [PACKS_BY_AREA.get(zone) or PACKS_BY_AREA.get(zone.split("/")[0]) for zone in zones]
    return tuple(dict.fromkeys(["CN", *filter(None, areas)]))


def objection(kind: str, person: str, at: datetime, channels: list[str], hours: Hours) -> Objection:
    """Put a person's wish into the words of the rules; what was asked here was asked in writing."""
    start, end = hours
    window = None
    if start is not None and end is not None:
        window = Window.of(start, None if end == time(0) else end)
    return Objection(
        kind=kind,
        person=person,
        at=at,
        form="electronic",
        channels=tuple(channels),
        allowed_window=window,
    )


def since(at: datetime) -> datetime:
    """Return the moment from which earlier contacts can still count."""
    return at - 8 * DAY


def _ordered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    first = {finding.rule_id: finding for finding in reversed(findings)}
    return tuple(sorted(first.values(), key=lambda finding: (finding.level, finding.rule_id)))


def _next(
    request: Request, packs: tuple[str, ...], verdict: Verdict, house: list[Finding]
) -> datetime | None:
    """Return the earliest moment at which neither law nor house would refuse, when known."""
    ends = [finding.until for finding in house]
    if verdict.denied:
        ends.append(verdict.next_allowed_at)
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    act = replace(request.act, planned_at=max(known))
    again = evaluate(replace(request, act=act), packs, SETTINGS)
    return again.next_allowed_at if again.denied else act.planned_at


def _counted(counters: Counters, messages: int) -> dict[str, int]:
    return {
        "cn_talks_today": counters.cn_talks_today,
        "cn_oneway_today": counters.cn_oneway_today,
        "cn_unanswered_today": counters.cn_unanswered_today,
        "person_answered_today": counters.person_answered_today,
        "person_dials_today": counters.person_dials_today,
        "person_messages_today": messages,
        "us_calls_7d": max(counters.us_calls_7d.values(), default=0),
    }
