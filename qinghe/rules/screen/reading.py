"""Read an utterance from a JSON object, and write the answer as one."""

from typing import Any

from qinghe.rules.contact.reading import read_zones
from qinghe.rules.contact.terms import CHANNELS, ROLES
from qinghe.rules.reading import Row, flag, instant, need_text, part, word
from qinghe.rules.screen.terms import FACTS, LANGS, SURFACES, Finding, Screening, Utterance


def read_utterance(row: Row) -> Utterance:
    """
    Read an utterance; a fact that is absent is false.

    :raises CaseError: no text, a word outside its list, or a defect in a moment or a zone
    """
    facts = part(row, "facts") or {}
    word(row, "lang", LANGS)
    return Utterance(
        text=need_text(row, "text"),
        role=word(row, "role", ROLES),
        channel=word(row, "channel", CHANNELS) or "sms",
        surface=word(row, "surface", SURFACES) or "message",
        identity_verified=flag(row, "identity_verified"),
        facts=frozenset(name for name in FACTS if flag(facts, name)),
        at=instant(row, "at"),
        zones=read_zones(row),
    )


def screening_row(screening: Screening) -> dict[str, Any]:
    """Return a screening as an object ready for JSON."""
    return {
        "decision": screening.decision,
        "rules": screening.rules,
        "findings": [finding_row(each) for each in screening.findings],
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """Return a finding as an object ready for JSON; the place counts characters of the text."""
    return {
        "act": finding.act,
        "start": finding.start,
        "end": finding.end,
        "rule": finding.rule_id,
        "rules": finding.rules,
        "say": {"zh": finding.say_zh, "en": finding.say_en},
    }
