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
from functools import lru_cache
from typing import Any, Final

from qinghe.contact.addresses import reached
from qinghe.contact.facts import HELD_PURPOSES, Asked, Point, Situation
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
    PLAIN_STATE,
    Act,
    Addressee,
    CaseState,
    Counters,
    Finding,
    Objection,
    PersonCap,
    Request,
    Settings,
    Verdict,
    Window,
    Worker,
)
from qinghe.rules.contact.house import Planned, house_end, operator_findings
from qinghe.rules.house import House
from qinghe.rules.packs import pack_version, rule

CAP: Final = rule("PLT-CAP-01")
# Over all creditors, collectors and numbers: stricter than any law, and not for sale.
SETTINGS: Final = Settings(
    person_cap=PersonCap(CAP.number("answered_per_day"), CAP.number("dials_per_day")),
    dispute_hold="all",
)
Hours = tuple[time | None, time | None]
MESSAGES: Final = frozenset({"sms", "email", "letter"})
# Holds that no law of the packs speaks of, and the platform rule that refuses for them.
HOUSE_HOLDS: Final = {
    "hardship": "PLT-HLD-01",
    "representation": "PLT-HLD-02",
    "moratorium": "PLT-HLD-03",
    "flag": "PLT-HLD-04",
    "duplicate": "PLT-HLD-04",
    # An assignment binds the debtor only once it has been notified.
    "unnotified": "CN-ASG-01",
}
# Every step passes the end of at least one refusal; many closed days one after another are few.
SEARCH_STEPS: Final = 64
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
    # The question in the words of the rules; None: it held a word that they do not know.
    request: Request | None = None


@dataclass(frozen=True)
class Answer:
    """What law (`verdict`) and house (`own`) say to one planned contact."""

    packs: tuple[str, ...]
    point: Point | None
    planned: Planned
    verdict: Verdict
    own: tuple[Finding, ...]


def decide(situation: Situation, asked: Asked) -> Decision:
    """Judge one planned contact; the strictest of law, platform and house answers."""
    point = situation.point_for(asked.channel)
    request = request_of(situation, asked, point)
    if not understood(request):
        return _not_understood(situation, point)
    answer = _answer(situation, asked, request, point)
    verdict, planned = answer.verdict, answer.planned
    findings = _ordered((*verdict.findings, *answer.own))
    denied = bool(answer.own) or verdict.denied
    return Decision(
        denied=denied,
        rules=tuple(finding.rule_id for finding in findings),
        findings=findings,
        counters=_counted(verdict.counters, planned.messages),
        pack=pack_of(situation),
        point=answer.point,
        next_allowed_at=_next(situation, asked, answer) if denied else None,
        must_end_by=None if denied else _end(verdict, situation.house, planned),
        request=request,
    )


def _answer(situation: Situation, asked: Asked, request: Request, point: Point | None) -> Answer:
    packs = packs_for(situation.all_zones())
    verdict = evaluate(request, packs, SETTINGS)
    planned = planned_of(situation, asked, verdict.counters)
    own = (*house_findings(situation, asked, point), *operator_findings(situation.house, planned))
    return Answer(packs, point, planned, verdict, own)


def planned_of(situation: Situation, asked: Asked, counters: Counters) -> Planned:
    """Put a planned contact into the words of the operator's pack."""
    earlier = [each.past.at for each in situation.earlier if each.about_claims]
    return Planned(
        at=asked.at,
        channel=asked.channel,
        mode=asked.mode,
        purpose=asked.purpose,
        zones=situation.all_zones(),
        counters=counters,
        messages=messages_today(situation, asked.at),
        is_message=asked.channel in MESSAGES and asked.purpose in HELD_PURPOSES,
        last_at=max(earlier, default=None),
        ended=situation.ended,
    )


def understood(request: Request) -> bool:
    """Tell whether every word and zone is one that the rules know."""
    try:
        check_words(request)
    except ValueError:
        return False
    return True


def _not_understood(situation: Situation, point: Point | None) -> Decision:
    """Refuse what no rule can judge: silence must never read as permission."""
    missing = ("PLT-IN-05",) if point else ("PLT-IN-03", "PLT-IN-05")
    return Decision(
        denied=True,
        rules=missing,
        findings=tuple(Finding(rule_id, "deny") for rule_id in missing),
        counters={},
        pack=pack_of(situation),
        point=point,
        next_allowed_at=None,
        must_end_by=None,
    )


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
    """
    Return what only the platform's own tables know; every one of them denies.

    Only here can a rule be set aside: what law and evaluator found is never looked at again.
    """
    found = []
    if point is None:
        found.append(Finding("PLT-IN-03", "deny"))
    if not asked.approved:
        found.append(Finding("PLT-IN-04", "deny"))
    if asked.purpose in HELD_PURPOSES:
        found += [
            Finding(HOUSE_HOLDS[held.kind], "deny", held.until)
            for held in situation.holds
            if held.kind in HOUSE_HOLDS and (held.until is None or held.until > asked.at)
        ]
    found += _too_many_messages(situation, asked)
    if point is not None:
        pasts = [earlier.past for earlier in situation.earlier]
        found += reached(pasts, point.token, asked.channel, asked.at)
    return [finding for finding in found if finding.rule_id not in asked.set_aside]


def _too_many_messages(situation: Situation, asked: Asked) -> list[Finding]:
    if asked.channel not in MESSAGES or not situation.all_zones():
        return []
    if asked.purpose not in HELD_PURPOSES and not asked.counted:
        return []
    if messages_today(situation, asked.at) < message_cap():
        return []
    home = national(situation.all_zones()[0])
    return [Finding("PLT-MSG-01", "deny", day_after(home, local_day(home, asked.at)))]


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
        earlier.past.channel in MESSAGES and earlier.about_claims and since <= earlier.past.at <= at
        for earlier in situation.earlier
    )


def case_state(situation: Situation) -> CaseState:
    """Say the holds in the words of the rules; a hold lasts until its known end."""
    if not situation.holds and not situation.deceased:
        return PLAIN_STATE
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


@lru_cache(maxsize=1024)
def packs_for(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Return the packs to judge by, for a person who may be in any of the zones."""
    areas = [PACKS_BY_AREA.get(zone) or PACKS_BY_AREA.get(zone.split("/")[0]) for zone in zones]
    return tuple(dict.fromkeys(["CN", *filter(None, areas)]))


def pack_of(situation: Situation) -> str:
    """Return the versions of the packs a person is judged by; the operator's own by its number."""
    versions = [pack_version(name) for name in (*packs_for(situation.all_zones()), "PLT")]
    return " ".join([*versions, f"hse-{situation.house.number}"] if situation.house else versions)


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


def _next(situation: Situation, asked: Asked, answer: Answer) -> datetime | None:
    """Return the earliest moment at which neither law nor house would refuse, when known."""
    try:
        return _search(situation, asked, answer)
    except OverflowError:
        # A hold or a closed day until the end of the calendar: there is no moment after it.
        return None


def _search(situation: Situation, asked: Asked, answer: Answer) -> datetime | None:
    for _ in range(SEARCH_STEPS):
        ends = [finding.until for finding in answer.own]
        if answer.verdict.denied:
            ends.append(answer.verdict.next_allowed_at)
        if not ends:
            return asked.at
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        asked = replace(asked, at=max(known))
        request = request_of(situation, asked, answer.point)
        answer = _answer(situation, asked, request, answer.point)
    return None


def _end(verdict: Verdict, house: House, planned: Planned) -> datetime | None:
    """Return when a permitted call must end: at the end of the law's hours, or earlier ones."""
    if verdict.must_end_by is None:
        return None
    return min(verdict.must_end_by, house_end(house, planned) or verdict.must_end_by)


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
