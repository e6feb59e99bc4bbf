"""
One notice that the law requires, let past a cap of the platform by two persons of compliance.

Only rules marked `overridable` can be set aside, only for a notice with an approved wording, once,
within a day. Law, holds and wishes answer as to any notice; the person's budget counts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.contact.decision import decide
from qinghe.contact.facts import Asked
from qinghe.contact.models import OVERRIDE_LASTS, Attempt, Override
from qinghe.contact.queries.overrides import set_aside
from qinghe.contact.queries.situation import standing_of
from qinghe.contact.refusals import (
    NoSuchOverride,
    NotANotice,
    OverrideExpired,
    OverrideMoved,
    RuleNotOverridable,
)
from qinghe.contact.services.gate import lock
from qinghe.contact.services.house import person, two_persons
from qinghe.contact.services.requests import is_approved, keep, note
from qinghe.contact.terms import (
    AttemptState,
    ContactPurpose,
    Mode,
    OverrideReason,
    OverrideState,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.queue import enqueue
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission
from qinghe.parties.terms import Channel
from qinghe.rules.packs import overridable

WRITTEN: Final = (Channel.LETTER, Channel.EMAIL)
LASTS: Final[timedelta] = OVERRIDE_LASTS


@verb("contact.ask-override")
def ask_override(
    *,
    claim_id: UUID,
    channel: str,
    template: str,
    rules: Iterable[str],
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
) -> Override:
    """
    Ask that one notice may pass named rules of the platform; a second person decides.

    :raises NotPermitted: not an officer of compliance
    :raises NeedsAPerson: a program asks
    :raises NoSuchClaim: unknown claim
    :raises NotANotice: not a letter or e-mail with a wording approved for notices
    :raises RuleNotOverridable: a rule of the law, or one that protects this person
    """
    asker = person(actor, Permission.SET_RULES_ASIDE)
    debtor = Claim.objects.filter(pk=claim_id).values_list("debtor_id", flat=True).first()
    if debtor is None:
        raise NoSuchClaim
    if channel not in WRITTEN or not is_approved(template, channel, ContactPurpose.LEGAL_NOTICE):
        raise NotANotice
    override = Override.objects.create(
        person_id=debtor,
        claim_id=claim_id,
        channel=channel,
        template=template,
        rules=_overridable(rules),
        reason=OverrideReason(reason),
        words=redact(words),
        asked_by=asker,
        asked_at=at,
        expires_at=at + LASTS,
    )
    _note("asked", override, actor, at, reason=words, code=override.reason)
    return override


@verb("contact.decide-override")
def decide_override(*, override_id: UUID, approve: bool, actor: Actor, at: datetime) -> Override:
    """
    Approve or refuse what another officer asked for.

    :raises NotPermitted: not an officer of compliance
    :raises NeedsAPerson: a program decides
    :raises NoSuchOverride: unknown
    :raises OverrideMoved: decided before
    :raises OverrideExpired: its day is over
    :raises SamePersonTwice: asked for by this very person, or one who does not stand apart
    """
    decider = person(actor, Permission.SET_RULES_ASIDE)
    override = _lock(override_id, OverrideState.ASKED, at)
    two_persons(override.asked_by, actor)
    override.state = OverrideState.APPROVED if approve else OverrideState.REFUSED
    override.decided_by, override.decided_at = decider, at
    override.save(update_fields=["state", "decided_by", "decided_at"])
    _note(str(override.state), override, actor, at)
    return override


@verb("contact.use-override")
def use_override(*, override_id: UUID, actor: Actor, at: datetime) -> Attempt:
    """
    Ask the gate for the notice; a permitted attempt uses the override up in this transaction.

    A refusal by any other rule is an answer like every refusal, and leaves the override as it was.

    :raises NotPermitted: not an officer of compliance
    :raises NeedsAPerson: a program asks
    :raises NoSuchOverride: unknown
    :raises OverrideMoved: not approved, or used before
    :raises OverrideExpired: its day is over
    """
    person(actor, Permission.SET_RULES_ASIDE)
    found = Override.objects.filter(pk=override_id).values_list("person_id", flat=True).first()
    if found is None:
        raise NoSuchOverride
    lock(found)
    override = _lock(override_id, OverrideState.APPROVED, at)
    standing = standing_of(
        claim_id=override.claim_id, person_id=found, collector_id=None, actor=actor, at=at
    )
    asked = _asked(override, at)
    decision = decide(standing.situation, asked)
    attempt = keep(standing, asked, decision, override.template, actor, override.pk)
    note(attempt, actor)
    if attempt.state == AttemptState.PERMITTED:
        override.state = OverrideState.USED
        override.save(update_fields=["state"])
        _note("used", override, actor, at, attempt=str(attempt.pk))
        enqueue("contact.send", lock=f"person:{found}", attempt_id=str(attempt.pk))
    return attempt


def _asked(override: Override, at: datetime) -> Asked:
    return Asked(
        channel=override.channel,
        mode=Mode.ONE_WAY,
        purpose=ContactPurpose.LEGAL_NOTICE,
        at=at,
        approved=is_approved(override.template, override.channel, ContactPurpose.LEGAL_NOTICE),
        counted=True,
        set_aside=set_aside(override.pk),
    )


def _overridable(rules: Iterable[str]) -> list[str]:
    named = sorted(set(rules))
    firm = [rule_id for rule_id in named if rule_id not in overridable()]
    if firm or not named:
        raise RuleNotOverridable(rules=", ".join(firm), possible=", ".join(sorted(overridable())))
    return named


def _lock(override_id: UUID, state: OverrideState, at: datetime) -> Override:
    override = Override.objects.select_for_update().filter(pk=override_id).first()
    if override is None:
        raise NoSuchOverride
    if override.state != state:
        raise OverrideMoved
    if override.expires_at <= at:
        raise OverrideExpired
    return override


def _note(said: str, override: Override, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"contact.override-{said}",
        subject=f"claim:{override.claim_id}",
        actor=actor,
        at=at,
        person_id=override.person_id,
        rules=override.rules,
        override=override.pk,
        channel=override.channel,
        template=override.template,
        **facts,
    )
