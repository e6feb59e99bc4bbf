"""
Past attempts judged again under a draft of the operator's pack. Pure.

The recorded answer of law and platform stands: it was given with what was known at that moment.
Only the house is asked anew, with the history as it would have been: what the draft refuses has
not happened for later attempts, and a call whose outcome came later counts as a talk, as it did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from qinghe.contact.decision import SETTINGS, planned_of, request_of, since
from qinghe.contact.facts import KIND_OF, Asked, Earlier, Point, Situation, counted_outcome
from qinghe.contact.terms import SILENT, AttemptState
from qinghe.rules.contact.case import Case, Moment
from qinghe.rules.contact.facts import Counters, Debt, Past, Worker
from qinghe.rules.contact.house import COUNTED, operator_findings
from qinghe.rules.contact.tally import count
from qinghe.rules.house import House
from qinghe.rules.packs import HOUSE, rule

EXAMPLES: Final = 20
# House rules are national: the counters they tighten are those of the Chinese pack.
PACKS: Final = ("CN",)
NOTHING: Final = Counters()
NO_CHANGE: Final[tuple[str, tuple[str, ...]]] = ("", ())


@dataclass(frozen=True)
class Replayed:
    """One attempt as it stands in the table, with what its person's history needs."""

    id: UUID
    person: str
    at: datetime
    channel: str
    mode: str
    purpose: str
    state: str
    outcome: str | None
    outcome_at: datetime | None
    sent_at: datetime | None
    rules: tuple[str, ...]
    address: str | None
    collector: str
    group: str
    claim: str
    creditor: str
    zones: tuple[str, ...]
    counted: bool

    @cached_property
    def kept(self) -> bool:
        """Tell whether law and platform refused it, whatever the operator's pack said."""
        found = [rule(rule_id) for rule_id in self.rules]
        return self.state == AttemptState.REFUSED and any(
            each.level == "deny" and each.pack != HOUSE for each in found
        )

    @cached_property
    def _last(self) -> datetime:
        moments = (self.at, self.sent_at, self.outcome_at)
        return max(moment for moment in moments if moment is not None)

    @cached_property
    def _final(self) -> Earlier:
        return self._as(self.sent_at or self.at, self.outcome, self.state)

    def known(self, now: datetime) -> Earlier:
        """Return the attempt as a part of the history, as far as it was known at a moment."""
        if self._last <= now:
            return self._final
        sent = self.sent_at if self.sent_at and self.sent_at <= now else self.at
        if self.outcome_at and self.outcome_at <= now:
            return self._as(sent, self.outcome, self.state)
        return self._as(sent, None, AttemptState.SENDING)

    def _as(self, at: datetime, outcome: str | None, state: str) -> Earlier:
        past = Past(
            at=at,
            channel=self.channel,
            direction="outbound",
            outcome=counted_outcome(
                channel=self.channel, mode=self.mode, state=state, outcome=outcome
            ),
            person=self.person,
            collector=self.collector,
            creditor=self.group,
            debts=(self.claim,),
            mode=self.mode,
            address=self.address,
            role="debtor",
            creditor_group=self.group,
        )
        return Earlier(past, self.purpose, self.counted)


@dataclass(frozen=True)
class EndedHold:
    """A hold that is over: its kind, the claim it was for (or all), and when it ended."""

    kind: str
    claim: str | None
    at: datetime


@dataclass
class Change:
    """How many attempts a pack would newly refuse and newly permit."""

    refused: int = 0
    permitted: int = 0


@dataclass
class Tally:
    """What a draft would have changed; an attempt that several rules refuse counts at each."""

    asked: int = 0
    persons: int = 0
    refused_then: int = 0
    total: Change = field(default_factory=Change)
    by_rule: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    by_collector: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    by_creditor: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    examples: list[tuple[str, UUID, tuple[str, ...]]] = field(default_factory=list)
    _shown: Counter[str] = field(default_factory=Counter)

    def note(self, attempt: Replayed, change: str, rules: Sequence[str]) -> None:
        """Count one attempt whose answer changes: `refused` or `permitted`, by these rules."""
        for each in (
            self.total,
            self.by_collector[attempt.collector],
            self.by_creditor[attempt.creditor],
            *(self.by_rule[rule_id] for rule_id in rules),
        ):
            setattr(each, change, getattr(each, change) + 1)
        self._shown[change] += 1
        if self._shown[change] <= EXAMPLES:
            self.examples.append((change, attempt.id, tuple(rules)))


def replay_person(
    house: House, attempts: Iterable[Replayed], ended: Sequence[EndedHold], since_at: datetime
) -> Iterator[tuple[Replayed, str, tuple[str, ...]]]:
    """
    Judge one person's attempts, in order of time, under a draft.

    Yields every attempt from `since_at` on with its change (`refused`, `permitted` or nothing) and
    the house rules behind it; earlier attempts are history only.
    """
    history: list[Replayed] = []
    for attempt in attempts:
        change, rules = NO_CHANGE
        if attempt.at >= since_at:
            change, rules = _judged(house, attempt, history, ended)
            yield attempt, change, rules
        happened = attempt.state not in SILENT and change != "refused"
        if happened or change == "permitted":
            history.append(attempt)


def _judged(
    house: House, attempt: Replayed, history: list[Replayed], ended: Sequence[EndedHold]
) -> tuple[str, tuple[str, ...]]:
    if attempt.kept:
        return NO_CHANGE
    found = _house_rules(house, attempt, history, ended)
    if attempt.state == AttemptState.REFUSED:
        before = tuple(each for each in attempt.rules if rule(each).pack == HOUSE)
        return NO_CHANGE if found else ("permitted", before)
    return ("refused", found) if found else NO_CHANGE


def _house_rules(
    house: House, attempt: Replayed, history: list[Replayed], ended: Sequence[EndedHold]
) -> tuple[str, ...]:
    situation = _situation(house, attempt, history, ended)
    asked = Asked(attempt.channel, attempt.mode, attempt.purpose, attempt.at)
    counters = NOTHING
    if situation.zones and not COUNTED.keys().isdisjoint(house.figures):
        request = request_of(situation, asked, situation.point_for(attempt.channel))
        counters = count(Moment(Case(request, PACKS, SETTINGS), attempt.at), report=False)
    findings = operator_findings(house, planned_of(situation, asked, counters))
    return tuple(sorted({finding.rule_id for finding in findings}))


def _situation(
    house: House, attempt: Replayed, history: list[Replayed], ended: Sequence[EndedHold]
) -> Situation:
    start, kind = since(attempt.at), KIND_OF.get(attempt.channel, "")
    return Situation(
        person=attempt.person,
        zones=attempt.zones,
        deceased=False,
        debt=Debt(attempt.claim, attempt.creditor, "other", attempt.group),
        worker=Worker(attempt.collector, "agency"),
        points=(Point(attempt.id, attempt.address or "", kind, "", "contract", False),),
        holds=(),
        objections=(),
        earlier=tuple(each.known(attempt.at) for each in history if each.at >= start),
        house=house,
        ended=_ended(attempt, ended) if ended else {},
    )


def _ended(attempt: Replayed, ended: Sequence[EndedHold]) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for hold in ended:
        if hold.at <= attempt.at and hold.claim in (None, attempt.claim):
            latest[hold.kind] = max(hold.at, latest.get(hold.kind, hold.at))
    return latest
