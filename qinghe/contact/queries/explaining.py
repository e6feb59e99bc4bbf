"""
Why any attempt ever made was permitted or refused: read from what was kept, never judged again.

Rules that read differently today are told in the words they had; the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from qinghe.contact.models import Attempt, PackCopy
from qinghe.contact.queries.attempts import visible_attempt
from qinghe.contact.terms import AttemptState
from qinghe.journal.queries import EntryRow, Sealed, seals_of, timeline
from qinghe.kernel.actor import Actor, Role
from qinghe.rules.explain import citation, sentence
from qinghe.rules.packs import PACK_NAMES, pack_version, rule
from qinghe.rules.papers import rule_papers

Papers = Mapping[str, Mapping[str, Any]]
MIDNIGHT = 1440


@dataclass(frozen=True)
class RuleText:
    """
    One rule as people read it. `audience` decided who it speaks to.

    `until` is when a finding lapses by itself; `changed` tells that the rule reads otherwise today.
    """

    id: str
    title: str
    sentence: str
    citation: str
    level: str
    until: datetime | None = None
    changed: bool = False


@dataclass(frozen=True)
class SeenHold:
    """A hold that stood: since when, and until when if that was known."""

    kind: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class SeenWish:
    """A wish that stood: its channels, or its local hours."""

    kind: str
    channels: tuple[str, ...]
    window: tuple[time, time] | None


@dataclass(frozen=True)
class Seen:
    """What was looked at: zones, the hours open that day (UTC), holds and wishes that stood."""

    zones: tuple[str, ...] = ()
    hours: tuple[tuple[datetime, datetime], ...] = ()
    holds: tuple[SeenHold, ...] = ()
    wishes: tuple[SeenWish, ...] = ()


@dataclass(frozen=True)
class Happening:
    """One journal entry about the attempt; `seal` is absent until the next seal."""

    entry_id: int
    at: datetime
    kind: str
    by: str
    rules: tuple[RuleText, ...]
    reason: str
    outcome: str
    seal: Sealed | None


@dataclass(frozen=True)
class PackChange:
    """A pack that reads otherwise today; `kept` tells whether its old words are kept."""

    then: str
    now: str
    kept: bool


@dataclass(frozen=True)
class Explanation:
    """Why an attempt was permitted or refused, with everything it was decided on."""

    attempt_id: UUID
    claim_id: UUID
    channel: str
    purpose: str
    template: str
    state: str
    at: datetime
    sent_at: datetime | None
    outcome: str | None
    # What was found when it was asked for; `stopped_by` what stopped it when it was to be sent.
    rules: tuple[RuleText, ...]
    stopped_by: tuple[RuleText, ...]
    pack: str
    changes: tuple[PackChange, ...]
    counters: Mapping[str, int]
    seen: Seen
    next_allowed_at: datetime | None
    must_end_by: datetime | None
    history: tuple[Happening, ...]

    @property
    def refused(self) -> bool:
        """Tell whether a rule refused it when it was asked for."""
        return self.state == AttemptState.REFUSED


def explain(*, attempt_id: UUID, actor: Actor) -> Explanation:
    """
    Return why an attempt was decided as it was, in the actor's language.

    :raises NoSuchAttempt: unknown, or not for this actor's eyes
    """
    attempt = visible_attempt(attempt_id=attempt_id, actor=actor)
    audience = "debtor" if actor.role == Role.DEBTOR else "worker"
    copies = _copies(attempt.pack)
    law = _Law(audience, copies)
    return Explanation(
        attempt_id=attempt.pk,
        claim_id=attempt.claim_id,
        channel=attempt.channel,
        purpose=attempt.purpose,
        template=attempt.template,
        state=attempt.state,
        at=attempt.at,
        sent_at=attempt.sent_at,
        outcome=attempt.outcome,
        rules=law.findings(_found(attempt)),
        stopped_by=law.texts(attempt.rules) if _stopped(attempt) else (),
        pack=attempt.pack,
        changes=_changes(attempt.pack, copies),
        counters=attempt.counters,
        seen=_seen(attempt.seen),
        next_allowed_at=attempt.next_allowed_at,
        must_end_by=attempt.must_end_by,
        history=tuple(_history(attempt, law)),
    )


def rule_text(rule_id: str, audience: str = "worker") -> RuleText:
    """Return a rule as it reads today in the active language, for one audience."""
    lang = get_language() or "en"
    found = rule(rule_id)
    return RuleText(
        rule_id,
        found.title(lang),
        sentence(rule_id, lang, audience),
        citation(rule_id),
        found.level,
    )


class Sentences:
    """What rules say to one audience, each in the words of the pack an attempt was judged by."""

    def __init__(self, packs: Iterable[str], audience: str) -> None:
        self.audience = audience
        self.copies = _copies(" ".join(set(packs)))

    def of(self, pack: str, rule_id: str) -> str:
        """Return the sentence of a rule then; nothing when its words are lost."""
        name = f"{rule_id.partition('-')[0].lower()}-"
        then = next((each for each in pack.split() if each.startswith(name)), "")
        papers = self.copies.get(then, {}).get(rule_id) or _papers_today(rule_id)
        return str(papers["sentence"][self.audience][_lang()]) if papers else ""


class _Law:
    """The words of rules for one audience, as they stood when an attempt was decided."""

    def __init__(self, audience: str, copies: Mapping[str, Papers]) -> None:
        self.audience = audience
        self.old: Papers = {key: row for copy in copies.values() for key, row in copy.items()}

    def findings(self, found: Iterable[Mapping[str, Any]]) -> tuple[RuleText, ...]:
        return tuple(self._text(row["rule"], row["level"], _moment(row["until"])) for row in found)

    def texts(self, rule_ids: Iterable[str]) -> tuple[RuleText, ...]:
        return tuple(self._text(rule_id, "", None) for rule_id in rule_ids)

    def _text(self, rule_id: str, level: str, until: datetime | None) -> RuleText:
        papers, today = self.old.get(rule_id), _papers_today(rule_id)
        words = papers or today
        if words is None:
            # A rule that is gone, decided before its words were kept.
            return RuleText(rule_id, rule_id, "", "", level, until, changed=True)
        return RuleText(
            rule_id,
            words["title"][_lang()],
            words["sentence"][self.audience][_lang()],
            words["citation"],
            level or words["level"],
            until,
            changed=papers is not None and papers != today,
        )


def _lang() -> str:
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def _papers_today(rule_id: str) -> Mapping[str, Any] | None:
    try:
        return rule_papers(rule(rule_id))
    except LookupError:
        return None


def _copies(versions: str) -> dict[str, Papers]:
    """Return the kept words of those packs that read otherwise today. One query, or none."""
    today = {pack_version(name) for name in PACK_NAMES}
    old = set(versions.split()) - today
    return dict(PackCopy.objects.filter(pk__in=old).values_list("version", "rules")) if old else {}


def _changes(versions: str, copies: Mapping[str, Papers]) -> tuple[PackChange, ...]:
    today = {name.lower(): pack_version(name) for name in PACK_NAMES}
    pairs = [(then, today.get(then.partition("-")[0])) for then in versions.split()]
    # The operator's own versions are kept as they are: none of them ever reads otherwise.
    changed = [(then, now) for then, now in pairs if now is not None and then != now]
    return tuple(PackChange(then, now, then in copies) for then, now in changed)


def _stopped(attempt: Attempt) -> bool:
    return attempt.state == AttemptState.CANCELLED and bool(attempt.rules)


def _found(attempt: Attempt) -> list[dict[str, Any]]:
    """Return the findings; of an attempt older than they are kept, the rules that decided it."""
    if attempt.findings or _stopped(attempt):
        return list(attempt.findings)
    return [{"rule": rule_id, "level": "", "until": None} for rule_id in attempt.rules]


def _seen(kept: Mapping[str, Any]) -> Seen:
    return Seen(
        zones=tuple(kept.get("zones", ())),
        hours=tuple((_sure(a), _sure(b)) for a, b in kept.get("hours", ())),
        holds=tuple(
            SeenHold(row["kind"], _sure(row["since"]), _moment(row["until"]))
            for row in kept.get("holds", ())
        ),
        wishes=tuple(
            SeenWish(row["kind"], tuple(row["channels"]), _window(row["minutes"]))
            for row in kept.get("wishes", ())
        ),
    )


def _window(minutes: list[int] | None) -> tuple[time, time] | None:
    if minutes is None:
        return None
    start, end = minutes[0], minutes[1] % MIDNIGHT
    return time(start // 60, start % 60), time(end // 60, end % 60)


def _history(attempt: Attempt, law: _Law) -> Iterable[Happening]:
    """Yield what the journal holds about the attempt, oldest first. Two queries."""
    rows = timeline(subject=f"claim:{attempt.claim_id}", attempt=str(attempt.pk))
    seals = seals_of(entry_ids=[row.id for row in rows])
    return [_happening(row, law, seals.get(row.id)) for row in rows]


def _happening(row: EntryRow, law: _Law, seal: Sealed | None) -> Happening:
    return Happening(
        entry_id=row.id,
        at=row.at,
        kind=row.kind,
        # Which role, not which person: the journal itself names the account.
        by=row.actor.partition(":")[0],
        rules=law.texts(row.rules),
        reason=str(row.facts.get("reason", "")),
        outcome=str(row.facts.get("outcome") or ""),
        seal=seal,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _sure(text: str) -> datetime:
    return datetime.fromisoformat(text)
