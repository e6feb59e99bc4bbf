"""Ask to reach a debtor: the only way in."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import get_language

from qinghe.contact.decision import Decision, decide
from qinghe.contact.facts import Asked
from qinghe.contact.models import Attempt
from qinghe.contact.queries.attempts import noticed
from qinghe.contact.queries.situation import Standing, standing_of
from qinghe.contact.refusals import ContactRefused
from qinghe.contact.seen import facts_of, findings_of
from qinghe.contact.services.gate import lock_debtor
from qinghe.contact.services.law import keep_law
from qinghe.contact.services.worker import check_worker
from qinghe.contact.terms import AttemptState, ContactPurpose, Mode
from qinghe.contact.wording import wording
from qinghe.journal.services import record, verb
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.queue import enqueue
from qinghe.market.refusals import NoMandate
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel
from qinghe.rules.explain import sentence

# What nobody knows: a word from outside may hold anything, and the journal keeps it for good.
UNKNOWN = "?"


@verb("contact.request")
def request_contact(
    *,
    claim_id: UUID,
    channel: str,
    template: str,
    actor: Actor,
    at: datetime,
    purpose: str = ContactPurpose.COLLECT,
    mode: str | None = None,
) -> Attempt:
    """
    Ask to reach the debtor of a claim; record the answer, and send only if permitted.

    A refusal is an answer, not an error: it commits with its rules, counters and next moment.

    :raises NotPermitted: the role may not contact debtors
    :raises NoMandate: the actor holds no live mandate on the claim
    :raises NoCertificate: the actor has no valid certificate today
    :raises RegistrationEnded: the collector's registration for the region has ended
    :raises StandingEnded: a licence, authority or review of collector or creditor has ended
    :raises NoSuchClaim: unknown claim
    """
    require(actor, Permission.CONTACT_DEBTORS)
    person_id = lock_debtor(claim_id)
    # What the platform sends is its own: no collector answers for it.
    org_id = actor.org_id if actor.role == Role.COLLECTOR else None
    standing = standing_of(
        claim_id=claim_id, person_id=person_id, collector_id=org_id, actor=actor, at=at
    )
    if actor.role != Role.SYSTEM and standing.mandate_id is None:
        raise NoMandate
    if standing.rights is not None:
        check_worker(standing.rights)
    situation = standing.situation
    counted_as = _purpose(_word(purpose, ContactPurpose), claim_id, actor)
    asked = Asked(
        channel=_word(channel, Channel),
        mode=_word(mode or _mode_of(channel), Mode),
        purpose=counted_as,
        at=at,
        # A wording is approved for what the contact counts as, whatever a worker calls it.
        approved=is_approved(template, channel, counted_as) and mode in (None, _mode_of(channel)),
    )
    decision = decide(situation, asked)
    keep_law(decision.pack, at=at)
    attempt = keep(standing, asked, decision, template, actor)
    note(attempt, actor)
    if not decision.denied:
        enqueue("contact.send", lock=f"person:{person_id}", attempt_id=str(attempt.pk))
    return attempt


def insist(attempt: Attempt) -> Attempt:
    """
    Return a permitted attempt, for doors that answer a refusal as an error.

    :raises ContactRefused: a rule forbade it; the first such rule, its sentence and the next moment
    """
    if attempt.state != AttemptState.REFUSED:
        return attempt
    first = attempt.rules[0]
    later = attempt.next_allowed_at
    raise ContactRefused(
        rule=first,
        rules=list(attempt.rules),
        sentence=sentence(first, get_language() or "en"),
        next_allowed_at=later.isoformat() if later else None,
        attempt=str(attempt.pk),
    )


def _word(text: str, words: type[TextChoices]) -> str:
    """Return a word of a list; what is not in it becomes one that every rule refuses."""
    return text if text in _known(words) else UNKNOWN


@cache
def _known(words: type[TextChoices]) -> frozenset[str]:
    return frozenset(words.values)


def _mode_of(channel: str) -> str:
    """Return how a channel is used here: people call, everything else is written."""
    return Mode.HUMAN if channel == Channel.VOICE else Mode.ONE_WAY


def _purpose(purpose: str, claim_id: UUID, actor: Actor) -> str:
    """
    Return what a contact counts as, whatever a worker calls it.

    Only the platform knows that a notice is due again; that the debtor asked first cannot be shown.
    """
    if actor.role is Role.SYSTEM:
        return purpose
    served = purpose == ContactPurpose.LEGAL_NOTICE and noticed(claim_id=claim_id)
    return ContactPurpose.COLLECT if served or purpose == ContactPurpose.REPLY else purpose


def is_approved(template: str, channel: str, purpose: str) -> bool:
    found = wording(template)
    return found is not None and channel in found.channels and purpose in found.purposes


def keep(
    standing: Standing,
    asked: Asked,
    decision: Decision,
    template: str,
    actor: Actor,
    override_id: UUID | None = None,
) -> Attempt:
    """Write an attempt down with its decision; one that an override let through uses it up."""
    found = wording(template)
    return prepared.create(
        Attempt,
        person_id=standing.person_id,
        claim_id=standing.claim_id,
        mandate_id=standing.mandate_id,
        collector_id=standing.collector_id,
        creditor_group=standing.situation.debt.creditor_group,
        point_id=decision.point.id if decision.point else None,
        channel=asked.channel,
        mode=asked.mode,
        purpose=asked.purpose,
        template=found.key if found else UNKNOWN,
        by_user=actor.user_id,
        at=asked.at,
        state=AttemptState.REFUSED if decision.denied else AttemptState.PERMITTED,
        rules=list(decision.rules),
        pack=decision.pack,
        counters=dict(decision.counters),
        findings=findings_of(decision),
        seen=facts_of(standing.situation, decision),
        next_allowed_at=decision.next_allowed_at,
        must_end_by=decision.must_end_by,
        override_id=None if decision.denied else override_id,
    )


def note(attempt: Attempt, actor: Actor) -> None:
    """Put an attempt and its decision into the journal."""
    later = attempt.next_allowed_at
    record(
        kind=f"contact.{attempt.state}",
        subject=f"claim:{attempt.claim_id}",
        actor=actor,
        at=attempt.at,
        person_id=attempt.person_id,
        rules=attempt.rules,
        pack=attempt.pack,
        attempt=attempt.pk,
        channel=attempt.channel,
        purpose=attempt.purpose,
        template=attempt.template,
        override=attempt.override_id,
        counters=attempt.counters,
        next_allowed_at=later.isoformat() if later else None,
    )
