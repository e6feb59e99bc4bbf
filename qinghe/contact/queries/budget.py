"""What may still be done with a person today, and why not: the left side of the case page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from django.utils.translation import get_language

from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.contact.decision import (
    SETTINGS,
    Decision,
    decide,
    message_cap,
    messages_today,
    pack_of,
    packs_for,
    request_of,
)
from qinghe.contact.facts import Asked, Situation
from qinghe.contact.outlook import lasting, outlook
from qinghe.contact.queries.situation import situation_of
from qinghe.contact.seen import open_hours
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries import mandate_for
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.terms import Channel
from qinghe.rules.contact.budget import budget as day_of
from qinghe.rules.contact.facts import Allowance, Finding
from qinghe.rules.contact.house import open_spans, tightened
from qinghe.rules.explain import citation, sentence
from qinghe.rules.house import House

SHOWN = (Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.VISIT)
MIDNIGHT = 1440


@dataclass(frozen=True)
class Reason:
    """One rule that says no (or `warn`s), in the active language; `until` when it lapses."""

    rule: str
    level: str
    sentence: str
    citation: str
    until: datetime | None


@dataclass(frozen=True)
class BudgetAllowance:
    """One counter. `limit` and `remaining` are None where no limit applies."""

    name: str
    rule: str
    used: int
    limit: int | None
    remaining: int | None
    sentence: str


@dataclass(frozen=True)
class BudgetChannel:
    """
    Whether a channel may be used now; if not, why and from when.

    `remaining` is how many more the person's day permits, `hours` when it is open that day (UTC),
    `limited_by` the rule that refuses now or, where something is left, the one after the last.
    """

    channel: str
    allowed: bool
    reachable: bool
    next_allowed_at: datetime | None
    must_end_by: datetime | None
    reasons: tuple[Reason, ...]
    remaining: int
    hours: tuple[tuple[datetime, datetime], ...]
    limited_by: Reason | None


@dataclass(frozen=True)
class BudgetView:
    """A person's day: counters, open hours in UTC, every channel's answer, and what holds stand."""

    at: datetime
    zone: str
    local_day: date | None
    allowances: tuple[BudgetAllowance, ...]
    open_windows: tuple[tuple[datetime, datetime], ...]
    channels: tuple[BudgetChannel, ...]
    holds: tuple[str, ...]
    # Local hours the person asked to be contacted in.
    wished: tuple[tuple[time, time], ...]
    pack: str

    def channel(self, name: str) -> BudgetChannel:
        """Return the state of one channel."""
        return next(each for each in self.channels if each.channel == name)


def budget(*, claim_id: UUID, actor: Actor, at: datetime, purpose: str = "collect") -> BudgetView:
    """
    Return what may be done now with the debtor of a claim, and why not.

    Creditors and the platform see the budget of whoever holds the claim; debtors their own.

    :raises NoMandate: a collector without a live mandate on the claim
    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    claim, mandate = claim_and_mandate(claim_id=claim_id, actor=actor, at=at)
    audience = "debtor" if actor.role == Role.DEBTOR else "worker"
    return budget_of(claim=claim, mandate=mandate, at=at, purpose=purpose, audience=audience)


def budget_of(
    *,
    claim: Claim,
    mandate: Mandate | None,
    at: datetime,
    purpose: str = "collect",
    audience: str = "worker",
) -> BudgetView:
    """Return the same for a claim, with debtor and creditor, that a guard has let through."""
    situation = situation_of(claim=claim, mandate=mandate, at=at)
    asked = Asked(Channel.VOICE, "human", purpose, at)
    request = request_of(situation, asked, situation.point_for(Channel.VOICE))
    day = day_of(request, packs_for(situation.all_zones()), SETTINGS)
    channels = tuple(_channel(situation, _asked(name, asked), audience) for name in SHOWN)
    allowances = [_allowance(situation.house, each, audience) for each in day.allowances]
    return BudgetView(
        at=at,
        zone=next(iter(situation.all_zones()), ""),
        local_day=day.local_day,
        allowances=(*allowances, _messages(situation, at, audience)),
        open_windows=open_spans(situation.house, situation.all_zones(), day.open_windows),
        channels=channels,
        holds=tuple(held.kind for held in situation.holds),
        wished=tuple(_wished(situation)),
        pack=pack_of(situation),
    )


def _wished(situation: Situation) -> Iterator[tuple[time, time]]:
    for each in situation.objections:
        if each.allowed_window is not None:
            start, end = each.allowed_window.start, each.allowed_window.end % MIDNIGHT
            yield time(start // 60, start % 60), time(end // 60, end % 60)


def claim_and_mandate(
    *, claim_id: UUID, actor: Actor, at: datetime
) -> tuple[Claim, Mandate | None]:
    """
    Return a claim with debtor and creditor, and the live mandate on it.

    :raises NoMandate: a collector without one
    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    if actor.role == Role.COLLECTOR:
        mandate = mandate_for(claim_id=claim_id, actor=actor, at=at)
        return mandate.claim, mandate
    claims = Claim.objects.select_related("debtor", "creditor").filter(pk=claim_id)
    if actor.role == Role.CREDITOR:
        claims = claims.filter(creditor=actor.org_id)
    elif actor.role == Role.DEBTOR:
        claims = claims.filter(debtor=actor.person_id)
    elif actor.role not in OVERSIGHT:
        claims = claims.none()
    claim = claims.first()
    if claim is None:
        raise NoSuchClaim
    return claim, _live(claim, at)


def _live(claim: Claim, at: datetime) -> Mandate | None:
    mandates = Mandate.objects.select_related("collector").filter(
        claim=claim, state__in=("active", "suspended"), starts_at__lte=at, ends_at__gt=at
    )
    return mandates.first()


def _asked(channel: str, model: Asked) -> Asked:
    return replace(model, channel=channel, mode="human" if channel == "voice" else "one_way")


def _messages(situation: Situation, at: datetime, audience: str) -> BudgetAllowance:
    counted = Allowance(
        "person_messages_today", "PLT-MSG-01", messages_today(situation, at), message_cap(), None
    )
    return _allowance(situation.house, counted, audience)


def _allowance(house: House, counted: Allowance, audience: str) -> BudgetAllowance:
    """Say a counter with its limit: the operator's own where that is stricter."""
    rule_id, limit, left = counted.rule_id, counted.limit, counted.remaining
    if limit is not None:
        rule_id, limit = tightened(house, counted.name, rule_id, limit)
        left = max(0, limit - counted.used)
    return BudgetAllowance(
        counted.name, rule_id, counted.used, limit, left, _say(rule_id, audience)
    )


def _channel(situation: Situation, asked: Asked, audience: str) -> BudgetChannel:
    decision = decide(situation, asked)
    ahead = outlook(situation, asked, decision)
    return BudgetChannel(
        channel=asked.channel,
        allowed=not decision.denied,
        reachable=decision.point is not None,
        next_allowed_at=decision.next_allowed_at,
        must_end_by=decision.must_end_by,
        reasons=tuple(_reason(finding, audience) for finding in decision.findings),
        remaining=ahead.more,
        hours=open_hours(situation, decision),
        limited_by=_limit(decision if decision.denied else ahead.last, audience),
    )


def _limit(decision: Decision, audience: str) -> Reason | None:
    finding = lasting(decision)
    return _reason(finding, audience) if finding else None


def _reason(finding: Finding, audience: str) -> Reason:
    return Reason(
        finding.rule_id,
        finding.level,
        _say(finding.rule_id, audience),
        citation(finding.rule_id),
        finding.until,
    )


def _say(rule_id: str, audience: str) -> str:
    return sentence(rule_id, get_language() or "en", audience)


def allowed_at(
    *, claim: Claim, mandate: Mandate | None, planned_at: datetime, at: datetime
) -> Decision:
    """Return what the gate would say to a call at a later moment, as far as is known now."""
    situation = situation_of(claim=claim, mandate=mandate, at=at)
    return decide(situation, Asked(Channel.VOICE, "human", "collect", planned_at))
