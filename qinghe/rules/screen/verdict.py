"""Screen one utterance: every layer is asked, the strictest answers, every finding is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from qinghe.rules.contact.case import Case, Moment
from qinghe.rules.contact.facts import Act as ContactAct
from qinghe.rules.contact.facts import Addressee, Debt, Request, Settings, Worker
from qinghe.rules.contact.hours import check_hours
from qinghe.rules.contact.terms import CHANNELS, ROLES, THIRD_PERSONS
from qinghe.rules.packs import rules_on, with_platform
from qinghe.rules.screen.hearing import heard
from qinghe.rules.screen.lexicon import Act, act, lexicon
from qinghe.rules.screen.meanings import read
from qinghe.rules.screen.normal import Normal
from qinghe.rules.screen.patterns import match
from qinghe.rules.screen.spots import Spotted
from qinghe.rules.screen.terms import FACTS, SURFACES, Finding, Screening, Utterance

DEFAULT_SETTINGS = Settings()
NO_ROLE = "PLT-IN-01"
# Third persons nobody agreed on: in China they are not even asked where the debtor is.
OUTSIDERS = THIRD_PERSONS - {"agreed_contact"}
# Without a day the newest law that is known answers.
NEWEST = date.max


def screen(
    utterance: Utterance,
    packs: tuple[str, ...] = ("CN",),
    settings: Settings = DEFAULT_SETTINGS,
) -> Screening:
    """
    Judge a text under several packs; the platform's own pack is always among them.

    :raises ValueError: an unknown word, pack or zone, or a moment without offset
    """
    _check_words(utterance)
    if utterance.role is None:
        return Screening("deny", (NO_ROLE,), ())
    force, closed = _force(utterance, packs, settings)
    found = [*closed, *_found(utterance, packs)]
    kept = [each for finding in found if (each := _in_force(finding, force))]
    kept = _joined(kept)
    rules = tuple(sorted({rule_id for finding in kept for rule_id in finding.rules}))
    return Screening("deny" if kept else "allow", rules, tuple(kept))


def _check_words(utterance: Utterance) -> None:
    known = (
        utterance.channel in CHANNELS
        and utterance.surface in SURFACES
        and (utterance.role is None or utterance.role in ROLES)
        and utterance.facts <= FACTS
    )
    if not known:
        raise ValueError("a word outside the terms of screening")


def _force(
    utterance: Utterance, packs: tuple[str, ...], settings: Settings
) -> tuple[frozenset[str], list[Finding]]:
    """Return the rules in force, and what the hours forbid, when they are known."""
    if utterance.at is None or not utterance.zones:
        return _newest(with_platform(packs), settings.enable_drafts), []
    moment = Moment(Case(_contact(utterance), packs, settings), utterance.at)
    check_hours(moment)
    rules_closed = tuple(sorted({finding.rule_id for finding in moment.findings}))
    closed = [_finding(act("closed_hours"), 0, len(utterance.text), rules_closed)]
    return frozenset(moment.force.rules), closed if rules_closed else []


@cache
def _newest(packs: tuple[str, ...], with_drafts: bool) -> frozenset[str]:
    return frozenset(each.id for each in rules_on(NEWEST, packs, with_drafts))


def _contact(utterance: Utterance) -> Request:
    """Return the utterance as a contact, so that its hours are those of every contact."""
    assert utterance.at is not None
    return Request(
        act=ContactAct(
            channel=utterance.channel, planned_at=utterance.at, address=None, purpose="collect"
        ),
        addressee=Addressee(person="", role=utterance.role, zones=utterance.zones),
        debts=(Debt(id="", creditor="", kind="consumer_loan"),),
        worker=Worker(collector="", kind="agency"),
    )


def _found(utterance: Utterance, packs: tuple[str, ...]) -> list[Finding]:
    """Return what the words say; where they say nothing, what the models hear."""
    normal, text = read(utterance.text)
    words = _words(utterance, packs)
    return list(_said(normal, text, words)) or list(_heard(normal, text, words))


def _said(normal: Normal, text: Spotted, words: frozenset[str]) -> Iterator[Finding]:
    present = text.by_meaning.keys()
    for each in lexicon().acts:
        for pattern in each.patterns:
            if pattern.meanings <= present and pattern.applies(words):
                spot = match(pattern, text)
                if spot is not None:
                    start, end = normal.span(spot.start, spot.end)
                    yield _finding(each, start, end, pattern.rules or each.rules)


def _heard(normal: Normal, text: Spotted, words: frozenset[str]) -> Iterator[Finding]:
    for code, start, end in heard(text, words):
        yield _finding(act(code), *normal.span(start, end), act(code).rules)


def _words(utterance: Utterance, packs: tuple[str, ...]) -> frozenset[str]:
    """Return everything a pattern may ask about: role, surface, channel, packs, facts."""
    role, facts = utterance.role or "", utterance.facts
    words = {role, utterance.surface, utterance.channel, *with_platform(packs), *facts}
    if not utterance.identity_verified:
        words.add("unverified")
    if role in THIRD_PERSONS or (role == "spouse" and "household_debt_proven" not in facts):
        words.add("third")
    if role in OUTSIDERS:
        words.add("outsider")
    told = facts & {"debtor_consents_disclosure", "debtor_lost"}
    if "volunteer_payer" in facts and told and utterance.identity_verified:
        words.add("may_be_told")
    return frozenset(words)


def _finding(each: Act, start: int, end: int, rules: tuple[str, ...]) -> Finding:
    return Finding(each.code, start, end, rules, each.say_zh, each.say_en)


def _joined(findings: list[Finding]) -> list[Finding]:
    """Return the findings in order, those of one act and the same rules that overlap as one."""
    joined: list[Finding] = []
    for each in sorted(findings, key=lambda found: (found.act, found.rules, found.start)):
        last = joined[-1] if joined else None
        same = last and (last.act, last.rules) == (each.act, each.rules)
        if last and same and each.start <= last.end:
            joined[-1] = replace(last, end=max(last.end, each.end))
        else:
            joined.append(each)
    return sorted(joined, key=lambda found: (found.start, found.end, found.act))


def _in_force(finding: Finding, force: frozenset[str]) -> Finding | None:
    rules = tuple(rule_id for rule_id in finding.rules if rule_id in force)
    if not rules:
        return None
    return replace(finding, rules=rules)
