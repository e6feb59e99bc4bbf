"""Promises to pay: made by a person, kept or broken by payments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from qinghe.casework.models import Promise
from qinghe.casework.refusals import BadAmount, BadDay, NoSuchPromise, PromiseOpen
from qinghe.casework.services.guard import locked_claim, mandate_of
from qinghe.casework.terms import LONGEST_PROMISE_DAYS, PromiseState
from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.market.services import end_extension, extend_for
from qinghe.market.terms import ExtensionKind
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel

# A promise is noted after the talk it was made in.
TALKED_WITHIN: Final = timedelta(days=2)


@verb("casework.make-promise")
def make_promise(
    *, claim_id: UUID, amount: int, due_on: date, actor: Actor, at: datetime
) -> Promise:
    """
    Note that the debtor will pay an amount (minor units) by a day; payments decide whether kept.

    :raises NotPermitted: the role takes no promises
    :raises NoMandate: a collector without a live mandate
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises BadDay: in the past, or too far ahead
    :raises BadAmount: nothing, or more than will be owed with the interest up to that day
    :raises PromiseOpen: there is one already
    """
    require(actor, Permission.PAY if actor.role == Role.DEBTOR else Permission.WORK_CASES)
    mandate = mandate_of(claim_id, actor, at)
    claim = locked_claim(claim_id, actor)
    today = day_of(at)
    if not today <= due_on <= today + timedelta(days=LONGEST_PROMISE_DAYS):
        raise BadDay(days=LONGEST_PROMISE_DAYS)
    if not 0 < amount <= claim.owed + grown(claim, due_on):
        raise BadAmount
    standing = Promise.objects.filter(claim=claim, state=PromiseState.OPEN).first()
    if standing is not None:
        raise PromiseOpen(due_on=standing.due_on.isoformat())
    promise = Promise.objects.create(
        claim=claim,
        mandate=mandate,
        amount=amount,
        due_on=due_on,
        paid_before=claim.paid,
        made_at=at,
    )
    _note("casework.promised", promise, actor, at, amount=amount, due_on=due_on.isoformat())
    own = actor.role == Role.DEBTOR
    kind = ExtensionKind.PROMISE if own else ExtensionKind.TOLD_PROMISE
    if own or _talked(promise, at):
        extend_for(claim_id=claim_id, kind=kind, source=promise.pk, day=due_on, actor=actor, at=at)
    return promise


def _talked(promise: Promise, at: datetime) -> bool:
    """
    Tell whether the platform put a call or a visit through shortly before a promise was noted.

    That the debtor called is a collector's word alone, and keeps no order for it any longer.
    """
    talks = Attempt.objects.filter(
        claim=promise.claim_id,
        mandate=promise.mandate_id,
        channel__in=(Channel.VOICE, Channel.VISIT),
        state=AttemptState.DONE,
        at__gt=at - TALKED_WITHIN,
        at__lte=at,
    )
    return talks.filter(Q(outcome=Outcome.TALK) | Q(outcome__isnull=True)).exists()


@verb("casework.cancel-promise")
def cancel_promise(*, promise_id: UUID, actor: Actor, at: datetime) -> Promise:
    """
    Take an open promise back: things have changed. It counts neither as kept nor as broken.

    :raises NotPermitted: the role takes no promises
    :raises NoMandate: a collector without a live mandate
    :raises NoSuchPromise: unknown, decided, or on somebody else's claim
    """
    require(actor, Permission.PAY if actor.role == Role.DEBTOR else Permission.WORK_CASES)
    claim_id = Promise.objects.filter(pk=promise_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchPromise
    mandate_of(claim_id, actor, at)
    locked_claim(claim_id, actor)
    promise = Promise.objects.get(pk=promise_id)
    if promise.state != PromiseState.OPEN:
        raise NoSuchPromise
    decide_promise(promise, PromiseState.CANCELLED, actor, at)
    return promise


def decide_promise(promise: Promise, state: PromiseState, actor: Actor, at: datetime) -> None:
    """End an open promise whose claim is locked; one that was not kept lengthens no mandate."""
    promise.state, promise.decided_at = state, at
    promise.save(update_fields=["state", "decided_at"])
    if state != PromiseState.KEPT:
        end_extension(source=promise.pk, actor=actor, at=at)
    _note(f"casework.promise-{state.value}", promise, actor, at)


def reopen_promise(promise: Promise, actor: Actor, at: datetime) -> None:
    """Undo that a promise was kept, on a locked claim; is its day over, it has its grace anew."""
    promise.state, promise.decided_at = PromiseState.OPEN, None
    promise.expected_on = max(promise.due_on, day_of(at))
    promise.save(update_fields=["state", "decided_at", "expected_on"])
    _note("casework.promise-reopened", promise, actor, at, expected_on=promise.expected_on)


def _note(kind: str, promise: Promise, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=kind,
        subject=f"claim:{promise.claim_id}",
        actor=actor,
        at=at,
        promise=promise.pk,
        **facts,
    )
